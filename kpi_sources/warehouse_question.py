"""The question of a KPI: an Ibis expression over a table of facts, computed in the engine.

Names of tables and columns and the values of filters reach the engine quoted by Ibis, which is imported only here, when
something is asked.
"""

from contextlib import suppress
from datetime import date, datetime
from typing import Any

from kpi_sources.warehouse_file import FactKpi, Filter, Measure
from models.language import tr
from models.refused import Refused

NO_SEGMENT = "(none)"  # of a row whose segment column is empty
BETWEEN = " / "  # the parts of a segment over several columns


def series(facts: Any, kpi: FactKpi, since: date | None, until: date) -> Any:
    """The Ibis expression of a KPI over a table of facts: segment, period, value; `all` and each segment at once.

    Everything but the final series stays in the engine, as one statement, so that all of it sees the same facts. The
    row without a period holds how many rows have no day, and so are in none.
    """
    import ibis

    when = _column(facts, kpi.date)
    if not (when.type().is_date() or when.type().is_timestamp()):
        when = when.cast("date")
    filters = _conditions(facts, kpi.filters)
    kept = [*filters, when < _beside(when, until)]
    if since is not None:
        kept.append(when >= _beside(when, since))
    unit = {"day": "D", "week": "W", "month": "M", "quarter": "Q"}[kpi.cadence]
    rows = facts.filter(*kept)
    by_period = {"period": _column(rows, kpi.date).cast("date").truncate(unit).cast("date")}
    total = rows.group_by(**by_period).aggregate(value=_value(rows, kpi))
    total = total.select(segment=ibis.literal("all"), period=total["period"], value=total["value"])
    if when.type().nullable:
        total = total.union(_undated(facts.filter(*filters, when.isnull())), distinct=False)
    if not kpi.segments:
        return total
    parts = [ibis.coalesce(_named(rows, name), ibis.literal(NO_SEGMENT)) for name in kpi.segments]
    segment = parts[0]
    for part in parts[1:]:
        segment = segment + ibis.literal(BETWEEN) + part
    split = rows.group_by(segment=segment, **by_period).aggregate(value=_value(rows, kpi))
    return total.union(split.select("segment", "period", "value"), distinct=False)


def _undated(rows: Any) -> Any:
    """How many rows there are, as a line of the series without a period."""
    import ibis

    counted = rows.aggregate(value=rows.count().cast("float64"))
    return counted.select(segment=ibis.literal("all"), period=ibis.null("date"), value=counted["value"])


def _named(rows: Any, name: str) -> Any:
    column = _column(rows, name)
    held = column.type()
    if held.is_floating() or held.is_timestamp() or held.is_nested() or held.is_json() or held.is_binary():
        raise Refused(
            tr("the column {name} cannot name segments: engines write {kind} in different ways.",
               name=repr(name), kind=held)
        )  # fmt: skip
    return column.cast("string").nullif("")


def _value(rows: Any, kpi: FactKpi) -> Any:
    if kpi.value is not None:
        return _measured(rows, kpi.value)
    assert kpi.ratio is not None
    below = _measured(rows, kpi.ratio.denominator)
    return _measured(rows, kpi.ratio.numerator) / below.nullif(0.0)


def _measured(rows: Any, measure: Measure) -> Any:
    import ibis

    narrowed = _conditions(rows, measure.where)
    where = None
    for condition in narrowed:
        where = condition if where is None else where & condition
    if measure.how == "count" and measure.of is True:
        return rows.count(where=where).cast("float64")
    column = _column(rows, str(measure.of))
    if measure.how in ("sum", "mean", "min", "max"):
        column = _number(column, str(measure.of), measure.how)
    compute = {"count_distinct": "nunique"}.get(measure.how, measure.how)
    found = getattr(column, compute)(where=where).cast("float64")
    if measure.how == "sum" and measure.where:
        # Rows there are, and none of them is meant: nothing is what they add up to. Rows that are meant and have no
        # amount add up to what nobody knows.
        found = ibis.ifelse(rows.count(where=where) == 0, 0.0, found)
    return found


def _number(column: Any, name: str, how: str) -> Any:
    """A column that can be added up, alike in every engine."""
    held = column.type()
    if held.is_boolean():
        column = column.cast("int32")  # the mean of yes and no is a share
    elif not held.is_numeric():
        raise Refused(
            tr("the column {name} holds {kind}, and {how} needs numbers; `sql` can turn it into one.",
               name=repr(name), kind=held, how=how)
        )  # fmt: skip
    if how == "mean":
        return column.cast("float64")  # engines round the mean of decimals, each to another number of places
    if how == "sum" and held.is_integer() and held.nbytes > 4:
        return column.cast("decimal(38, 0)")  # some engines add them up in 64 bits, and that can be too few
    return column


def _conditions(rows: Any, filters: list[Filter]) -> list[Any]:
    out = []
    for said in filters:
        column = _column(rows, said.column)
        if said.equals is not None:
            out.append(column == _beside(column, said.equals))
        if said.one_of is not None:
            out.append(column.isin([_beside(column, one) for one in said.one_of]))
        if said.none_of is not None:
            out.append(column.notin([_beside(column, one) for one in said.none_of]))
        if said.at_least is not None:
            out.append(column >= _beside(column, said.at_least))
        if said.below is not None:
            out.append(column < _beside(column, said.below))
        if said.given is not None:
            out.append(column.notnull() if said.given else column.isnull())
    return out


def _beside(column: Any, value: Any) -> Any:
    """A value as what the column holds: some engines compare no moment with a day. One that the column cannot hold is
    refused, for engines would guess, each in its own way."""
    import ibis

    held = column.type()
    days = held.is_date() or held.is_timestamp()
    if isinstance(value, str) and days:
        with suppress(ValueError):
            return ibis.literal(datetime.fromisoformat(value).isoformat(sep=" ")).cast(held)
    if isinstance(value, bool):
        fits = held.is_boolean()
    elif isinstance(value, date):
        fits = days
    else:
        fits = held.is_string() if isinstance(value, str) else held.is_numeric() and not held.is_boolean()
    if not fits:
        raise Refused(
            tr("the column {name} holds {kind}, which cannot be compared with {value}: a text stands in quotes, a "
               "number, a day, true and false without.", name=repr(column.get_name()), kind=held,
               value=value if isinstance(value, date) else repr(value))
        )  # fmt: skip
    if isinstance(value, date) and held.is_timestamp():
        return ibis.literal(value).cast(held)
    return value


def _column(rows: Any, name: str) -> Any:
    if name not in rows.columns:
        raise Refused(
            tr("there is no column {name}; there are {known}.", name=repr(name), known=", ".join(rows.columns))
        )
    column = rows[name]
    # Types of an engine's own, such as PostgreSQL's enums, are compared and named by their words.
    own = column.type().is_unknown() or column.type().is_uuid()
    return column.cast("string").name(name) if own else column
