"""KPIs over fact tables, as people write them: a YAML file with connections by name and, per KPI, what is counted.

Secrets stand in the environment: `${NAME}` in a URL is replaced when the connection is opened, and never shown.
"""

import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kpi_sources.okr_yaml import parse_yaml
from models.language import tr
from models.refused import Refused

Name = Annotated[str, Field(min_length=1, max_length=200)]
Plain = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]
Scalar = str | int | float | bool | datetime.date
SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# A secret that stands in the file itself: what is left of it when those of the environment are taken out.
_WRITTEN = re.compile(r"://[^/@\s]*:[^/@\s]+@|(?:password|passwd|pwd|secret|token)=[^&;\s]+", re.I)
_SECRET_NAME = re.compile(r"password|secret|token", re.I)
_STEPS = {
    "day": pd.offsets.Day(),
    "week": pd.offsets.Week(weekday=0),
    "month": pd.offsets.MonthBegin(),
    "quarter": pd.offsets.QuarterBegin(startingMonth=1),
}


class Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Connection(Written):
    """Where facts are. `url`: duckdb:FILE, parquet:FOLDER (a table is a file or a folder in it), postgres://...,
    spark:local[2], spark://..., sc://... (Spark Connect), or another that Ibis connects to. `options` are settings of
    Spark. Seconds may pass per question; a lost connection is tried again `retries` times."""

    url: Annotated[str, Field(min_length=1, max_length=2000)]
    options: dict[Name, str] = {}
    timeout: Annotated[float, Field(gt=0, le=3600)] = 60
    retries: Annotated[int, Field(ge=0, le=10)] = 2

    @model_validator(mode="after")
    def _of_spark(self) -> Self:
        if self.options and self.kind not in ("spark", "sc"):
            raise ValueError("options are settings of Spark: the url begins with spark: or sc:")
        return self

    @model_validator(mode="after")
    def _without_secrets(self) -> Self:
        written = any(SECRET.sub("", text) for name, text in self.options.items() if _SECRET_NAME.search(name))
        if written or _WRITTEN.search(SECRET.sub("", self.url)):
            raise ValueError("a secret does not stand in the file: write ${NAME}, and put it in the environment")
        return self

    @property
    def kind(self) -> str:
        """What stands before the colon: duckdb, parquet, postgres, ..."""
        kind = self.url.partition(":")[0].lower()
        return "postgres" if kind == "postgresql" else kind

    def opened_with(self, environment: Mapping[str, str]) -> tuple[str, list[str]]:
        """The URL with its secrets, and these: they must not be printed. Raises Refused where one is missing."""
        return self._filled(self.url, environment, as_it_stands=self.kind in ("duckdb", "parquet"))

    def options_with(self, environment: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        """The options with their secrets, and these."""
        found = {name: self._filled(value, environment, as_it_stands=True) for name, value in self.options.items()}
        return {name: text for name, (text, _) in found.items()}, [one for _, some in found.values() for one in some]

    @staticmethod
    def _filled(text: str, environment: Mapping[str, str], *, as_it_stands: bool) -> tuple[str, list[str]]:
        secrets: list[str] = []

        def secret(found: re.Match[str]) -> str:
            value = environment.get(found[1], "")
            if not value:
                raise Refused(
                    tr("the environment has no {name}, which the connection's URL asks for.", name=found[1])
                )  # fmt: skip
            written = value if as_it_stands else quote(value, safe="")
            secrets.extend({value, written})
            return written

        return SECRET.sub(secret, text), secrets


class Filter(Written):
    """One condition on a column; all conditions of a KPI hold together."""

    column: Name
    equals: Scalar | None = None
    one_of: Annotated[list[Scalar], Field(min_length=1)] | None = None
    none_of: Annotated[list[Scalar], Field(min_length=1)] | None = None
    at_least: Scalar | None = None
    below: Scalar | None = None
    given: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        said = self.model_fields_set - {"column"}
        if not said or any(getattr(self, name) is None for name in said):
            raise ValueError(
                "a filter needs one of equals, one_of, none_of, at_least, below, given, with what it asks for; "
                "what is empty is found with given: false"
            )
        return self


class Measure(Written):
    """What is computed from the rows of a period: exactly one of these; `where` narrows the rows."""

    sum: Name | None = None
    mean: Name | None = None
    min: Name | None = None
    max: Name | None = None
    count: Literal[True] | Name | None = None  # rows, or the values of a column that are given
    count_distinct: Name | None = None
    where: list[Filter] = []

    @model_validator(mode="after")
    def _one(self) -> Self:
        said = {name for name in self.model_fields_set - {"where"} if getattr(self, name) is not None}
        if len(said) != 1:
            raise ValueError(
                "say exactly one of sum, mean, min, max, count, count_distinct, "
                f"found {', '.join(sorted(said)) or 'none'}"
            )
        return self

    @property
    def how(self) -> str:
        return next(name for name in self.model_fields_set - {"where"} if getattr(self, name) is not None)

    @property
    def of(self) -> str | bool:
        return getattr(self, self.how)


class Ratio(Written):
    """Both are computed over the rows of a period first, and then divided."""

    numerator: Measure
    denominator: Measure


class FactKpi(Written):
    """One KPI over a fact table (`table`, as name, schema.name or catalog.schema.name) or over the rows of a query
    (`sql`: what stands in this file is trusted). `date` is the column that says when."""

    kpi: Name
    connection: Plain
    table: Name | None = None
    sql: Annotated[str, Field(min_length=1, max_length=100_000)] | None = None
    date: Name
    value: Measure | None = None
    ratio: Ratio | None = None
    filters: list[Filter] = []
    segments: Annotated[list[Name], Field(max_length=5)] = []
    cadence: Literal["day", "week", "month", "quarter"] = "month"
    start: datetime.date | None = None
    look_back: Annotated[int, Field(ge=0, le=3660)] | None = None  # days; the policy's when not said

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.table is None) == (self.sql is None):
            raise ValueError("say either table or sql")
        if (self.value is None) == (self.ratio is None):
            raise ValueError("say either value or ratio")
        return self

    @property
    def measures(self) -> list[Measure]:
        return [self.value] if self.value else [self.ratio.numerator, self.ratio.denominator] if self.ratio else []

    @property
    def source(self) -> str:
        """The name of its loads' source: each KPI has its own, so that what is absent is its own too."""
        return f"{self.connection}/{self.kpi}"

    @property
    def known(self) -> dict[str, str]:
        """What this says of the KPI itself: sums and counts of periods add up, anything else does not."""
        adds_up = self.value is not None and self.value.how in ("sum", "count")
        return {"cadence": self.cadence, "aggregation": "sum" if adds_up else "mean"}

    def first_of(self, day: datetime.date) -> datetime.date:
        """The first day of the period that holds a day."""
        return (_STEPS[self.cadence].rollback(pd.Timestamp(day))).date()

    def span(
        self, today: datetime.date, last: datetime.date | None, since: datetime.date | None, look_back: int
    ) -> tuple[datetime.date | None, datetime.date]:
        """What to ask for: the first day (None: all there is) and the day after the last complete period.

        With a last period stored, from it minus the look-back; `since` overrules. Never before `start`.
        """
        until = self.first_of(today)
        days = look_back if self.look_back is None else self.look_back
        first = since or (last - datetime.timedelta(days=days) if last else None)
        if first and self.start:
            first = max(first, self.start)
        first = first or self.start
        return (self.first_of(first) if first else None), until


