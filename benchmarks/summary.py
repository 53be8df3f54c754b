"""The one table at the end: what was measured, beside its yardstick of the same run or its goal."""

from benchmarks.table import Table

Line = tuple[str, str, float, str, float]  # part, what, ours, the yardstick, its value; both in the same unit
LINES: list[Line] = []  # of this run


def note(part: str, what: str, ours: float, yardstick: str, value: float) -> None:
    LINES.append((part, what, ours, yardstick, value))


def note_table(part: str, table: Table) -> Table:
    """Every row of a table beside the one that it is measured by."""
    base = dict(table.rows)[table.base]
    for name, seconds in table.rows:
        if name != table.base:
            note(part, f"{name} (s)", seconds, f"{table.base} (s)", base)
    return table


def told(lines: list[Line]) -> str:
    """part, what, ours, the yardstick and the ratio, in columns; below 1 is better than the yardstick."""
    heads = ("part", "what", "ours", "yardstick", "", "ratio")
    rows = [
        (part, what, f"{ours:.3f}", yardstick, f"{value:.3f}", f"{ours / value:.2f} x" if value else "–")
        for part, what, ours, yardstick, value in lines
    ]
    widths = [max(len(row[n]) for row in (heads, *rows)) for n in range(len(heads))]
    right = {2, 4, 5}
    return "\n".join(
        "  ".join(
            cell.rjust(w) if n in right else cell.ljust(w) for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in (heads, *rows)
    )
