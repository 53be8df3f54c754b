"""A column of written numbers: the whole column proves which mark is the decimal one, or the reader asks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from kpi_sources.numerals import APOSTROPHES, SPACES, NotNumber, Numeral

_PLAIN = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_PROVES_POINT = re.compile(r"-?(?:0\.\d+|\d+\.\d{1,2}|\d+\.\d{4,}|\d{4,}\.\d+)")
_LARGEST_EXPONENT = 308  # beyond this a double is infinite


def plain_point(texts: Iterable[str]) -> bool:
    """Whether all texts are plain numbers with a decimal point, proved by at least one (or all are whole numbers)."""
    proved, whole = False, True
    for text in texts:
        if not _PLAIN.fullmatch(text):
            return False
        if "." in text:
            whole = False
            proved = proved or _PROVES_POINT.fullmatch(text) is not None
    return proved or whole


@dataclass(frozen=True)
class Marks:
    """What one number's own marks say: the decimal mark ('' if it has none), thousands, or that it could be either."""

    decimal: str = ""
    thousands: str = ""
    either: str = ""
    valid: bool = True


def read_marks(core: str) -> Marks:
    """What the separators inside a number prove by themselves."""
    marks = [c for c in core if not c.isdigit()]
    families = [_family(c) for c in marks]
    kinds = set(families)
    if not kinds:
        return Marks()
    last = families[-1]
    if len(kinds) == 2:
        other = (kinds - {last}).pop()
        whole = core[: core.rindex(marks[-1])]
        return Marks(last, other, valid=last in ",." and families.count(last) == 1 and _grouped(whole, other))
    if len(kinds) > 2:
        return Marks(valid=False)
    if last not in ",." or len(marks) > 1:
        return Marks(thousands=last, valid=_grouped(core, last))
    whole, _, rest = core.partition(last)
    could_group = len(rest) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return Marks(either=last) if could_group else Marks(decimal=last)


def _family(mark: str) -> str:
    return " " if mark in SPACES else "'" if mark in APOSTROPHES else mark


def _grouped(core: str, mark: str) -> bool:
    """Groups of three, or the Indian two-two-three; any sign of the mark's family counts as the mark."""
    family = SPACES if mark == " " else APOSTROPHES if mark == "'" else mark
    groups = re.split(f"[{re.escape(family)}]", core)
    if not all(g.isdigit() for g in groups) or len(groups[-1]) != 3 or not 1 <= len(groups[0]) <= 3:
        return False
    middle = {len(g) for g in groups[1:-1]}
    return middle <= {3} or (middle == {2} and len(groups[0]) <= 2 and mark == ",")


@dataclass
class Verdict:
    """How the column writes numbers. `decimal` None: both marks occur, each number proving itself."""

    decimal: str | None = "."
    because: str = ""
    ambiguous: str = ""
    mixed: bool = False
    contradictory: bool = False
    minority: set[str] = field(default_factory=set)


def judge(numerals: dict[str, Numeral], decimal: str | None = None) -> Verdict:
    """The decimal mark of all numbers together; `numerals` by their text, `decimal` as the mapping says."""
    if decimal:
        return Verdict(decimal, "the mapping says so")
    proof: dict[str, list[str]] = {".": [], ",": []}
    either: dict[str, list[str]] = {".": [], ",": []}
    for text, numeral in numerals.items():
        marks = read_marks(numeral.core)
        if not marks.valid:
            continue
        if marks.either:
            either[marks.either].append(text)
        elif marks.decimal:
            proof[marks.decimal].append(text)
        elif marks.thousands in (",", "."):
            proof["." if marks.thousands == "," else ","].append(text)
    if proof["."] and proof[","]:
        single = [t for t in (*proof["."], *proof[","]) if not _shows_both(numerals[t].core)]
        if single:
            return _contradiction(proof)
        fewer = "." if len(proof["."]) < len(proof[","]) else ","
        minority = set(proof[fewer])
        return Verdict(None, "each number shows both of its marks", mixed=True, minority=minority, ambiguous=(
            next(iter(either["."] + either[","]), "")))  # fmt: skip
    for mark in ".,":
        if proof[mark]:
            return Verdict(mark, f"{proof[mark][0].strip()!r} can only be read so")
    if either["."] or either[","]:
        return Verdict(None, ambiguous=(either["."] + either[","])[0], mixed=bool(either["."] and either[","]))
    return Verdict(".", "no number has a decimal mark")


def _shows_both(core: str) -> bool:
    marks = read_marks(core)
    return bool(marks.decimal and marks.thousands)


def _contradiction(proof: dict[str, list[str]]) -> Verdict:
    """Both decimal marks occur in plain numbers: the fewer are the wrong ones; with as many of each, all are."""
    fewer = "." if len(proof["."]) < len(proof[","]) else ","
    wrong = set(proof[fewer])
    if len(proof["."]) == len(proof[","]):
        wrong = {*proof["."], *proof[","]}
    return Verdict(
        "," if fewer == "." else ".", "most numbers of the column are written so", contradictory=True, minority=wrong
    )


def plain_text(numeral: Numeral, decimal: str | None) -> str | NotNumber:
    """The number in plain decimal notation; `decimal` None: its own marks decide."""
    marks = read_marks(numeral.core)
    if not marks.valid:
        return NotNumber("number_invalid", "not a valid number: its digits are not grouped in threes")
    mark = decimal
    if mark is None:
        if marks.either:
            return NotNumber(
                "number_ambiguous", "ambiguous: the mark may be the decimal mark or the thousands separator"
            )
        mark = marks.decimal or ("," if marks.thousands == "." else ".")
    elif (marks.decimal and marks.decimal != mark) or marks.thousands == mark:
        return NotNumber("number_mixed", f"mixed: the rest of the column has {mark!r} as its decimal mark")
    digits = "".join(c for c in numeral.core if c.isdigit() or c == mark).replace(mark, ".")
    exponent = int(numeral.exponent[1:]) if numeral.exponent else 0
    text = _shifted(digits, exponent + numeral.scale) if abs(exponent) <= _LARGEST_EXPONENT + 20 else None
    if text is None or len(text.partition(".")[0]) > _LARGEST_EXPONENT:
        return NotNumber("nonfinite", "not a finite number: beyond what a number can hold")
    return "-" + text if numeral.negative and text.strip("0.") else text


def _shifted(digits: str, power: int) -> str:
    """Plain digits times a power of ten, exactly, without needless zeros in front."""
    whole, _, rest = digits.partition(".")
    if power > 0:
        rest = rest.ljust(power, "0")
        whole, rest = whole + rest[:power], rest[power:]
    elif power < 0:
        whole = whole.rjust(1 - power, "0")
        whole, rest = whole[:power], whole[power:] + rest
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{rest}" if rest else whole


def exact_text(text: str) -> str | None:
    """The decimal text when a double cannot keep it (more than its own shortest notation says), else None."""
    if len(text) <= 16:
        return None
    return None if Decimal(repr(float(text))) == Decimal(text) else text
