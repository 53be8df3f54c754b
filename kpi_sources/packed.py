"""Eurostat's own table form: dimensions packed with commas into the first column, flags behind the values."""

from kpi_sources.findings import Decision, Findings
from kpi_sources.grid import Grid
from kpi_sources.names import name_key
from kpi_sources.numerals import NotNumber, is_missing, read_numeral
from kpi_sources.probes import Known

_KPI = "kpi"


def unpack_dimensions(grid: Grid, known: Known, findings: Findings) -> None:
    """Give each packed dimension a column of its own, in place; grids of another form are left alone.

    The header `freq,unit,geo\\TIME_PERIOD` says the form. Dimensions other than place, unit and frequency name the KPI.
    """
    head = grid.rows[0][0] if grid.rows and grid.rows[0] else ""
    names, slash, _ = head.partition("\\")
    dimensions = [d.strip() for d in names.split(",")]
    if not slash or len(dimensions) < 2 or not all(d.replace("_", "").isalnum() for d in dimensions):
        return
    parts = [row[0].split(",") for row in grid.rows[1:]]
    if any(len(p) != len(dimensions) for p, row in zip(parts, grid.rows[1:], strict=True) if any(row)):
        return
    naming = [j for j, d in enumerate(dimensions) if d.lower() not in ("freq", "unit", "geo")]
    unit = next((j for j, d in enumerate(dimensions) if d.lower() == "unit"), None)
    flags: set[str] = set()
    grid.rows[0] = [*dimensions, _KPI, *(c.strip() for c in grid.rows[0][1:])]
    for row, codes in zip(grid.rows[1:], parts, strict=True):
        if any(row):
            values = [_without_flag(c, flags) for c in row[1:]]
            kpi = _kpi_of("_".join(codes[j] for j in naming), "" if unit is None else codes[unit], known)
            row[:] = [*codes, kpi, *values]
    grid.raw = {}
    findings.layout.append(f"{len(dimensions)} dimensions packed into the first column (Eurostat)")
    if flags:
        findings.left_out.append("flags behind values (" + ", ".join(sorted(flags)) + ")")
    named = ", ".join(dimensions[j] for j in naming)
    findings.decisions.append(
        Decision("KPI", f"from {named}", "the first column packs dimensions (Eurostat)", "kpi_const")
    )


def _kpi_of(code: str, unit: str, known: Known) -> str:
    """The KPI that a dimension code names: as written, or the only one of the catalogue that ends with the code and has
    the same unit code."""
    if known.catalog.find(code) is not None or not known.catalog.kpis:
        return code
    specs = {s.id: s for s in known.catalog.kpis.values()}
    fitting = [i for i, s in specs.items() if i.endswith(f"_{code}") and unit and name_key(s.unit) == name_key(unit)]
    return fitting[0] if len(fitting) == 1 else code


def _without_flag(cell: str, flags: set[str]) -> str:
    text = cell.strip()
    value, _, flag = text.rpartition(" ")
    known = flag.isalpha() and flag.islower() and len(flag) <= 3
    if value and known and (is_missing(value) or not isinstance(read_numeral(value), NotNumber)):
        flags.add(flag)
        return value
    return text
