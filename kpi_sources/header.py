"""Which row is the header, and what each column is: long, one column a period, or one column a KPI."""

from dataclasses import replace

from kpi_sources.findings import Asked, Question
from kpi_sources.grid import Day, Grid, Number
from kpi_sources.limits import Refused
from kpi_sources.mapping import Mapping
from kpi_sources.names import clean_name, name_key
from kpi_sources.periods import read_label
from kpi_sources.plan import Axis, Plan
from kpi_sources.probes import Known, column, is_number, is_period, probe_rows
from kpi_sources.words import heading, split_measure, total_of


def mapped_columns(names: list[str], mapping: Mapping) -> dict[str, int] | None:
    """Column index of each role that the mapping names; None if a named column is not in this row."""
    keys = [name_key(n) for n in names]
    found = {}
    for role in ("kpi", "period", "value", "segment", "unit"):
        wanted = getattr(mapping, role)
        if wanted is not None:
            if name_key(wanted) not in keys:
                return None
            if keys.count(name_key(wanted)) > 1:
                raise Refused("duplicate_column", f"duplicate column: {wanted!r} stands twice in the header")
            found[role] = keys.index(name_key(wanted))
    return found


def roles_of(names: list[str], known: Known) -> dict[str, list[int]]:
    """Columns by role. A column that the catalogue knows as a KPI has the role 'is_kpi' whatever its word says."""
    roles: dict[str, list[int]] = {}
    mapped = mapped_columns(names, known.mapping) or {}
    for j, name in enumerate(names):
        if j in mapped.values():
            role = next(r for r, c in mapped.items() if c == j)
        elif not name.strip():
            continue
        elif known.catalog.find(name) is not None:
            role = "is_kpi"
        else:
            role = heading(name).role
            if role in mapped:
                continue
        roles.setdefault(role, []).append(j)
    return roles


def read_header(grid: Grid, i: int, names: list[str], last: int, known: Known) -> Plan | None:
    """The plan if row `i` (with `names`, its last header row being `last`) is a header that data follow; else None."""
    try:
        plan = _read(grid, names, last, known)
    except Refused as refusal:
        if refusal.line is not None:
            raise
        line = grid.line(i)
        raise Refused(refusal.code, f"line {line}: {refusal.message}", line=line) from refusal
    except Asked as asked:
        question, line = asked.question, grid.line(i)
        raise Asked(replace(question, message=f"line {line}: {question.message}", line=line)) from asked
    if plan is not None:
        plan.header = list(range(i, last + 1))
    return plan


def _read(grid: Grid, names: list[str], last: int, known: Known) -> Plan | None:
    if mapped_columns(names, known.mapping) is None:
        return None
    roles = roles_of(names, known)
    repeated = {name_key(names[j]) for j in roles.get("period", [])}
    if len(repeated) == 1 and len(roles["period"]) > 1:
        return None  # the title of the period columns, above the periods themselves
    probe = probe_rows(grid, last, len(names))
    plan = _long(grid, names, roles, known, probe) or _by_period(grid, names, roles, known, probe)
    return plan or _by_kpi(grid, names, roles, known, probe)


def _axis(columns: list[int] | None) -> Axis:
    return Axis(tuple(columns[:1])) if columns else Axis()


def _plan(grid: Grid, names: list[str], roles: dict[str, list[int]], values: list[int], shape: str) -> Plan:
    plan = Plan(
        grid, [], names, values, _axis(roles.get("kpi")), Axis(), _axis(roles.get("segment")), _axis(roles.get("unit"))
    )
    plan.shape = shape
    plan.targets = [names[j] for j in roles.get("target", [])]
    plan.units = {j: u for j in values if (u := heading(names[j]).unit)}
    return plan


