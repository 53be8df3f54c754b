"""KPIs computed where the facts are: one question per KPI, aggregated by the engine, through Ibis.

Names of tables and columns and the values of filters reach the engine quoted by Ibis. Ibis (requirements-warehouse.txt)
is imported only here and only when a connection is opened.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import numpy as np
import pandas as pd

from kpi_sources.extract import COLUMNS
from kpi_sources.findings import Problem
from kpi_sources.limits import LIMITS
from kpi_sources.warehouse_file import Connection, FactKpi, Filter, Measure
from models.language import tr, trn
from models.refused import Refused

NO_SEGMENT = "(none)"  # of a row whose segment column is empty
BETWEEN = " / "  # the parts of a segment over several columns
WAIT = 0.5  # seconds before the first new try; doubled each time
CONNECT = 15  # seconds for a server to answer at all
LOST = {"OperationalError", "InterfaceError", "ConnectionError", "ServiceUnavailable", "IOException"}
APPROXIMATE = ("clickhouse",)  # where Ibis counts distinct values only nearly


class Warehouse:
    """An opened connection. `ask` computes the series of a KPI; everything it raises is a Refused without secrets."""

    def __init__(self, name: str, connection: Connection, environment: Mapping[str, str]):
        self.name, self.connection = name, connection
        try:
            self._url, self._secrets = connection.opened_with(environment)
        except Refused as error:
            raise Refused(tr("connection {name}: {reason}", name=name, reason=error)) from None
        self._backend: Any = None

    def close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            with suppress(Exception):
                backend.disconnect()

    def ask(self, kpi: FactKpi, since: date | None, until: date) -> pd.DataFrame:
        """The series from a day until before another: segment, period (datetime64), value; sorted. `value` is missing
        where the engine has none (a ratio over nothing)."""
        found = self._tried(kpi, lambda: self._answer(kpi, since, until))
        if len(found) > LIMITS.rows:
            raise Refused(
                self._about(kpi, tr("more than {most} values; choose a coarser cadence or fewer segments.",
                                    most=f"{LIMITS.rows:,}"))
            )  # fmt: skip
        period = pd.to_datetime(found["period"], utc=True).dt.tz_localize(None).dt.normalize()
        value = pd.to_numeric(found["value"].astype(object), errors="coerce").astype("float64")
        tidy = pd.DataFrame({"segment": found["segment"].astype("str"), "period": period, "value": value})
        return tidy.sort_values(["segment", "period"], ignore_index=True)

    def sql(self, kpi: FactKpi, since: date | None, until: date) -> str:
        """The question in the engine's own words."""
        return self._tried(kpi, lambda: str(self._opened().compile(series(self._facts(kpi), kpi, since, until))))

    def _answer(self, kpi: FactKpi, since: date | None, until: date) -> pd.DataFrame:
        if self._opened().name in APPROXIMATE and any(m.how == "count_distinct" for m in kpi.measures):
            raise Refused(self._about(kpi, tr("this engine counts distinct values only nearly; count them in `sql`.")))
        question = series(self._facts(kpi), kpi, since, until).limit(LIMITS.rows + 1)
        return question.to_pyarrow().to_pandas()

    def _facts(self, kpi: FactKpi) -> Any:
        backend = self._opened()
        if kpi.sql is not None:
            return self._query(backend, kpi.sql)
        assert kpi.table is not None
        if self.connection.kind == "parquet":
            return backend.read_parquet(self._files(kpi.table))
        *above, name = kpi.table.split(".")
        return backend.table(name, database=tuple(above) or None)

    def _query(self, backend: Any, sql: str) -> Any:
        """The rows of a query. PostgreSQL names its columns by a temporary view, made in a transaction that is rolled
        back; a view can hold nothing that writes."""
        if self.connection.kind != "postgres":
            return backend.sql(sql)
        view = "needle_columns"
        with backend.con.transaction(force_rollback=True), backend.con.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ WRITE")
            cursor.execute(f"CREATE TEMPORARY VIEW {view} AS {sql}")
            columns = backend.get_schema(view)
        return backend.sql(sql, schema=columns)

    def _files(self, table: str) -> str:
        """The Parquet files of a table: one of its name, or all below the folder of its name."""
        folder = Path(self._url.partition(":")[2]).resolve()
        found = (folder / table).resolve()
        if not found.is_relative_to(folder):
            raise Refused(tr("the table {table} leads out of the folder.", table=repr(table)))
        if found.is_dir():
            return str(found / "**" / "*.parquet")
        file = found if found.suffix == ".parquet" else found.with_name(found.name + ".parquet")
        if not file.is_file():
            raise Refused(tr("the folder has no table {table}.", table=repr(table)))
        return str(file)

    # -- opened, tried, told ---------------------------------------------------------------------------------------

    def _opened(self) -> Any:
        if self._backend is None:
            self._backend = _connect(self.connection, self._url)
        return self._backend

    def _tried(self, kpi: FactKpi, work: Callable[[], Any]) -> Any:
        _ibis()  # its import takes seconds, which are not the engine's
        wait = WAIT
        for left in range(self.connection.retries, -1, -1):
            try:
                return self._in_time(kpi, work)
            except Refused as error:
                raise Refused(self._about(kpi, str(error))) from None
            except Exception as error:  # noqa: BLE001  # whatever a driver raises; told without its secrets
                lost = LOST & {kind.__name__ for kind in type(error).__mro__} and _may_pass(error)
                if not lost or not left:
                    raise Refused(self._about(kpi, _first_line(error))) from None
                self.close()
                time.sleep(wait)
                wait *= 2
        raise AssertionError("unreachable")

    def _in_time(self, kpi: FactKpi, work: Callable[[], Any]) -> Any:
        """The result of `work` in a thread of its own; after the timeout the engine is told to stop."""
        result: list[Any] = []
        raised: list[BaseException] = []

        def run() -> None:
            try:
                result.append(work())
            except BaseException as error:  # noqa: BLE001  # handed to the thread that waits
                raised.append(error)

        thread = threading.Thread(target=run, daemon=True, name=f"pull {kpi.kpi}")
        thread.start()
        thread.join(self.connection.timeout)
        if thread.is_alive():
            self._stop()
            thread.join(1)
            self.close()  # a connection in an unknown state is not used again
            raise Refused(
                trn("no answer within {count} second; raise its timeout, or ask for less with --since.",
                    "no answer within {count} seconds; raise its timeout, or ask for less with --since.",
                    round(self.connection.timeout))
            )  # fmt: skip
        if raised:
            raise raised[0]
        return result[0]

    def _stop(self) -> None:
        raw = getattr(self._backend, "con", None)
        for name in ("interrupt", "cancel_safe", "cancel"):
            if hasattr(raw, name):
                with suppress(Exception):
                    getattr(raw, name)()
                return

    def _about(self, kpi: FactKpi, reason: str) -> str:
        """The reason with source and KPI in front, and without any secret."""
        for secret in sorted([*self._secrets, self._url], key=len, reverse=True):
            reason = reason.replace(secret, "***")
        opening = f"{self.name}, {kpi.kpi}: "
        return reason if reason.startswith(opening) else opening + reason


