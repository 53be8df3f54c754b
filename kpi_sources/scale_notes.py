"""Words around the data that change what its figures mean: "in kEUR" above a table must not be overlooked."""

from kpi_sources.findings import Findings, Problem
from kpi_sources.plan import Plan
from kpi_sources.probes import Known
from kpi_sources.words import SCALE_NOTE


def check_scale_notes(plan: Plan, known: Known, findings: Findings) -> None:
    """An error for each left-out line, or the sheet's name, that says figures are in thousands or millions."""
    if known.mapping.scale is not None:
        return
    first = plan.grid.line(plan.header[0])
    texts = list(findings.left_out_text)
    if plan.grid.sheet:
        texts.append((first, plan.grid.sheet))
    for line, text in texts:
        note = SCALE_NOTE.search(text)
        if note:
            findings.errors.append(
                Problem(
                    line,
                    None,
                    None,
                    text[:120],
                    "unit_mismatch",
                    f"line {line}: {note.group().strip()!r} says that the figures are scaled; send them in full units, "
                    "or give `scale` (1 if they are not scaled) in a mapping",
                )
            )