def _long(grid: Grid, names: list[str], roles: dict[str, list[int]], known: Known, probe: list[int]) -> Plan | None:
    if "value" not in roles or not (roles.get("period") or _unnamed_period(grid, names, probe)):
        return None
    if not roles.get("kpi") and known.mapping.kpi_const is None and roles.get("is_kpi"):
        return None
    values = roles["value"]
    if len(values) > 1:
        same = [j for j in values if heading(names[j]).word == heading(names[values[0]]).word]
        if len(same) > 1:
            raise Refused("duplicate_column", f"duplicate column: {names[same[0]]!r} stands twice in the header")
        raise Asked(
            Question(
                "missing_column",
                "several columns may hold the value: " + ", ".join(repr(names[j]) for j in values),
                [(names[j], names[j]) for j in values],
                "value",
            )
        )
    plan = _plan(grid, names, roles, values, "long")
    plan.period = _period_axis(grid, names, roles, probe)
    used = {*plan.label_columns(), *values, *roles.get("target", [])}
    plan.ignored = [n for j, n in enumerate(names) if j not in used and n.strip()]
    return plan


def _unnamed_period(grid: Grid, names: list[str], probe: list[int]) -> int | None:
    """The first column, if its header is blank and it holds periods: an index column written without a name."""
    if not names or names[0].strip():
        return None
    cells = column(grid, probe, 0)
    return 0 if cells and all(is_period(c) for c in cells) else None


def _period_axis(grid: Grid, names: list[str], roles: dict[str, list[int]], probe: list[int]) -> Axis:
    columns = roles.get("period", [])
    if not columns:
        unnamed = _unnamed_period(grid, names, probe)
        return Axis(() if unnamed is None else (unnamed,))
    if len(columns) == 1:
        return Axis((columns[0],))
    whole = [j for j in columns if (cells := column(grid, probe, j)) and all(is_period(c, serial=True) for c in cells)]
    years = [j for j in whole if all(len(c.strip()) == 4 and c.strip().isdigit() for c in column(grid, probe, j))]
    if len(years) == 1 and len(columns) == 2 and len(whole) == 1:
        return Axis((years[0], next(j for j in columns if j != years[0])))
    finer = [j for j in whole if j not in years]
    if len(finer) == 1:
        return Axis((finer[0],))
    raise Asked(
        Question(
            "missing_column",
            "several columns may hold the period: " + ", ".join(repr(names[j]) for j in columns),
            [(names[j], names[j]) for j in columns],
            "period",
        )
    )


def _by_period(
    grid: Grid, names: list[str], roles: dict[str, list[int]], known: Known, probe: list[int]
) -> Plan | None:
    used = {j for role, js in roles.items() for j in js if role}
    labels: dict[int, str] = {}
    targets = []
    for j, name in enumerate(names):
        if j in used or not name.strip():
            continue
        label, measure = split_measure(name)
        if is_period(label) or (isinstance(name, (Day, Number)) and is_period(name, serial=True)):
            if measure == "target":
                targets.append(name)
            else:
                labels[j] = label
    years = [j for j, t in labels.items() if t.strip().isdigit() and len(t.strip()) == 4]
    if not roles.keys() & {"kpi", "segment", "period", "unit"} and ("is_kpi" in roles or 0 < len(years) < len(labels)):
        return None  # a record in a file without header: 2024 beside 2024-01 is a figure, and a KPI's name no heading
    if not labels and ("kpi" in roles or "segment" in roles):
        serials = {j: n for j, n in enumerate(names) if j not in used and read_label(n).kind == "serial"}
        labels = serials if len(serials) > 1 else {}
    if not labels or (len(labels) == 1 and "kpi" not in roles):
        return None
    if "period" in roles and len(labels) < 2:
        return None
    cells = [c for j in labels for c in column(grid, probe, j)]
    if cells and sum(is_number(c) or is_number(c.rpartition(" ")[0]) for c in cells) < 0.5 * len(cells):
        return None
    plan = _plan(grid, names, roles, list(labels), "by period")
    plan.period = Axis(labels=labels)
    plan.targets += targets
    if "period" in roles and not plan.kpi.known and not plan.segment.known:
        plan.segment = Axis()
    rest = [j for j in range(len(names)) if j not in labels and j not in plan.label_columns()]
    plan.ignored = [names[j] for j in rest if names[j].strip() and names[j] not in plan.targets]
    plan.strays = [j for j in rest if names[j] in plan.ignored and _stray(names[j], column(grid, probe, j))]
    _name_columns(grid, plan, known, probe)
    return plan


