"""KPIs defined one by one: read with their version, saved on it, and told who changed what."""

import json
from typing import Any

import pandas as pd

from data import definitions
from data.answers import DEFINITIONS
from data.edits import changes, whole
from data.planning import Planning
from data.writing import needs
from models.kpi import Kpi, feeding_loop, loop_words
from models.kpi_uses import Use, uses
from models.language import tr
from models.planned import Edit, Stamp
from models.refused import Refused

HISTORY = {
    "at": "datetime64[us]",
    "by": "str",
    "version": "int64",
    "field": "str",
    "before": "object",
    "after": "object",
}


class Defining(Planning):
    """The definitions of KPIs: the form on screen and the terminal write what okrs.yaml writes, by the same rules."""

    def defined_kpi(self, identifier: str) -> tuple[Kpi, Stamp]:
        """A KPI and the version that stands. Raises Refused where there is none."""
        found = next((kpi for kpi in self.company().kpis if kpi.id == identifier), None)
        if found is None:
            raise Refused(tr("there is no KPI {id!r}; the KPI review lists them.", id=identifier))
        written = self._kpi_versions(identifier)
        last = written.iloc[-1]
        return found, Stamp(len(written), last["recorded_at"].to_pydatetime(), last["recorded_by"])

    def kpi_uses(self, identifier: str) -> list[Use]:
        """The key results that stand on a KPI, and the KPIs that it feeds: those of cycles that are not over first."""
        return uses(identifier, self.company(), self.today())

    def kpi_history(self, identifier: str) -> pd.DataFrame:
        """Every field that was ever changed, newest first: at, by, version, field, before, after. The first version is
        one row without a field."""
        rows: list[tuple[Any, ...]] = []
        before: dict[str, Any] | None = None
        for number, row in enumerate(self._kpi_versions(identifier).itertuples(), 1):
            after: dict[str, Any] = json.loads(str(row.body))
            was = before or {}
            names = [""] if before is None else [n for n in {**was, **after} if was.get(n) != after.get(n)]
            stamp = (row.recorded_at, row.recorded_by, number)
            rows += [(*stamp, name, was.get(name), after.get(name)) for name in names]
            before = after
        return pd.DataFrame(rows[::-1], columns=list(HISTORY)).astype(HISTORY)

    def _kpi_versions(self, identifier: str) -> pd.DataFrame:
        return self._answers.get(
            ("versions of a KPI", identifier),
            lambda: self._read(lambda c: definitions.history(c, "kpi", identifier)),
            DEFINITIONS,
        )

    @needs("import_okrs")
    def save_kpi(self, kpi: Kpi, based_on: int) -> dict[str, Any]:
        """Save a definition on the version that the editor saw; 0 for a new KPI.

        Raises Conflict where somebody else was faster, Refused for what cannot be.
        """
        edit = whole(Edit("kpi", kpi.id, kpi, based_on))
        self._fits_kpi(edit.definition, based_on)
        if not self._read(lambda connection: changes(connection, [edit])):
            return {"status": "unchanged", "saved": []}
        with self.store.write() as connection:
            definitions.append(connection, changes(connection, [edit]), self._now(), self.who)
        return {"status": "saved", "saved": [f"kpi/{kpi.id}"]}

    def _fits_kpi(self, kpi: Any, based_on: int) -> None:
        company = self.company()
        known = {other.id: other for other in company.kpis}
        if not based_on and kpi.id in known:
            raise Refused(tr("there is a KPI {id!r} already; open it to change it, or choose another id.", id=kpi.id))
        teams = [team.id for team in company.teams]
        was = known.get(kpi.id)
        if kpi.owner and kpi.owner not in teams and (was is None or was.owner != kpi.owner):
            raise Refused(
                tr(
                    "team {id!r} is not defined; known teams: {known}.",
                    id=kpi.owner,
                    known=", ".join(teams) or tr("none"),
                )
            )
        feeds = {other.id: other.fed_by for other in known.values()} | {kpi.id: kpi.fed_by}
        missing = [part for part in kpi.fed_by if part not in feeds and (was is None or part not in was.fed_by)]
        if missing:
            raise Refused(tr("nothing was changed: there is no KPI {id!r}.", id=missing[0]))
        loop = feeding_loop(feeds)
        if loop:
            raise Refused(tr("nothing was changed: {why}.", why=loop_words(loop)))
