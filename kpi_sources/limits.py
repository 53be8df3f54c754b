"""How large an extract may be. Every refusal names the limit, its value and what was found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Counts are inclusive: a file exactly at a limit is read."""

    file_bytes: int = 200_000_000  # what Streamlit's uploader takes by default
    unpacked_bytes: int = 200_000_000  # a gzip or workbook unpacks to no more than a plain file may hold
    unpack_ratio: int = 200  # real CSV packs about 10 to 1, repetitive XML about 50 to 1
    ratio_from_bytes: int = 5_000_000  # below this a high ratio does no harm
    rows: int = 5_000_000
    columns: int = 2_000  # five years of days across the top
    sheets: int = 100
    cell_length: int = 32_767  # the most a spreadsheet cell holds
    json_depth: int = 50


LIMITS = Limits()


class Refused(Exception):
    """The file cannot be read any further: one reason, with the place where it was seen (1-based line)."""

    def __init__(self, code: str, message: str, *, line: int | None = None, cell: str | None = None, found: str = ""):
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.cell = cell
        self.found = found


def too_large(what: str, found: int, limit: int, advice: str = "split the file", line: int | None = None) -> Refused:
    """The refusal for a limit that was passed; `what` names the thing counted, in the plural."""
    return Refused(
        "too_large", f"too large: {found:,} {what}, the limit is {limit:,}; {advice}", line=line, found=str(found)
    )