def _ibis() -> Any:
    try:
        import ibis
    except ImportError:
        raise Refused(
            tr("reading warehouses needs the packages of requirements-warehouse.txt: pip install -r {file}.",
               file="requirements-warehouse.txt")
        ) from None  # fmt: skip
    return ibis


def _connect(connection: Connection, url: str) -> Any:
    ibis = _ibis()
    if connection.kind == "duckdb":
        path = Path(url.partition(":")[2].removeprefix("//"))
        if not path.is_file():
            raise Refused(tr("there is no file {file}.", file=path))
        return ibis.duckdb.connect(path, read_only=True, autoinstall_known_extensions="false")
    if connection.kind == "parquet":
        if not Path(url.partition(":")[2]).is_dir():
            raise Refused(tr("there is no folder {folder}.", folder=url.partition(":")[2]))
        return ibis.duckdb.connect(autoinstall_known_extensions="false")
    if connection.kind == "postgres":
        parts = urlsplit(url)
        return ibis.postgres.connect(
            host=parts.hostname,
            port=parts.port or 5432,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            database=unquote(parts.path.lstrip("/")) or None,
            connect_timeout=CONNECT,
            options=f"-c statement_timeout={int(connection.timeout * 1000)} -c default_transaction_read_only=on",
            **dict(parse_qsl(parts.query)),
        )
    return ibis.connect(url)


def _may_pass(error: Exception) -> bool:
    """Whether trying again could help: not where the engine refused the password or stopped the question itself."""
    text = str(error).lower()
    return not any(word in text for word in ("password", "authentication", "statement timeout", "permission"))


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


# -- the question ----------------------------------------------------------------------------------------------------


