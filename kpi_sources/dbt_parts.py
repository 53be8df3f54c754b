"""The parts of a dbt metric, each something aggregated over some rows, and how a KPI over facts says them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from kpi_sources.dbt_fields import Fields, texts_of
from kpi_sources.dbt_filters import NAME, condition
from kpi_sources.dbt_models import Model


@dataclass(frozen=True)
class Part:
    """Something aggregated: of which model, by which time, how, and which rows (conditions of ours, or SQL)."""

    model: Model
    time: str
    how: str
    sql: str
    filters: tuple[dict[str, Any], ...] = ()
    sql_filters: tuple[str, ...] = ()

    def only(self, said: Fields | None, name: str = "filter") -> Part:
        """With the filters of a metric or of one of its inputs too."""
        out = self
        for line, written in texts_of(said.node(name) if said else None):
            ours, sql = condition(self.model, line, f"{said.where}.{name}" if said else name, written)
            if ours is None:
                out = replace(out, sql_filters=(*out.sql_filters, sql))
            else:
                out = replace(out, filters=(*out.filters, *ours))
        return out


class Columns:
    """Names for the SQL that a KPI needs; a query is needed as soon as something has no name of its own."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def name(self, sql: str, wanted: str) -> str:
        """What a column is called: as the SQL where that is a name, else as `wanted`."""
        if sql not in self.names:
            taken = set(self.names.values())
            name = sql if NAME.match(sql) else wanted
            while name in taken:
                name += "_"
            self.names[sql] = name
        return self.names[sql]

    def over(self, table: str) -> dict[str, Any]:
        """The table itself, or a query over it that gives every column its name."""
        if all(sql == name for sql, name in self.names.items()):
            return {"table": table}
        listed = ", ".join(sql if sql == name else f"{sql} AS {name}" for sql, name in self.names.items())
        return {"sql": f"SELECT {listed} FROM {table}"}  # noqa: S608  # to be read by a person before it is used


def narrowed(parts: list[tuple[int, Part]]) -> tuple[list[tuple[int, Part]], Part]:
    """The parts without the conditions that all of them have, and these: they narrow the rows of the whole KPI, so that
    a period without such rows has no value, as in dbt."""
    first = parts[0][1]
    ours = tuple(one for one in first.filters if all(one in part.filters for _, part in parts))
    sql = tuple(one for one in first.sql_filters if all(one in part.sql_filters for _, part in parts))

    def rest(part: Part) -> Part:
        return replace(part, filters=tuple(one for one in part.filters if one not in ours),
                       sql_filters=tuple(one for one in part.sql_filters if one not in sql))  # fmt: skip

    return [(sign, rest(part)) for sign, part in parts], replace(first, filters=ours, sql_filters=sql)


def where_of(part: Part, columns: Columns) -> list[dict[str, Any]]:
    """The conditions on a part's rows, on named columns."""
    where = [{**one, "column": columns.name(one["column"], one["column"])} for one in part.filters]
    return where + [{"column": columns.name(sql, "condition"), "equals": True} for sql in part.sql_filters]


def measure_of(part: Part, columns: Columns) -> dict[str, Any]:
    """A part as a measure of the warehouse file."""
    where = where_of(part, columns)
    measure: dict[str, Any] = {part.how: columns.name(part.sql, "measured") if part.sql else True}
    return measure | ({"where": where} if where else {})


def sum_of(parts: list[tuple[int, Part]]) -> str:
    """Sums and counts put together row by row, each over its own rows."""
    terms = []
    for sign, part in parts:
        value = f"({part.sql})" if part.sql else "1"
        if part.how == "count" and part.sql:
            value = f"CASE WHEN ({part.sql}) IS NOT NULL THEN 1 END"
        rows = " AND ".join([*(_as_sql(one) for one in part.filters), *(f"({sql})" for sql in part.sql_filters)])
        chosen = f"CASE WHEN {rows} THEN {value} END" if rows else value
        terms.append(f"{'-' if sign < 0 else '+'} COALESCE({chosen}, 0)")
    return " ".join(terms).removeprefix("+ ")


def _as_sql(one: dict[str, Any]) -> str:
    column = one["column"]
    if "given" in one:
        return f"{column} IS {'NOT ' if one['given'] else ''}NULL"
    for word, sign in (("equals", "="), ("at_least", ">="), ("below", "<")):
        if word in one:
            return f"{column} {sign} {_literal(one[word])}"
    word = "one_of" if "one_of" in one else "none_of"
    return f"{column} {'IN' if word == 'one_of' else 'NOT IN'} ({', '.join(map(_literal, one[word]))})"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
