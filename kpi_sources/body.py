"""Which rows below the header are data. Everything else is named: blank, comment, footer, repeated header, total."""

from collections import Counter
from collections.abc import Callable, Iterable

from kpi_sources.findings import Findings, Problem
from kpi_sources.grid import Number, Uncached
from kpi_sources.limits import Refused
from kpi_sources.names import name_key
from kpi_sources.plan import Plan
from kpi_sources.probes import Known, blank, is_number, is_period
from kpi_sources.words import FOOTER_START, heading, plain_words, total_of

_OTHER_DELIMITERS = (",", ";", "\t", "|")


def take_body(plan: Plan, known: Known, findings: Findings) -> None:
    """Fill `plan.body`; what is left out goes to the findings. Raises Refused for a second table."""
    width = plan.width()
    header_keys = [[name_key(c) for c in _trimmed(plan.grid.rows[i])] for i in plan.header]
    rows = plan.grid.rows
    body: list[int] = []
    comments, repeats, totals, ragged = [], [], [], []
    totalling = Totals(plan, known)
    physical = Counter(len(row) for row in rows[plan.header[-1] + 1 :] if not blank(row))
    widths = {width, len(rows[plan.header[-1]]), *(w for w, n in physical.most_common(1) if n > 1)}
    widths = {w for w in widths if w >= width}
    fast = _fast_check(plan, width, totalling)
    for i in range(plan.header[-1] + 1, len(rows)):
        row = rows[i]
        if len(row) == width and fast(row):
            body.append(i)
            continue
        if blank(row):
            continue
        if row[0].lstrip().startswith("#") and not _data_like(plan, row):
            comments.append(i)
        elif [name_key(c) for c in _trimmed(row)] in header_keys:
            repeats.append(i)
        elif not _fits(plan, i, width, widths, findings):
            ragged.append(i)
        elif totalling.row(rows[i]):
            totals.append(i)
        else:
            _refuse_second_table(plan, rows[i], i)
            body.append(i)
    footers = _cut_footer(plan, body, ragged)
    plan.body = body
    _report_ragged(plan, ragged, width, findings)
    for texts, what in (
        (comments, "comment line"),
        (repeats, "repeated header"),
        (totals, "total row"),
        (footers, "footer line"),
    ):
        _leave_out(plan, texts, what, findings)
    if totals and not body and known.mapping.totals is None:
        plan.body = totals


def _fast_check(plan: Plan, width: int, totalling: "Totals") -> Callable[[list[str]], bool]:
    """A cheap test that a row of the right width is surely data, so that long files need no closer look at each row."""
    if plan.shape != "long" or not plan.kpi.columns or width < 3 or len(plan.period.columns) != 1:
        return lambda row: False
    kpi, period, value = plan.kpi.columns[0], plan.period.columns[0], plan.value_columns[0]
    segment = plan.segment.columns[0] if plan.segment.columns else kpi
    plain: dict[int, dict[str, bool]] = {kpi: {}, segment: {}}
    dated: dict[str, bool] = {}

    def named(cell: str, j: int) -> bool:
        return bool(cell.strip()) and not totalling.is_total(cell, j) and not cell.lstrip().startswith("#")

    def surely(row: list[str]) -> bool:
        for j, seen in plain.items():
            cell = row[j]
            known = seen.get(cell)
            if known is None:
                known = seen[cell] = named(cell, j)
            if not known:
                return False
        cell = row[period]
        known = dated.get(cell)
        if known is None:
            known = dated[cell] = is_period(cell, serial=True)
        figure = row[value]
        return known and figure != "" and figure[-1] in "0123456789" and (kpi == 0 or row[0][:1] != "#")

    return surely


def _trimmed(row: list[str]) -> list[str]:
    end = max((i + 1 for i, c in enumerate(row) if c.strip()), default=0)
    return row[:end]


def _data_like(plan: Plan, row: list[str]) -> bool:
    """Whether a row holds a figure, or a period, where data rows do."""
    cells = [row[j] for j in plan.value_columns if j < len(row)]
    if any(is_number(c) for c in cells) or any(isinstance(c, Uncached) for c in cells):
        return True
    return any(is_period(row[j], serial=True) for j in plan.period.columns if j < len(row))


def _fits(plan: Plan, i: int, width: int, widths: set[int], findings: Findings) -> bool:
    """Whether a row has the header's width; missing cells are added, a row cut by another delimiter is cut again."""
    row = plan.grid.rows[i]
    filled = len(_trimmed(row))
    if plan.grid.sheet is not None or plan.grid.turned:
        row.extend([""] * (width - len(row)))
        return True
    if filled <= width and len(row) in widths:
        return True
    if filled <= 1 and width > 2 and not _data_like(plan, row):
        other = _cut_again(plan, i, width)
        if other is not None:
            plan.grid.rows[i] = other
            line = plan.grid.line(i)
            findings.warnings.append(
                Problem(
                    line, None, None, plan.grid.raw[i], "delimiter", f"line {line} uses another delimiter than the rest"
                )
            )
            return True
    return False


def _cut_again(plan: Plan, i: int, width: int) -> list[str] | None:
    raw = plan.grid.raw.get(i)
    if raw is None or '"' in raw:
        return None
    cuts = [raw.split(d) for d in _OTHER_DELIMITERS if raw.count(d) == width - 1]
    if len(cuts) != 1 or not _data_like(plan, cuts[0]) or not all(is_number(cuts[0][j]) for j in plan.value_columns):
        return None
    return cuts[0]


