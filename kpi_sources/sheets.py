"""Which sheet of a workbook holds the data: the one that reads as an extract; with several, ask."""

import copy

from kpi_sources.findings import Asked, Decision, Findings, Question
from kpi_sources.grid import Grid
from kpi_sources.layout import understand
from kpi_sources.limits import Limits, Refused
from kpi_sources.names import name_key
from kpi_sources.probes import Known
from kpi_sources.workbook import read_workbook


def choose_sheet(data: bytes, known: Known, findings: Findings, limits: Limits) -> Grid:
    """The grid to read; sheets left out are named in the findings. Raises Refused or Asked."""
    grids = read_workbook(data, limits)
    wanted = known.mapping.sheet
    if wanted is not None:
        chosen = [g for g in grids if name_key(g.sheet or "") == name_key(wanted)]
        if not chosen:
            names = ", ".join(repr(g.sheet) for g in grids)
            raise Refused("sheet_ambiguous", f"no sheet {wanted!r} (of the mapping) in the workbook; it has {names}")
        return _take(chosen[0], grids, "the mapping says so", findings)
    shown = [g for g in grids if g.how == ["workbook"]]
    filled = [g for g in shown if g.rows]
    readable = [g for g in filled if len(filled) == 1 or _reads(g, known)]
    if len(readable) > 1:
        raise Asked(
            Question(
                "sheet_ambiguous",
                "several sheets hold data: "
                + ", ".join(repr(g.sheet) for g in readable)
                + "; which sheet is to be read?",
                [(g.sheet, f"sheet {g.sheet!r}") for g in readable],
                "sheet",
            )
        )
    if not readable:
        if not filled:
            hidden = [g.sheet for g in grids if g.how != ["workbook"] and g.rows]
            if hidden:
                raise Refused(
                    "hidden", f"only hidden sheets hold data ({', '.join(map(repr, hidden))}); unhide the right one"
                )
            raise Refused("no_rows", "no data: every sheet of the workbook is empty")
        return _take(filled[0], grids, "no sheet could be read; this is the first", findings)
    return _take(readable[0], grids, "the only shown sheet that holds data", findings)


def _reads(grid: Grid, known: Known) -> bool:
    try:
        understand(copy.deepcopy(grid), known, Findings())
    except Asked:
        return True
    except Refused as refusal:
        return refusal.code not in ("missing_column", "no_rows", "empty_file", "no_header", "layout")
    return True


def _take(grid: Grid, grids: list[Grid], because: str, findings: Findings) -> Grid:
    findings.layout.append(f"workbook, sheet {grid.sheet!r}")
    others = [
        f"{'sheet' if g.how == ['workbook'] else 'hidden sheet'} {g.sheet!r}" for g in grids if g is not grid and g.rows
    ]
    if others:
        findings.left_out.append(", ".join(others))
    findings.decisions.append(
        Decision("sheet", str(grid.sheet), because, "sheet", tuple(str(g.sheet) for g in grids if g is not grid))
    )
    return grid
