"""Metrics of dbt's semantic layer as KPIs over fact tables: simple ones, ratios, some of those derived.

A metric whose columns all have a name becomes a KPI over the table; one with expressions becomes a KPI over a query
that computes them. What cannot be said without changing the figures is refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from kpi_sources.dbt_fields import DbtProblem, Fields, NotTaken
from kpi_sources.dbt_models import FINER, GRAINS, Layer, Metric, Model
from kpi_sources.dbt_parts import Columns, Part, measure_of, narrowed, sum_of, where_of
from kpi_sources.warehouse_file import FactKpi
from models.language import tr

AGGREGATIONS = {"sum": "sum", "average": "mean", "min": "min", "max": "max", "count": "count",
                "count_distinct": "count_distinct", "sum_boolean": "sum"}  # fmt: skip
FOLLOWED = 20  # metrics made of metrics made of metrics: more is a loop
_DIVIDED = re.compile(r"^\s*(\w+)\s*(?:\*\s*1\.0\s*)?/\s*(?:nullif\(\s*(\w+)\s*,\s*0\s*\)|(\w+))\s*$", re.I)
_ADDED = re.compile(r"^\s*\w+(?:\s*[+-]\s*\w+)+\s*$")


@dataclass(frozen=True)
class Terms:
    """How metrics are to be pulled: from which connection, by which cadence and segments where a metric says none."""

    connection: str
    cadence: str = "month"
    segments: tuple[str, ...] = ()


def kpis_of(layer: Layer, terms: Terms) -> tuple[list[FactKpi], list[DbtProblem]]:
    """The KPIs, in the order of the files, and everything that could not be taken over (or is to be known)."""
    reading = _Reading(layer, terms)
    for metric in layer.metrics.values():
        reading.take(metric)
    return reading.kpis, [*layer.problems, *reading.problems]


class _Reading:
    def __init__(self, layer: Layer, terms: Terms):
        self.layer, self.terms = layer, terms
        self.kpis: list[FactKpi] = []
        self.problems: list[DbtProblem] = []

    def take(self, metric: Metric) -> None:
        before = len(self.problems)
        try:
            config = metric.said.inner("config")
            if config and config.word("enabled", "true") != "true":
                self._tell(metric, metric.said.line, metric.said.where, tr("the metric is not enabled."), is_note=True)
                return
            parts = self._parts(metric, 0)
            metric.said.all_known()
            self.kpis.append(self._kpi(metric, parts))
        except NotTaken as error:
            del self.problems[before:]
            self._tell(metric, error.line, error.field, error.message)
        except ValidationError as error:
            self._tell(metric, metric.said.line, metric.said.where, str(error.errors()[0]["msg"]))

    def _tell(self, metric: Metric, line: int, where: str, message: str, *, is_note: bool = False) -> None:
        self.problems.append(DbtProblem(metric.file, line, f"{metric.name}: {where}", message, is_note))

    # -- what is computed ----------------------------------------------------------------------------------------

    def _parts(self, metric: Metric, depth: int) -> list[tuple[int, Part]]:
        """What is added (+1, -1), or, two with the second marked 0, divided."""
        said = metric.said
        if depth > FOLLOWED:
            raise NotTaken(said.line, said.where, tr("the metric is made of itself."))
        kind = said.word("type", "simple")
        params = said.inner("type_params") or said
        for word in ("time_granularity", "create_metric", "name", "alias"):
            said.node(word)
        if kind == "simple":
            return [(1, self._simple(metric, params))]
        if kind == "ratio":
            over = [self._input(metric, params, word, depth) for word in ("numerator", "denominator")]
            self._done(said, params)
            return [(1, over[0].only(said)), (0, over[1].only(said))]
        if kind == "derived":
            return self._derived(metric, params, depth)
        if kind == "cumulative":
            reason = tr("a cumulative metric is a running total, which Needle makes from the values of each period: "
                        "take the metric under it.")  # fmt: skip
        elif kind == "conversion":
            reason = tr("a conversion metric follows each entity from one event to another: compute it in a dbt model.")
        else:
            reason = tr("simple, ratio or derived, found {found}.", found=repr(kind))
        raise NotTaken(said.line_of("type"), f"{said.where}.type", reason)

    def _done(self, *fields: Fields) -> None:
        for said in fields:
            for name in said.left():
                if name != "filter":
                    raise NotTaken(said.line_of(name), f"{said.where}.{name}", tr("this field is not understood."))

    def _simple(self, metric: Metric, params: Fields) -> Part:
        node = params.node("measure")
        if node is None:
            if metric.model is None:
                raise NotTaken(
                    metric.said.line, metric.said.where, tr("{field} is missing.", field="type_params.measure")
                )
            return self._measured(metric, metric.model, metric.said).only(metric.said)
        inner = Fields(node, f"{params.where}.measure") if node.kind == "map" else None
        name = inner.needed("name") if inner else node.text
        if name not in self.layer.measures:
            raise NotTaken(node.line, f"{params.where}.measure", tr("there is no measure {name}.", name=repr(name)))
        model, measure = self.layer.measures[name]
        part = self._measured(metric, model, measure)
        if inner:
            inner.node("alias")
            self._filled(metric, inner)
            part = part.only(inner)
        self._filled(metric, params)
        self._done(params, *([inner] if inner else []))
        return part.only(metric.said)

    def _filled(self, metric: Metric, said: Fields) -> None:
        for word in ("fill_nulls_with", "join_to_timespine"):
            if said.text(word, "false") != "false":
                message = tr(
                    "{field} is not read: a period without rows has no value here, not a made-up one.", field=word
                )
                self._tell(metric, said.line_of(word), f"{said.where}.{word}", message, is_note=True)

    def _measured(self, metric: Metric, model: Model, said: Fields) -> Part:
        agg = said.needed("agg").lower()
        if agg not in AGGREGATIONS:
            raise NotTaken(said.line_of("agg"), f"{said.where}.agg",
                           tr("{agg} cannot be computed by every engine alike; there are {known}.", agg=repr(agg),
                              known=", ".join(AGGREGATIONS)))  # fmt: skip
        if said.node("non_additive_dimension"):
            raise NotTaken(said.line_of("non_additive_dimension"), f"{said.where}.non_additive_dimension",
                           tr("a measure of the first or last rows of a period is not read: compute it in a dbt "
                              "model."))  # fmt: skip
        for word in ("name", "type", "create_metric", "create_metric_display_name", "type_params", "filter",
                     "time_granularity"):  # fmt: skip
            said.node(word)
        self._filled(metric, said)
        name, time = said.needed("name"), said.text("agg_time_dimension") or model.time
        column = model.columns.get(time or "")
        if column is None or column.kind != "time":
            raise NotTaken(said.line, said.where,
                           tr("{model} has no time dimension {name}: agg_time_dimension is to name one.",
                              model=model.name, name=repr(time)))  # fmt: skip
        sql = said.text("expr") or name
        said.all_known()
        if sql in ("1", "*") and agg in ("sum", "count"):
            return Part(model, str(time), "count", "")
        if agg == "sum_boolean":
            sql = f"CASE WHEN {sql} THEN 1 ELSE 0 END"
        return Part(model, str(time), AGGREGATIONS[agg], sql)

    def _input(self, metric: Metric, params: Fields, word: str, depth: int) -> Part:
        node = params.node(word)
        if node is None:
            raise NotTaken(params.line, params.where, tr("{field} is missing.", field=word))
        said = Fields(node, f"{params.where}.{word}") if node.kind == "map" else None
        return self._named(metric, said, node.text if said is None else said.needed("name"), node.line, depth)

    def _named(self, metric: Metric, said: Fields | None, name: str, line: int, depth: int) -> Part:
        """The one thing that another metric aggregates, narrowed by the filter of this use of it."""
        other = self.layer.metrics.get(name)
        if other is None:
            raise NotTaken(line, metric.said.where, tr("there is no metric {name}.", name=repr(name)))
        parts = self._parts(other, depth + 1)
        if len(parts) != 1:
            raise NotTaken(line, metric.said.where,
                           tr("{name} is itself made of several metrics: only simple ones can be put together.",
                              name=repr(name)))  # fmt: skip
        part = parts[0][1]
        if said:
            for word in ("offset_window", "offset_to_grain"):
                if said.node(word):
                    raise NotTaken(said.line_of(word), f"{said.where}.{word}",
                                   tr("a metric of another time is not read: Needle compares with earlier periods "
                                      "itself."))  # fmt: skip
            said.node("alias")
            part = part.only(said)
            self._done(said)
        return part

    def _derived(self, metric: Metric, params: Fields, depth: int) -> list[tuple[int, Part]]:
        said = metric.said
        written = params.needed("expr")
        named: dict[str, tuple[Fields | None, str, int]] = {}  # under its name in `expr`: how it is used, metric, line
        for where in ("input_metrics", "metrics"):
            listed = params.node(where)
            for item in listed.items if listed else []:
                row = Fields(item, f"{params.where}.{where}") if item.kind == "map" else None
                name = row.needed("name") if row else item.text
                named[(row.text("alias") if row else None) or name] = (row, name, item.line)
        self._done(said, params)

        def part(name: str) -> Part:
            if name not in named:
                raise NotTaken(params.line_of("expr"), f"{params.where}.expr",
                               tr("{name} is none of its metrics.", name=repr(name)))  # fmt: skip
            return self._named(metric, *named[name], depth).only(said)

        divided = _DIVIDED.match(written)
        if divided:
            return [(1, part(divided[1])), (0, part(divided[2] or divided[3]))]
        if _ADDED.match(written):
            found = [(-1 if sign == "-" else 1, part(name)) for sign, name in re.findall(r"([+-]?)\s*(\w+)", written)]
            if all(one.how in ("sum", "count") and (one.sql or one.how == "count") for _, one in found):
                return found
        raise NotTaken(params.line_of("expr"), f"{params.where}.expr",
                       tr("only sums and counts that are added or subtracted, or one metric divided by another, can be "
                          "taken over, found {found}.", found=repr(written)))  # fmt: skip

    # -- as a KPI ------------------------------------------------------------------------------------------------

    def _kpi(self, metric: Metric, parts: list[tuple[int, Part]]) -> FactKpi:
        said, first = metric.said, parts[0][1]
        for _, part in parts[1:]:
            if part.model is not first.model or part.time != first.time:
                raise NotTaken(said.line, said.where,
                               tr("its metrics are of several tables or times ({first}, {second}): let one dbt model "
                                  "hold both.", first=f"{first.model.name}.{first.time}",
                                  second=f"{part.model.name}.{part.time}"))  # fmt: skip
        columns = Columns()
        date = columns.name(first.model.columns[first.time].sql, first.time)
        segments = []
        for name in self.terms.segments:
            dimension = first.model.columns.get(name)
            if dimension is None or dimension.kind != "categorical":
                self._tell(metric, said.line, said.where,
                           tr("{model} has no dimension {name}: without this segment.", model=first.model.name,
                              name=repr(name)), is_note=True)  # fmt: skip
            else:
                segments.append(columns.name(dimension.sql, name))
        parts, rows = narrowed(parts)
        if len(parts) > 1 and all(sign for sign, _ in parts):
            measures = [{"sum": columns.name(sum_of(parts), "total")}]
        else:
            measures = [measure_of(part, columns) for _, part in parts]
        body: dict[str, Any] = {"kpi": metric.name, "connection": self.terms.connection}
        filters = where_of(rows, columns)
        body |= columns.over(first.model.table) | {"filters": filters} | {"date": date, "segments": segments}
        body["cadence"] = self._cadence(metric, first)
        if len(measures) == 1:
            body["value"] = measures[0]
        else:
            body["ratio"] = {"numerator": measures[0], "denominator": measures[1]}
        return FactKpi.model_validate({name: value for name, value in body.items() if value})

    def _cadence(self, metric: Metric, part: Part) -> str:
        said = metric.said
        cadence = said.word("time_granularity", self.terms.cadence)
        if cadence not in GRAINS[:4]:
            raise NotTaken(said.line_of("time_granularity"), f"{said.where}.time_granularity",
                           tr("day, week, month or quarter, found {found}.", found=repr(cadence)))  # fmt: skip
        grain = part.model.columns[part.time].grain
        if grain not in (*FINER, *GRAINS):
            raise NotTaken(said.line, said.where,
                           tr("{time} has a granularity of its own, {grain}, which is not read.", time=part.time,
                              grain=repr(grain)))  # fmt: skip
        if grain in GRAINS and (GRAINS.index(grain) > GRAINS.index(cadence) or (grain == "week" and cadence != "week")):
            raise NotTaken(said.line, said.where,
                           tr("{time} holds one day for each {grain}: it cannot be told by {cadence}.",
                              time=part.time, grain=grain, cadence=cadence))  # fmt: skip
        return cadence
