"""Who changed what, and where a figure comes from: the audit as the workspace asks for it."""

from datetime import date, datetime
from typing import Any

import pandas as pd

from data import as_known, audit, integrity
from data.integrity import Finding
from data.questions import Questions
from data.writing import needs
from models.language import tr
from models.periods import end_of, named_cycle
from models.refused import Refused


class Tracing(Questions):
    """The audit trail and the versions of a value."""

    @needs("read_audit")
    def audit(
        self, since: date | None = None, who: str | None = None, kind: str | None = None, *, values: bool = True
    ) -> pd.DataFrame:
        """Every change, newest first: write, at, by, action, kind, subject, field, before, after."""
        found = self._answers.get(
            ("audit", values or kind == "value"),
            lambda: self._read(lambda c: audit.entries(c, values=values or kind == "value")),
        )
        if since is not None:
            found = found[found["at"] >= pd.Timestamp(since)]
        if who is not None:
            found = found[found["by"] == who]
        if kind is not None:
            found = found[found["kind"] == kind]
        return found.reset_index(drop=True)

    def audit_head(self) -> dict[str, Any]:
        """The last link of the chain: sequence, hash, at, by. Kept elsewhere, it proves that nothing was rewritten."""
        return self._read(audit.head)

    def check(self, head: str | None = None) -> list[Finding]:
        """Whether the store holds together: every rule with the number of rows that break it. `head` was kept
        elsewhere."""
        with self.store.read(prove=False) as connection:
            self.store.at_hand(connection)
            lost = self.store.check_head(connection)
            rule = "the store ends with the last write that was completed here"
            return [*integrity.check(connection, head), Finding(rule, int(bool(lost)), lost)]

    def trace(self, kpi: str, period: str, segment: str = "all") -> dict[str, Any]:
        """Every value that was ever known of a KPI and period, oldest first, with load, file, SHA-256, who and when.

        The physical line in the file is not stored: the file with this SHA-256 and the key name it.
        """
        company = self.company()
        if kpi not in {known.id for known in company.kpis} | set(self._coverage()["kpi"]):
            raise Refused(tr("there is no KPI {id!r}; the KPI trends page lists them.", id=kpi))
        first = _first_day(period)
        moment = datetime.combine(first, datetime.min.time())
        with self.store.read() as connection:
            found = audit.versions(connection, kpi, segment, moment)
            again = audit.confirmations(connection, kpi, segment, moment)
            known = as_known.observations(connection, [kpi], end_of(self.today()))
        mine = known[(known["segment"] == segment) & (known["period"] == pd.Timestamp(first))]
        current = None if mine.empty else int(mine["load_id"].iloc[0])
        if found.empty:
            raise Refused(
                tr(
                    "no value of {id} ({segment}) in the period that begins on {day} was ever loaded.",
                    id=kpi,
                    segment=segment,
                    day=first,
                )
            )
        value = None if mine.empty else float(mine["value"].iloc[0])
        return {
            "kpi": kpi, "segment": segment, "period": first, "value": value, "load_id": current,
            "versions": found, "confirmed_by": again,
        }  # fmt: skip


def _first_day(period: str) -> date:
    """A day as it is, or the first day of a named month, quarter, half or year."""
    try:
        return date.fromisoformat(period)
    except ValueError:
        window = named_cycle(period)
    if window is None:
        raise Refused(
            tr(
                "a period is its first day (2026-07-06), a month (2026-07) or a quarter (2026-Q3); found {period!r}.",
                period=period,
            )
        )
    return window.start
