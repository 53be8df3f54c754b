"""What to say when no row of a file reads as a header."""

from kpi_sources.grid import Grid
from kpi_sources.limits import Refused
from kpi_sources.months import month_number
from kpi_sources.names import name_key
from kpi_sources.probes import SEARCH_ROWS, Known, blank, is_period
from kpi_sources.words import bare_part, heading


def not_understood(grid: Grid, known: Known) -> Refused:
    """The reason why no header was found, as near as can be told."""
    rows = [i for i, r in enumerate(grid.rows) if not blank(r)]
    first = rows[0] if rows else 0
    if not rows:
        return Refused("empty_file", "the file is empty: no cell holds anything")
    line = grid.line(first)
    roles = [heading(c).role for c in grid.rows[first]]
    shown = ", ".join(repr(c.strip()) for c in grid.rows[first][:8])
    named = [n for n in (known.mapping.kpi, known.mapping.period, known.mapping.value, known.mapping.segment) if n]
    if named:
        have = {name_key(c) for i in rows[:SEARCH_ROWS] for c in grid.rows[i]}
        lost = [n for n in named if name_key(n) not in have]
        if lost:
            return Refused(
                "missing_column",
                f"line {line}: column {', '.join(map(repr, lost))} of the mapping is not in any header; found {shown}",
                line=line,
            )
    if len(rows) == 1 and len({r for r in roles if r}) >= 2:
        return Refused("no_rows", f"no data rows: only a header in line {line}", line=line)
    bare = [c.strip() for c in grid.rows[first] if month_number(c) is not None or bare_part(c)]
    if len(bare) > 1:
        return Refused(
            "date_ambiguous",
            f"line {line}: the periods in the header have no year ({', '.join(map(repr, bare[:4]))}): date ambiguous; "
            "write 2024-01 or Jan 2024",
            line=line,
        )
    if max(len(grid.rows[i]) for i in rows) == 1:
        return Refused(
            "missing_column",
            f"line {line}: layout not recognised: only one column, no delimiter separates period and value; "
            f"found {shown}",
            line=line,
        )
    if not any(r in ("kpi", "period", "value") for r in roles) and any(is_period(c) for c in grid.rows[first]):
        return Refused(
            "no_header",
            f"line {line}: no header: the first row holds data ({shown}); add column names such as kpi, period, value",
            line=line,
        )
    lacking = [r for r in ("kpi", "period", "value") if r not in roles]
    return Refused(
        "missing_column",
        f"line {line}: layout not recognised: missing column for {' and '.join(lacking) or 'the values'}; "
        f"header found: {shown}; name the columns in a mapping",
        line=line,
    )
