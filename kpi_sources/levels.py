"""Headers of two rows: a year above its months, a month above actual and target, a KPI above its segments."""

from dataclasses import dataclass

from kpi_sources.grid import Grid
from kpi_sources.limits import Refused
from kpi_sources.months import month_number
from kpi_sources.names import clean_name, name_key
from kpi_sources.periods import read_label
from kpi_sources.plan import Axis, Plan
from kpi_sources.probes import Known, column, is_number, is_period, probe_rows, unit_like
from kpi_sources.words import bare_part, heading, plain_words, split_measure


@dataclass(frozen=True)
class Level:
    """One header row over the value columns: what kind of label it holds, and the labels by column."""

    kind: str
    labels: dict[int, str]


def read_levels(grid: Grid, top: int, below: int, known: Known) -> Plan | None:
    """The plan if rows `top` and `below` together are a header; None if they are not. Raises Refused when they are one
    that cannot be told."""
    upper, lower = grid.rows[top], grid.rows[below]
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    roles = {j: r for j in range(width) if (r := _label_role(upper[j], lower[j]))}
    values = [j for j in range(width) if j not in roles and (upper[j].strip() or lower[j].strip())]
    values = [j for j in values if lower[j].strip() and j > min(roles, default=-1)]
    if len(values) < 2 or any(_is_figure(lower[j]) for j in values) or not roles:
        return None
    filled = _filled_right(upper, values)
    if not all(filled.values()) or all(unit_like(lower[j].strip(" ()[]"), known) for j in values):
        return None
    levels = (_level(filled, known), _level({j: lower[j].strip() for j in values}, known))
    kinds = (levels[0].kind, levels[1].kind)
    if "const" in kinds or ("text" in kinds and "period" not in kinds and "measure" not in kinds):
        return None
    probe = probe_rows(grid, below, width)
    cells = [c for j in values for c in column(grid, probe, j)]
    if not cells or sum(is_number(c) for c in cells) < 0.5 * len(cells):
        return None
    plan = _combine(grid, top, below, roles, levels, known)
    if plan is None:
        raise Refused(
            "multi_header",
            f"line {grid.line(top)}: two header rows that cannot be told apart ({kinds[0]} above {kinds[1]}); "
            "give each column one header",
            line=grid.line(top),
        )
    plan.header = [top, below]
    return plan


def _label_role(upper: str, lower: str) -> str:
    for cell in (lower, upper):
        role = heading(cell).role
        if role in ("kpi", "segment", "period", "unit"):
            return role
    return ""


def _is_figure(cell: str) -> bool:
    """A number that is no year: a data row, not a header."""
    label = read_label(cell)
    return is_number(cell) and not (
        label.kind == "period" and label.period is not None and label.period.grain == "year"
    )


def _filled_right(cells: list[str], columns: list[int]) -> dict[int, str]:
    filled: dict[int, str] = {}
    last = ""
    for j in columns:
        last = cells[j].strip() or last
        filled[j] = last
    return filled


def _level(labels: dict[int, str], known: Known) -> Level:
    texts = list(labels.values())
    tests = (
        ("measure", lambda t: split_measure(t)[0] == "" and split_measure(t)[1] != ""),
        ("year", lambda t: t.isdigit() and len(t) == 4 and read_label(t).kind == "period"),
        ("part", lambda t: month_number(t) is not None or bare_part(t) != ""),
        ("period", is_period),
        ("kpi", lambda t: known.catalog.find(t) is not None),
        ("segment", lambda t: known.catalog.segments is not None and name_key(t) in known.catalog.segments),
    )
    for kind, test in tests:
        if all(test(t) for t in texts):
            return Level(kind, labels)
    if len({name_key(t) for t in texts}) == 1:
        return Level("const", labels)
    return Level("text", labels)


def _combine(
    grid: Grid, top: int, below: int, roles: dict[int, str], levels: tuple[Level, Level], known: Known
) -> Plan | None:
    upper, lower = levels
    by_role = {r: Axis((j,)) for j, r in reversed(roles.items())}
    axes = {name: by_role.get(name, Axis()) for name in ("kpi", "segment", "period", "unit")}
    columns = list(lower.labels)
    targets: list[str] = []
    if {upper.kind, lower.kind} == {"year", "part"}:
        year, part = (upper, lower) if upper.kind == "year" else (lower, upper)
        axes["period"] = Axis(
            labels={j: f"{bare_part(part.labels[j]) or part.labels[j]} {year.labels[j]}" for j in columns}
        )
    else:
        for level in levels:
            if level.kind == "measure":
                targets = [
                    f"{upper.labels[j]} {lower.labels[j]}"
                    for j in columns
                    if split_measure(level.labels[j])[1] == "target"
                ]
                columns = [j for j in columns if split_measure(level.labels[j])[1] == "actual"]
                continue
            name = {"year": "period", "text": _missing_name(axes)}.get(level.kind, level.kind)
            if name not in axes or axes[name].known:
                return None
            axes[name] = Axis(labels={j: clean_name(t) for j, t in level.labels.items()})
    if not axes["period"].known or not columns:
        return None
    names = [
        " ".join(dict.fromkeys(c.strip() for c in (a, b) if c.strip()))
        for a, b in zip(*(_padded(grid.rows[i], grid.rows[top], grid.rows[below]) for i in (top, below)), strict=True)
    ]
    for j in lower.labels:
        names[j] = f"{upper.labels[j]} {lower.labels[j]}"
    for axis in axes.values():
        axis.labels = {j: t for j, t in axis.labels.items() if j in columns}
    plan = Plan(grid, [], names, columns, axes["kpi"], axes["period"], axes["segment"], axes["unit"])
    plan.shape = "two header rows"
    plan.targets = targets
    return plan


def _missing_name(axes: dict[str, Axis]) -> str:
    """Plain texts in a header level can only be the one name that no column gives."""
    lacking = [n for n in ("kpi", "segment") if not axes[n].known]
    return lacking[0] if len(lacking) == 1 else ""


def _padded(row: list[str], *others: list[str]) -> list[str]:
    width = max(len(o) for o in others)
    return row + [""] * (width - len(row))


def second_title(cells: list[str]) -> bool:
    """Whether a row below the header only explains it (`(month)`, `text`)."""
    return all(not c.strip() or plain_words(c).replace(" ", "").isalpha() or c.strip().startswith("(") for c in cells)
