"""KPIs computed where the facts are: one question per KPI, asked in time, tried again, told without secrets."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kpi_sources.extract import COLUMNS
from kpi_sources.findings import Problem
from kpi_sources.limits import LIMITS
from kpi_sources.warehouse_engines import Engine, ibis_package, opened
from kpi_sources.warehouse_file import Connection, FactKpi
from kpi_sources.warehouse_question import series
from models.language import tr, trn
from models.refused import Refused

WAIT = 0.5  # seconds before the first new try; doubled each time
LOST = {"OperationalError", "InterfaceError", "ConnectionError", "ServiceUnavailable", "IOException"}


@dataclass(frozen=True)
class Answer:
    """The series of a KPI (segment, period as datetime64, value; sorted), and how many of its rows have no day and so
    are in no period. `value` is missing where the engine has none (a ratio over nothing)."""

    series: pd.DataFrame
    undated: int = 0


class Warehouse:
    """An opened connection. `ask` computes the series of a KPI; everything it raises is a Refused without secrets."""

    def __init__(self, name: str, connection: Connection, environment: Mapping[str, str]):
        self.name, self.connection = name, connection
        try:
            self._url, of_url = connection.opened_with(environment)
            self._options, of_options = connection.options_with(environment)
        except Refused as error:
            raise Refused(tr("connection {name}: {reason}", name=name, reason=error)) from None
        self._secrets = of_url + of_options
        self._engine: Engine | None = None
        self._away = ""  # why nobody gets in: a hundred KPIs are not to wait for it, nor to try a wrong password

    def close(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def ask(self, kpi: FactKpi, since: date | None, until: date) -> Answer:
        """The series from a day until before another."""
        found = self._tried(kpi, lambda: self._answer(kpi, since, until))
        period = pd.to_datetime(found["period"], utc=True).dt.tz_localize(None).dt.normalize().astype("datetime64[us]")
        value = pd.to_numeric(found["value"].astype(object), errors="coerce").astype("float64")
        tidy = pd.DataFrame({"segment": found["segment"].astype("str"), "period": period, "value": value})
        dated = period.notna()
        if dated.sum() > LIMITS.rows:
            raise Refused(
                self._about(kpi, tr("more than {most} values; choose a coarser cadence or fewer segments.",
                                    most=f"{LIMITS.rows:,}"))
            )  # fmt: skip
        undated = int(value[~dated].sum())
        return Answer(tidy[dated].sort_values(["segment", "period"], ignore_index=True), undated)

    def sql(self, kpi: FactKpi, since: date | None, until: date) -> str:
        """The question in the engine's own words."""
        return self._tried(kpi, lambda: self._opened().sql(self._question(kpi, since, until)))

    def _question(self, kpi: FactKpi, since: date | None, until: date) -> Any:
        engine = self._opened()
        facts = engine.query(kpi.sql) if kpi.sql is not None else engine.table(str(kpi.table))
        return series(facts, kpi, since, until)

    def _answer(self, kpi: FactKpi, since: date | None, until: date) -> pd.DataFrame:
        engine = self._opened()
        if engine.counts_nearly and any(measure.how == "count_distinct" for measure in kpi.measures):
            raise Refused(self._about(kpi, tr("this engine counts distinct values only nearly; count them in `sql`.")))
        return engine.answer(self._question(kpi, since, until).limit(LIMITS.rows + 2))  # one of them is no value

    # -- opened, tried, told ---------------------------------------------------------------------------------------

    def _opened(self) -> Engine:
        if self._engine is None:
            self._engine = opened(self.connection, self._url, self._options)
        return self._engine

    def _tried(self, kpi: FactKpi, work: Callable[[], Any]) -> Any:
        if self._away:
            raise Refused(self._about(kpi, self._away))
        ibis_package()  # its import takes seconds, which are not the engine's
        wait = WAIT
        for left in range(self.connection.retries, -1, -1):
            try:
                return self._in_time(kpi, work)
            except Refused as error:
                raise Refused(self._about(kpi, str(error))) from None
            except Exception as error:  # noqa: BLE001  # whatever a driver raises; told without its secrets
                lost = LOST & {kind.__name__ for kind in type(error).__mro__} and _may_pass(error)
                if not lost or not left:
                    stopped = "statement timeout" in str(error)  # PostgreSQL was quicker than our own clock
                    reason = self._too_long() if stopped else _first_line(error)
                    self._away = reason if self._engine is None else ""
                    raise Refused(self._about(kpi, reason)) from None
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
            engine = self._engine
            if engine is not None:
                engine.stop()
            thread.join(1)
            self.close()  # a connection in an unknown state is not used again
            if engine is None:
                self._away = trn(
                    "the connection did not open within {count} second; raise its timeout.",
                    "the connection did not open within {count} seconds; raise its timeout.",
                    round(self.connection.timeout),
                )
            raise Refused(self._away or self._too_long())
        if raised:
            raise raised[0]
        return result[0]

    def _too_long(self) -> str:
        return trn(
            "no answer within {count} second; raise its timeout, or ask for less with --since.",
            "no answer within {count} seconds; raise its timeout, or ask for less with --since.",
            round(self.connection.timeout),
        )

    def _about(self, kpi: FactKpi, reason: str) -> str:
        """The reason with source and KPI in front, and without any secret."""
        for secret in sorted([*self._secrets, self._url], key=len, reverse=True):
            reason = reason.replace(secret, "***")
        opening = f"{self.name}, {kpi.kpi}: "
        return reason if reason.startswith(opening) else opening + reason


def _may_pass(error: Exception) -> bool:
    """Whether trying again could help: not where the engine refused the password or stopped the question itself."""
    text = str(error).lower()
    return not any(word in text for word in ("password", "authentication", "statement timeout", "permission"))


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


# -- as an extract ---------------------------------------------------------------------------------------------------


def tidy_rows(kpi: FactKpi, found: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem], int]:
    """An answer as rows of an extract, what is wrong with it, and how many periods had no value.

    A line is a row of the answer, from 1.
    """
    lines = np.arange(1, len(found) + 1)
    given = found["value"].notna().to_numpy()
    finite = np.isfinite(found["value"].to_numpy())
    early = (found["period"] < pd.Timestamp.min.ceil("D")).to_numpy()  # later ones the checks refuse
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
    problems += [
        Problem(int(line), None, "period", f"{day:%Y-%m-%d}", "date_out_of_range",
                tr("there are facts of {day}, which is a placeholder or an error; leave them out with start: or a "
                   "filter.", day=day.date().isoformat()))
        for line, day in zip(lines[early], found["period"][early], strict=True)
    ]  # fmt: skip
    taken = given & finite & ~repeated & ~early
    good = found[taken]
    rows = pd.DataFrame(
        {
            "kpi": pd.Series(kpi.kpi, good.index, dtype="str"),
            "period": good["period"].dt.strftime("%Y-%m-%d").astype("str"),
            "start": good["period"].astype("datetime64[ns]"),
            "cadence": pd.Series(kpi.cadence, good.index, dtype="str"),
            "value": good["value"],
            "exact": pd.Series(None, good.index, dtype="object"),
            "segment": good["segment"].astype("str"),
            "line": lines[taken],
            "column": pd.Series("value", good.index, dtype="str"),
        }
    )
    return rows[list(COLUMNS)].reset_index(drop=True), problems, int((~given).sum())
