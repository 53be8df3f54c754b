"""What drives what: the KPI tree of an output, why it changed, and the tree drawn anew."""

from datetime import date
from typing import Any

import pandas as pd

from data import as_known, definitions
from data.questions import with_parts
from data.writing import Writing, needs
from models import kpi_tree, linked, readings, wrong
from models.company import kpi_frame
from models.decomposition import Decomposition, decompose
from models.kpi import Influence, Kpi, MadeOf, feeding_loop, loop_words
from models.kpi_tree import KpiTree
from models.language import tr
from models.okr import Cycle, OkrFile
from models.periods import end_of
from models.refused import Refused


class Driving(Writing):
    """The KPI tree. Only what the asked tree holds is read."""

    def driven_kpis(self, as_of: date | None = None) -> list[str]:
        """KPIs that are fed by others, the ends of the trees first."""
        return kpi_tree.outputs(self.company(as_of).kpis)

    def loose_kpis(self, as_of: date | None = None) -> list[str]:
        """KPIs in no tree."""
        return kpi_tree.loose(self.company(as_of).kpis)

    def kpi_tree(
        self, kpi: str | None = None, cycle: str | None = None, as_of: date | None = None, against: str = "year"
    ) -> KpiTree:
        """The tree of an output (default: the largest) in a cycle. Raises Refused for a KPI or cycle nobody defined."""
        day = as_of or self.today()
        company = self.company(day)
        drawn = kpi_tree.outputs(company.kpis)
        root = kpi or (drawn[0] if drawn else None)
        if root is None:
            raise Refused(tr("no KPI is fed by others yet: write `made_of` or `influenced_by` in its definition."))
        self._known(root, day)
        held = self._cycle(cycle, day)
        return self._answers.get(
            ("kpi tree", root, held.id, day, against), lambda: self._grown(root, held, day, against)
        )

    def _grown(self, root: str, cycle: Cycle, day: date, against: str) -> KpiTree:
        company = self.company(day)
        names = kpi_tree.reached(root, {kpi.id: kpi for kpi in company.kpis})
        observed = self._complete(names, day)
        return kpi_tree.grow(root, company.kpis, company.teams, cycle, observed, day, self.policy, against)

    def decompose(
        self,
        kpi: str,
        start: date,
        end: date,
        against: str = "year",
        *,
        segments: bool = False,
        as_of: date | None = None,
    ) -> Decomposition:
        """Why a KPI changed from the year before, or the periods before, to the periods that start in [start, end]."""
        day = as_of or self.today()
        found = self._known(kpi, day)
        known = {other.id: other for other in self.company(day).kpis}
        return self._answers.get(
            ("decompose", kpi, start, end, against, segments, day),
            lambda: decompose(found, known, self._complete([kpi], day), start, end, against, segments=segments),
        )

    @needs("import_okrs")
    def feed(
        self, kpi: str, made_of: MadeOf | None = None, influenced_by: list[Influence] | None = None
    ) -> dict[str, Any]:
        """Draw anew what feeds a KPI: a new version of its definition. Raises Refused if KPIs would feed each other."""
        found = self._known(kpi, self.today())
        body = found.model_dump() | {"made_of": made_of, "influenced_by": influenced_by or []}
        try:
            changed = Kpi.model_validate(body)
        except ValueError as error:
            raise Refused(tr("nothing was changed: {why}.", why=wrong.said(error))) from error
        if changed == found:
            return {"status": "unchanged", "kpi": kpi}
        kpis = {other.id: other.fed_by for other in self.company().kpis} | {kpi: changed.fed_by}
        missing = [part for part in changed.fed_by if part not in kpis]
        if missing:
            raise Refused(tr("nothing was changed: there is no KPI {id!r}.", id=missing[0]))
        loop = feeding_loop(kpis)
        if loop:
            raise Refused(tr("nothing was changed: {why}.", why=loop_words(loop)))
        with self.store.write() as connection:
            versions = definitions.versions_of(OkrFile(kpis=[changed]))
            definitions.append(connection, versions, self._now(), self.who)
        return {"status": "defined", "kpi": kpi}

    # ------------------------------------------------------------------------------------------------------------------

    def _known(self, kpi: str, day: date) -> Kpi:
        found = next((known for known in self.company(day).kpis if known.id == kpi), None)
        if found is None:
            raise Refused(tr("there is no KPI {id!r}; the KPI tree without one shows the largest tree.", id=kpi))
        return found

    def _cycle(self, cycle: str | None, day: date) -> Cycle:
        identifier = cycle or self.default_cycle(day)
        if identifier is None:
            raise Refused(
                tr(
                    "no cycle has objectives yet. Write some on the Plan page, or import a file there "
                    "(in the terminal: python cli.py import-okrs FILE)."
                )
            )
        found = self.company(day).cycle(identifier)
        if found is None:
            raise Refused(tr("cycle {id!r} is not defined.", id=identifier))
        return found

    def _complete(self, names: list[str], day: date) -> pd.DataFrame:
        """Complete periods of KPIs and all that they are made of: kpi, segment, period, value, weight."""
        company = self.company(day)
        wanted = with_parts(company, set(names))
        kpis = kpi_frame([kpi for kpi in company.kpis if kpi.id in set(wanted)])
        observed = self._read(lambda connection: as_known.observations(connection, wanted, end_of(day)))
        return linked.completed(readings.with_derived(observed, kpis), kpis, day)
