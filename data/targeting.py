"""Setting a target for a KPI: what an automatic baseline reads, and whether the target is worth setting."""

from datetime import date

import pandas as pd

from data import as_known
from data.questions import Questions, defined_kpi, listed, with_parts
from models import evidence, readings
from models.company import kpi_frame
from models.language import tr
from models.okr import Cycle
from models.periods import end_of
from models.plan_check import PlanCheck, plan_check
from models.refused import Refused


class Targeting(Questions):
    """What a KPI's own history says before a target is set."""

    def value_before(
        self, kpi: str, cycle: str, *, segment: str = "all", reading: str = "last", trailing: int | None = None
    ) -> float | None:
        """What an automatic baseline reads: the KPI in the window of equal length just before a cycle; None: nothing
        is known of it."""
        held = self.company().cycle_named(cycle)
        if held is None:
            return None
        return self._answers.get(
            ("value before", kpi, segment, held.window, reading, trailing, self.today()),
            lambda: self._value_before(kpi, held, segment, reading, trailing),
        )

    def _value_before(self, kpi: str, cycle: Cycle, segment: str, reading: str, trailing: int | None) -> float | None:
        company, before = self.company(), cycle.window.before()
        names = with_parts(company, {kpi})
        observed = self._read(lambda c: as_known.observations(c, names, end_of(self.today())))
        asked = pd.DataFrame(
            {"row": [0], "kpi": [kpi], "segment": [segment], "start": [pd.Timestamp(before.start)],
             "end": [pd.Timestamp(before.end)], "reading": [reading], "trailing": [float(trailing or 1)]}
        )  # fmt: skip
        found = readings.read(asked, readings.with_derived(observed, kpi_frame(company.kpis)))
        return None if found.empty or pd.isna(found.iloc[0]) else float(found.iloc[0])

    def plan_check(
        self,
        kpi: str,
        cycle: str,
        target: float | None = None,
        *,
        segment: str = "all",
        reading: str = "mean",
        trailing: int | None = None,
    ) -> PlanCheck:
        """Whether a target for a KPI in a cycle is worth setting, from the KPI's own history before it.

        Raises Refused for a KPI nobody defined and for a cycle that is neither defined nor a usual name.
        """
        company = self.company()
        found = defined_kpi(company, kpi)
        held = company.cycle_named(cycle)
        if held is None:
            raise Refused(
                tr(
                    "cycle {id!r} is not defined; known cycles: {known}.",
                    id=cycle,
                    known=listed([c.id for c in company.cycles]),
                )
            )
        window = held.window
        return self._answers.get(
            ("plan", kpi, segment, window, target, reading, trailing, self.today()),
            lambda: plan_check(
                self.series(kpi, segment).set_index("period")["value"],
                window.start,
                window.end,
                target,
                direction=found.direction,
                reading=reading,
                trailing=trailing,
                cadence=found.cadence,
                policy=self.policy,
            ),
        )

    def plan_of(self, key_result: str, cycle: str | None = None, as_of: date | None = None) -> PlanCheck | None:
        """The plan check of a key result whose value is read from a KPI; None for the others. Takes some seconds."""
        found = self.evidence(key_result, cycle, as_of)
        asked = evidence.measured_as(found.row, found.links)
        if asked is None or found.row["kind"] == "maintain" or found.measure.empty:
            return None
        window = found.scorecard.cycle.window
        values = found.measure.set_index("period")["value"]
        key = ("plan of", key_result, window, found.scorecard.as_of)
        return self._answers.get(key, lambda: plan_check(values, window.start, window.end, policy=self.policy, **asked))
