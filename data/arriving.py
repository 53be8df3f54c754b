"""What arrived: loads, what each changed and refused, and how fresh and sound the data are."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from data import definitions, health, ledger
from data.questions import Questions
from models import company as frames
from models.data_health import DataHealth, data_health, newest_loads
from models.periods import end_of


@dataclass(frozen=True)
class LoadDetail:
    restated: pd.DataFrame
    rejected: pd.DataFrame
    checks: pd.DataFrame


class Arriving(Questions):
    """Questions about loads and about the health of the data."""

    def loads(self) -> pd.DataFrame:
        """Every load, newest first: what each brought, and when it was taken back."""
        return self._read(ledger.loads)

    def load_detail(self, load_id: int) -> LoadDetail:
        """What a load changed, what it refused, and how its checks ended."""
        with self.store.read() as connection:
            return LoadDetail(
                ledger.restatements(connection, load_id),
                ledger.rejections(connection, load_id),
                ledger.checks(connection, load_id),
            )

    def health(self, as_of: date | None = None) -> DataHealth:
        """What is fresh, late, failing and restated, by KPI and by source, as known at the end of a day."""
        day = as_of or self.today()
        # A refused load leaves the data version as it is, but not the file.
        return self._answers.get(("health", day, self.store.signature()), lambda: self._health(day))

    def _health(self, day: date) -> DataHealth:
        moment = end_of(day)
        arrived = self._answers.get(("arrivals", moment), lambda: self._read(lambda c: health.arrivals(c, moment)))
        with self.store.read() as connection:
            loads = health.loads(connection, moment)
            failures = health.failures(connection, newest_loads(loads))
        come = set(arrived["kpi"])  # a KPI that is only ever computed has no source to look after
        kpis = [kpi for kpi in self.company(day).kpis if kpi.made_of is None or kpi.id in come]
        return data_health(frames.kpi_frame(kpis), arrived, loads, failures, day, self.policy)

    def source_history(self, source: str) -> pd.DataFrame:
        """Every version of a named source: recorded_at, recorded_by, body (JSON); oldest first."""
        return self._read(lambda connection: definitions.history(connection, "source", source))