class Totals:
    """Tells rows that sum up others: `Total`, or `EMEA Total` where EMEA is a label of the same column."""

    def __init__(self, plan: Plan, known: Known):
        self.plan, self.known = plan, known
        self.columns = sorted({*plan.kpi.columns, *plan.segment.columns, *plan.period.columns}) or [0]
        self.labels: dict[int, set[str]] = {}

    def is_total(self, cell: str, j: int) -> bool:
        """Whether one label says that its row is a total; a name that is known to be a KPI or segment is none."""
        rest = None if isinstance(cell, Number) else total_of(cell)
        if rest is None or self.known.mapping.totals == "keep":
            return False
        if self.known.catalog.find(cell) or name_key(cell) in (self.known.catalog.segments or {}):
            return False
        if rest == "":
            return True
        if j not in self.labels:
            below = self.plan.grid.rows[self.plan.header[-1] + 1 :]
            self.labels[j] = {plain_words(c) for c in {row[j] for row in below if j < len(row)}}
        return rest in self.labels[j]

    def row(self, row: list[str]) -> bool:
        """Whether a row is a total by any of its labels."""
        return any(self.is_total(row[j], j) for j in self.columns if j < len(row))


def _refuse_second_table(plan: Plan, row: list[str], i: int) -> None:
    if _data_like(plan, row) and plan.shape == "long":
        return
    roles = {heading(c).role for c in row} & {"kpi", "period", "value", "segment"}
    periods = [c for c in row if is_period(c) and not is_number(c)]
    if len(roles) >= 2 or (len(periods) >= 2 and not any(is_number(c) for c in row)):
        _refuse_table_at(plan, i)


def _refuse_table_at(plan: Plan, i: int) -> None:
    line = plan.grid.line(i)
    raise Refused(
        "multi_table",
        f"line {line}: a second table with another header starts here; put each table in its own file",
        line=line,
    )


def _cut_footer(plan: Plan, body: list[int], ragged: list[int]) -> list[int]:
    """Rows of words after the last data row, from the first that is surely no damaged record."""
    rest = sorted([*body, *ragged])
    last = next((k for k in range(len(rest) - 1, -1, -1) if _holds_figures(plan, plan.grid.rows[rest[k]])), -1)
    tail = rest[last + 1 :]
    for i in rest[max(last - 50, 0) :]:
        if len({heading(c).role for c in plan.grid.rows[i]} & {"kpi", "period", "value", "segment"}) > 1:
            _refuse_table_at(plan, i)
    names = {name_key(c) for i in rest[: last + 1] for c in plan.grid.rows[i][:1] if c.strip()} if tail else set()
    while tail and name_key(plan.grid.rows[tail[-1]][0]) in names and tail[-1] in ragged:
        tail = []  # a record that lost a delimiter: it opens with a name as the records above do
    first = next((k for k, i in enumerate(tail) if _footer_like(plan, plan.grid.rows[i], i)), len(tail))
    footers = tail[first:]
    left = set(footers)
    body[:] = [i for i in body if i not in left] if left else body
    ragged[:] = [i for i in ragged if i not in left] if left else ragged
    return footers


def _holds_figures(plan: Plan, row: list[str]) -> bool:
    """Whether a row may be a record, whole or damaged: figures beside words, and no footer's opening word."""
    if _data_like(plan, row):
        return True
    filled = [c for c in row if c.strip()]
    figures = any(is_number(c) or is_period(c) for c in filled[1:])
    return figures and not FOOTER_START.match(filled[0])


def _footer_like(plan: Plan, row: list[str], i: int) -> bool:
    cells = [c.strip() for c in row if c.strip()]
    labels = [row[j].strip() for j in plan.label_columns() if j < len(row) and row[j].strip()]
    if len(cells) > 1 and len(labels) == len(plan.label_columns()) > 1:
        return False
    first = cells[0]
    after_blank = i > 0 and blank(plan.grid.rows[i - 1])
    return (
        bool(FOOTER_START.match(first))
        or " " in first
        or after_blank
        or first.startswith(("#", '"'))
        or len(cells[0]) > 30
    )


def _report_ragged(plan: Plan, ragged: list[int], width: int, findings: Findings) -> None:
    for i in ragged:
        row = plan.grid.rows[i]
        line = plan.grid.line(i)
        many = len(row) > width
        findings.errors.append(
            Problem(
                line,
                None,
                None,
                plan.grid.raw.get(i, " | ".join(row))[:200],
                "ragged_row",
                f"line {line}: too {'many' if many else 'few'} columns: expected {width} cells, found {len(row)}; "
                + ("a cell with the delimiter inside needs quotes" if many else "a delimiter is missing"),
            )
        )


def _leave_out(plan: Plan, rows: Iterable[int], what: str, findings: Findings) -> None:
    found = list(rows)
    if not found:
        return
    lines = [plan.grid.line(i) for i in found]
    shown = ", ".join(map(str, lines[:5])) + (", ..." if len(lines) > 5 else "")
    findings.left_out.append(f"{len(found)} {what}{'s' if len(found) > 1 else ''} (line {shown})")
    if what != "repeated header":
        for i in found:
            findings.left_out_text.append((plan.grid.line(i), " ".join(c for c in plan.grid.rows[i] if c.strip())))
