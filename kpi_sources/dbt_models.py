"""dbt's semantic layer as it is written: semantic models with their columns, and metrics; both of its forms.

The older form has `semantic_models:` with `measures:`; the newer one stands inside `models:`. Whatever would change a
figure and is not understood is a problem with file and line, never passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kpi_sources.dbt_fields import DbtProblem, Fields, NotTaken
from kpi_sources.okr_yaml import parse_yaml
from models.language import tr

GRAINS = ("day", "week", "month", "quarter", "year")
FINER = ("nanosecond", "microsecond", "millisecond", "second", "minute", "hour")  # than a day
_REF = re.compile(
    r"""^\s*(?:\{\{\s*)?(ref|source)\(\s*(['"])([^'"]+)\2\s*(?:,\s*(['"])([^'"]+)\4\s*)?\)\s*(?:\}\})?\s*$"""
)


@dataclass(frozen=True)
class Column:
    """A dimension or entity: the SQL behind its name, and of a time the finest grain that it holds."""

    sql: str
    kind: str  # categorical, time, entity
    grain: str = "day"


@dataclass
class Model:
    """A fact table with a meaning. `primary` is the entity in whose name its dimensions are asked for."""

    name: str
    table: str
    time: str | None
    primary: str | None = None
    columns: dict[str, Column] = field(default_factory=dict)
    entities: dict[str, Column] = field(default_factory=dict)


@dataclass(frozen=True)
class Metric:
    """As written; `model` is the one it stands in (newer form)."""

    name: str
    said: Fields
    file: str
    model: Model | None = None


@dataclass
class Layer:
    """All that was read. measures: name -> (model, fields)."""

    models: dict[str, Model] = field(default_factory=dict)
    measures: dict[str, tuple[Model, Fields]] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    problems: list[DbtProblem] = field(default_factory=list)


def read_layer(files: dict[str, str], schema: str | None = None) -> Layer:
    """The semantic layer of some files (name -> text). `schema` is where dbt builds the tables of the models."""
    layer = Layer()
    for file, text in files.items():
        root, problems = parse_yaml(text)
        layer.problems += [DbtProblem(file, p.line or 1, p.field or "file", p.message) for p in problems]
        if root is None:
            continue
        try:
            _read_file(layer, file, Fields(root, "file"), schema)
        except NotTaken as error:
            layer.problems.append(DbtProblem(file, error.line, error.field, error.message))
    return layer


def _read_file(layer: Layer, file: str, top: Fields, schema: str | None) -> None:
    for said in top.rows("semantic_models"):
        with _told(layer, file):
            model = _older(said, schema)
            _put(layer.models, model.name, model, said)
            for measure in said.rows("measures"):
                with _told(layer, file):
                    _put(layer.measures, measure.needed("name"), (model, measure), measure)
                    if measure.text("create_metric", "false") == "true":
                        layer.metrics[measure.needed("name")] = Metric(measure.needed("name"), measure, file, model)
            said.all_known()
    for said in top.rows("models"):
        with _told(layer, file):
            newer = _newer(said, schema)
            if newer is None:
                continue
            _put(layer.models, newer.name, newer, said)
            config = said.inner("config")
            for name in ("schema", "database"):
                if config and config.node(name):
                    message = tr("{field} is not read: the table is looked for in --schema.", field=name)
                    place = (file, config.line_of(name), f"{config.where}.{name}")
                    layer.problems.append(DbtProblem(*place, message, is_note=True))
            for metric in said.rows("metrics"):
                with _told(layer, file):
                    _put(
                        layer.metrics, metric.needed("name"), Metric(metric.needed("name"), metric, file, newer), metric
                    )
    for metric in top.rows("metrics"):
        with _told(layer, file):
            _put(layer.metrics, metric.needed("name"), Metric(metric.needed("name"), metric, file), metric)
    for name in top.left():
        message = tr("{name} is not read; only semantic models and metrics are.", name=name)
        layer.problems.append(DbtProblem(file, top.line_of(name), name, message, is_note=True))


class _told:
    """What cannot be taken over is told, and the rest of the file is read."""

    def __init__(self, layer: Layer, file: str):
        self.layer, self.file = layer, file

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        if isinstance(error, NotTaken):
            self.layer.problems.append(DbtProblem(self.file, error.line, error.field, error.message))
            return True
        return False


def _put(known: dict, name: str, value: object, said: Fields) -> None:
    if name in known:
        raise NotTaken(said.line, said.where, tr("{name} is defined twice.", name=repr(name)))
    known[name] = value


def _older(said: Fields, schema: str | None) -> Model:
    name = said.needed("name")
    defaults = said.inner("defaults")
    time = defaults.text("agg_time_dimension") if defaults else None
    model = Model(name, _table(said, said.needed("model"), schema), time, said.text("primary_entity"))
    for entity in said.rows("entities"):
        _entity(model, entity, entity.needed("name"))
    for dimension in said.rows("dimensions"):
        params = dimension.inner("type_params")
        grain = params.word("time_granularity", "day") if params else "day"
        if params and params.node("validity_params"):
            raise NotTaken(params.line, params.where, tr("a dimension with validity_params cannot be read."))
        _dimension(model, dimension, dimension.needed("name"), str(grain))
    return model


def _newer(said: Fields, schema: str | None) -> Model | None:
    """The semantic model inside a dbt model; None where it has none."""
    node = said.node("semantic_model")
    if node is None:
        if said.node("metrics") is not None:
            raise NotTaken(said.line_of("metrics"), f"{said.where}.metrics", tr("the model has no semantic_model."))
        return None
    name = said.needed("name")
    if node.kind == "map":
        inner = Fields(node, f"{said.where}.semantic_model")
        if inner.text("enabled", "true") != "true":
            return None
        own = inner.text("name", name)
    elif node.text != "true":
        return None
    else:
        own = name
    config = said.inner("config")
    table = (config.text("alias") if config else None) or name
    model = Model(str(own), f"{schema}.{table}" if schema else table, said.text("agg_time_dimension"),
                  said.text("primary_entity"))  # fmt: skip
    _newer_columns(model, said)
    return model


def _newer_columns(model: Model, said: Fields) -> None:
    for column in said.rows("columns"):
        under, grain = column.needed("name"), column.word("granularity", "day")
        for word, take in (("entity", _entity), ("dimension", None)):
            inner_node = column.node(word)
            if inner_node is None:
                continue
            if inner_node.kind == "word":  # `dimension: categorical`
                if word == "dimension":
                    model.columns[under] = Column(under, inner_node.text, str(grain))
                else:
                    model.entities[under] = Column(under, "entity")
                    model.primary = under if inner_node.text == "primary" else model.primary
                continue
            inner = Fields(inner_node, f"{column.where}.{word}")
            named = str(inner.text("name", under))
            if take:
                take(model, inner, named, under)
            else:
                _dimension(model, inner, named, str(grain), under)
    derived = said.inner("derived_semantics")
    if derived:
        for entity in derived.rows("entities"):
            _entity(model, entity, entity.needed("name"))
        for dimension in derived.rows("dimensions"):
            _dimension(model, dimension, dimension.needed("name"), dimension.word("granularity", "day"))
        derived.all_known()


def _entity(model: Model, said: Fields, name: str, column: str | None = None) -> None:
    kind = said.word("type", "foreign")
    model.entities[name] = Column(str(said.text("expr") or column or name), "entity")
    if kind == "primary":
        model.primary = name
    said.text("role")
    said.all_known()


def _dimension(model: Model, said: Fields, name: str, grain: str, column: str | None = None) -> None:
    kind = said.needed("type").lower()
    if kind not in ("categorical", "time"):
        raise NotTaken(said.line_of("type"), f"{said.where}.type",
                       tr("categorical or time, found {found}.", found=repr(kind)))  # fmt: skip
    for word in ("is_partition", "type_params", "granularity"):
        said.node(word)
    if said.node("validity_params"):
        raise NotTaken(said.line, said.where, tr("a dimension with validity_params cannot be read."))
    model.columns[name] = Column(str(said.text("expr") or column or name), kind, grain)
    said.all_known()


def _table(said: Fields, written: str, schema: str | None) -> str:
    found = _REF.match(written)
    if not found:
        raise NotTaken(said.line_of("model"), f"{said.where}.model",
                       tr("ref('model') is needed, found {found}.", found=repr(written)))  # fmt: skip
    if found[1] == "source":
        return f"{found[3]}.{found[5]}" if found[5] else found[3]
    name = found[5] or found[3]
    return f"{schema}.{name}" if schema else name