class WarehouseFile(Written):
    """The whole file."""

    connections: dict[Plain, Connection]
    kpis: list[FactKpi]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        seen: set[str] = set()
        for row in self.kpis:
            if row.connection not in self.connections:
                raise ValueError(
                    f"the KPI {row.kpi!r} names the connection {row.connection!r}; "
                    f"there are {', '.join(sorted(self.connections)) or 'none'}"
                )
            if row.kpi in seen:
                raise ValueError(f"the KPI {row.kpi!r} is defined twice")
            seen.add(row.kpi)
        return self

    def chosen(self, connection: str | None, kpi: str | None) -> list[FactKpi]:
        """The KPIs of a connection, or one of them; raises Refused where there is none such."""
        if connection is not None and connection not in self.connections:
            raise Refused(
                tr("there is no connection {name}; there are {known}.",
                   name=repr(connection), known=", ".join(sorted(self.connections)))
            )  # fmt: skip
        found = [k for k in self.kpis if (connection in (None, k.connection)) and kpi in (None, k.kpi)]
        if not found:
            known = ", ".join(k.kpi for k in self.kpis[:10])
            raise Refused(tr("no KPI of the file fits; it defines {known}.", known=known or tr("none")))
        return found


def read_warehouse_file(path: Path) -> WarehouseFile:
    """The file, with the KPIs of the files beside it that `more` names; raises Refused with the field, what was found
    and what is allowed."""
    main = path
    try:
        data: Any = _loaded(path)
        if isinstance(data, dict) and isinstance(data.get("more"), list):
            rows = data.get("kpis") or []
            rows = list(rows) if isinstance(rows, list) else [rows]
            for name in data.pop("more"):
                path = main.parent / str(name)
                also: Any = _loaded(path)
                if not isinstance(also, dict) or list(also) != ["kpis"]:
                    raise Refused(tr("{file}: a file of more KPIs holds kpis: and nothing else.", file=path))
                rows += also["kpis"] if isinstance(also["kpis"], list) else [also["kpis"]] if also["kpis"] else []
            data["kpis"] = rows
        return WarehouseFile.model_validate(data)
    except OSError as error:
        raise Refused(
            tr("cannot read {file}: {reason}. It names the connections and what each KPI counts; docs/warehouses.md "
               "shows one.", file=path, reason=error.strerror)
        ) from error  # fmt: skip
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refused(tr("{file} is not valid YAML: {reason}", file=path, reason=str(error).splitlines()[0])) from error
    except ValidationError as error:
        said = "; ".join(
            f"{'.'.join(map(str, detail['loc'])) or 'file'}: {detail['msg'].removeprefix('Value error, ')}"
            for detail in error.errors(include_input=False, include_url=False)
        )
        raise Refused(tr("{file} cannot be used: {what}", file=path, what=said)) from error


def _loaded(path: Path) -> Any:
    """What the YAML of a file says. A key that stands twice is refused: the later one would silently win."""
    text = path.read_text(encoding="utf-8")
    try:
        data = yaml.safe_load(text)
    except ValueError as error:  # what looks like a day and is none, such as 2026-13-01
        raise Refused(tr("{file} is not valid YAML: {reason}", file=path, reason=error)) from error
    for problem in parse_yaml(text)[1]:
        if problem.code == "yaml_duplicate":
            raise Refused(tr("{file} cannot be used: {what}", file=path, what=problem.message))
    return data