def _stray(name: str, cells: list[str]) -> bool:
    """Whether a column of figures beside period columns has a header that was meant as a period and is none."""
    if not any(c.isdigit() for c in name) or not any(is_number(c) for c in cells):
        return False
    rest = total_of(name)
    return rest is None or (rest != "" and not is_period(rest))


def _name_columns(grid: Grid, plan: Plan, known: Known, probe: list[int]) -> None:
    """Give a role to label columns without a telling header, by the names that stand in them."""
    taken = {*plan.label_columns(), *plan.value_columns}
    for j in range(len(plan.names)):
        if j in taken or j > min(plan.value_columns):
            continue
        cells = [c for c in column(grid, probe, j) if not is_number(c)]
        if not cells:
            continue
        if not plan.kpi.known and all(known.catalog.find(c) for c in cells):
            plan.kpi = Axis((j,))
        elif (
            not plan.segment.known
            and known.catalog.segments
            and all(name_key(c) in known.catalog.segments for c in cells)
        ) or (not plan.segment.known and not plan.names[j].strip() and j == 0 and not plan.kpi.known):
            plan.segment = Axis((j,))
        else:
            continue
        plan.ignored = [n for n in plan.ignored if n != plan.names[j]]


def _by_kpi(grid: Grid, names: list[str], roles: dict[str, list[int]], known: Known, probe: list[int]) -> Plan | None:
    if roles.get("kpi") or "value" in roles:
        return None
    if not roles.get("period") and _unnamed_period(grid, names, probe) is None:
        return None
    period = _period_axis(grid, names, roles, probe)
    first = column(grid, probe, period.columns[0])
    if first and sum(is_period(c, serial=True) for c in first) < 0.5 * len(first):
        return None
    labels: dict[int, str] = {}
    ignored, targets = [], []
    for j in list(roles.get("segment", [])):
        if (cells := column(grid, probe, j)) and all(is_number(c) for c in cells) and not known.mapping.segment:
            roles["segment"].remove(j)  # a KPI that happens to be called `Regions`: its cells are figures
    skip = {*period.columns, *roles.get("segment", []), *roles.get("unit", []), *roles.get("target", [])}
    for j, name in enumerate(names):
        if j in skip or not name.strip():
            continue
        cells = column(grid, probe, j)
        numeric = sum(is_number(c) for c in cells)
        label, measure = split_measure(name)
        if measure == "target" and known.catalog.find(name) is None:
            targets.append(name)
        elif j in roles.get("is_kpi", []) or not cells or numeric * 2 >= len(cells):
            labels[j] = label if measure == "actual" and label else name
        else:
            ignored.append(name)
    if not labels:
        return None
    plan = _plan(grid, names, roles, list(labels), "by KPI")
    plan.period = period
    plan.kpi = Axis(labels=_without_units(plan, labels, known))
    plan.ignored, plan.targets = ignored, plan.targets + targets
    return plan


def _without_units(plan: Plan, labels: dict[int, str], known: Known) -> dict[int, str]:
    """KPI names of the header; `Revenue (EUR)` is Revenue, with a unit to compare, if the catalogue says so."""
    clean = {}
    for j, name in labels.items():
        head = heading(name)
        if known.catalog.find(name) is None and head.unit and known.catalog.find(head.word) is not None:
            plan.units[j] = head.unit
            clean[j] = head.word
        else:
            plan.units.pop(j, None)
            clean[j] = clean_name(name)
    return clean