def series(facts: Any, kpi: FactKpi, since: date | None, until: date) -> Any:
    """The Ibis expression of a KPI over a table of facts: segment, period, value; `all` and each segment at once.

    Everything but the final series stays in the engine, as one statement, so that both see the same facts.
    """
    import ibis

    when = _column(facts, kpi.date)
    if not (when.type().is_date() or when.type().is_timestamp()):
        when = when.cast("date")
    kept = [*_conditions(facts, kpi.filters), when < ibis.literal(until).cast(when.type())]
    if since is not None:
        kept.append(when >= ibis.literal(since).cast(when.type()))
    unit = {"day": "D", "week": "W", "month": "M", "quarter": "Q"}[kpi.cadence]
    rows = facts.filter(*kept)
    by_period = {"period": _column(rows, kpi.date).cast("date").truncate(unit).cast("date")}
    total = rows.group_by(**by_period).aggregate(value=_value(rows, kpi))
    total = total.select(segment=ibis.literal("all"), period=total["period"], value=total["value"])
    if not kpi.segments:
        return total
    parts = [ibis.coalesce(_column(rows, name).cast("string"), ibis.literal(NO_SEGMENT)) for name in kpi.segments]
    segment = parts[0]
    for part in parts[1:]:
        segment = segment + ibis.literal(BETWEEN) + part
    split = rows.group_by(segment=segment, **by_period).aggregate(value=_value(rows, kpi))
    return total.union(split.select("segment", "period", "value"), distinct=False)


def _value(rows: Any, kpi: FactKpi) -> Any:
    if kpi.value is not None:
        return _measured(rows, kpi.value)
    assert kpi.ratio is not None
    below = _measured(rows, kpi.ratio.denominator)
    return _measured(rows, kpi.ratio.numerator) / below.nullif(0.0)


def _measured(rows: Any, measure: Measure) -> Any:
    narrowed = _conditions(rows, measure.where)
    where = None
    for condition in narrowed:
        where = condition if where is None else where & condition
    if measure.how == "count" and measure.of is True:
        return rows.count(where=where).cast("float64")
    column = _column(rows, str(measure.of))
    compute = {"count_distinct": "nunique"}.get(measure.how, measure.how)
    found = getattr(column, compute)(where=where).cast("float64")
    # Rows there are, and none of them is meant: nothing is what they add up to.
    return found.fill_null(0.0) if measure.how == "sum" and measure.where else found


def _conditions(rows: Any, filters: list[Filter]) -> list[Any]:
    out = []
    for said in filters:
        column = _column(rows, said.column)
        if said.equals is not None:
            out.append(column == said.equals)
        if said.one_of is not None:
            out.append(column.isin(said.one_of))
        if said.none_of is not None:
            out.append(column.notin(said.none_of))
        if said.at_least is not None:
            out.append(column >= said.at_least)
        if said.below is not None:
            out.append(column < said.below)
        if said.given is not None:
            out.append(column.notnull() if said.given else column.isnull())
    return out


def _column(rows: Any, name: str) -> Any:
    if name not in rows.columns:
        raise Refused(
            tr("there is no column {name}; there are {known}.", name=repr(name), known=", ".join(rows.columns))
        )
    return rows[name]


# -- as an extract ---------------------------------------------------------------------------------------------------


def tidy_rows(kpi: FactKpi, found: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem], int]:
    """An answer as rows of an extract, what is wrong with it, and how many periods had no value.

    A line is a row of the answer, from 1.
    """
    lines = np.arange(1, len(found) + 1)
    given = found["value"].notna().to_numpy()
    finite = np.isfinite(found["value"].to_numpy())
    repeated = found.duplicated(["segment", "period"], keep=False).to_numpy()
    problems = [
        Problem(int(line), None, "value", repr(value), "not_finite", tr("the value is not a finite number."))
        for line, value in zip(lines[given & ~finite], found["value"][given & ~finite], strict=True)
    ]
    problems += [
        Problem(int(line), None, "segment", str(name), "repeated",
                tr("the segment {name} stands twice in one period: a segment may not be called all.", name=repr(name)))
        for line, name in zip(lines[repeated], found["segment"][repeated], strict=True)
    ]  # fmt: skip
    good = found[given & finite & ~repeated]
    rows = pd.DataFrame(
        {
            "kpi": pd.Series(kpi.kpi, good.index, dtype="str"),
            "period": good["period"].dt.strftime("%Y-%m-%d").astype("str"),
            "start": good["period"].astype("datetime64[ns]"),
            "cadence": pd.Series(kpi.cadence, good.index, dtype="str"),
            "value": good["value"],
            "exact": pd.Series(None, good.index, dtype="object"),
            "segment": good["segment"].astype("str"),
            "line": lines[given & finite & ~repeated],
            "column": pd.Series("value", good.index, dtype="str"),
        }
    )
    return rows[list(COLUMNS)].reset_index(drop=True), problems, int((~given).sum())
