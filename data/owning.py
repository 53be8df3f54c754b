"""An owner's key results over the cycles, and what the data foretold of them half-way."""

from dataclasses import replace
from datetime import date

import pandas as pd

from data import definitions
from data.telling import Telling
from models.foresight import Foresight, foresight, middle, said_by
from models.language import tr
from models.okr import Cycle
from models.owner_review import OwnerReview, owned, owners, tally
from models.periods import end_of
from models.refused import Refused

COLUMNS = ["id", "title", "score", "passed", "verdict", "verdict_word", "sentence", "objective_title", "team_name"]
EVERYBODY = ""


class Owning(Telling):
    def owners(self) -> list[str]:
        """Everybody who answers for a key result, in alphabetical order."""
        return owners(self.company())

    def owner_review(self, owner: str = EVERYBODY, as_of: date | None = None) -> OwnerReview:
        """An owner's key results, newest cycle first, with the chances given at mid-cycle; EVERYBODY: all together."""
        day = as_of or self.today()
        return self._answers.get(("owner", owner, day), lambda: self._owner_review(owner, day))

    def _owner_review(self, owner: str, day: date) -> OwnerReview:
        parts = [self._of_cycle(owner, cycle, day) for cycle in self.owner_cycles(owner, day)]
        rows = pd.concat(parts, ignore_index=True) if parts else _nothing()
        ends = pd.Series(
            [middle(self._held(cycle, day).window) for cycle in rows["cycle"]], index=rows["id"], dtype=object
        )
        check_ins = self._read(lambda connection: definitions.check_ins(connection, end_of(day)))
        rows["chance"] = rows["id"].map(said_by(check_ins, ends)).astype(float)
        ended = rows[rows["over"].astype(bool)]
        found = foresight(ended["chance"], ended["passed"], self.policy)
        return OwnerReview(owner, rows, tally(rows), found)

    def owner_cycles(self, owner: str = EVERYBODY, as_of: date | None = None) -> list[str]:
        """The cycles that have begun and hold a key result of an owner, newest first."""
        day = as_of or self.today()
        company = self.company(day)
        names = owned(company)
        if owner != EVERYBODY and owner not in set(names.values()):
            raise Refused(tr("nobody called {name!r} answers for a key result.", name=owner))
        found = {}
        for cycle in company.cycles:
            rows = company.of_cycle(cycle.id)[1]
            if cycle.start <= day and any(owner in (EVERYBODY, names.get(kr.id)) for _, kr in rows):
                found[cycle.id] = (cycle.end, cycle.start)
        return sorted(found, key=lambda name: found[name], reverse=True)

    def owner_forecasts(self, owner: str, cycle: str, as_of: date | None = None) -> pd.DataFrame:
        """What the data foretold half-way through a cycle that is over, of those of an owner's key results that had
        not passed by then and are read from a KPI. Takes seconds; kept until the data changes.

        key_result, title, on (the day), expected, lo, hi, chance, reason, ended, passed.
        """
        day = as_of or self.today()
        return self._answers.get(("owner forecasts", owner, cycle, day), lambda: self._foretold(owner, cycle, day))

    def _foretold(self, owner: str, cycle: str, day: date) -> pd.DataFrame:
        held = self._held(cycle, day)
        half = middle(held.window)
        columns = ["key_result", "title", "on", "expected", "lo", "hi", "chance", "reason", "ended", "passed"]
        if held.end >= day:
            return pd.DataFrame(columns=columns)
        names = owned(self.company(day))
        then, now = self.scorecard(cycle, half), self.scorecard(cycle, day).key_results.set_index("id")
        mine = then.key_results[[owner in (EVERYBODY, names.get(name)) for name in then.key_results["id"]]]
        links = then.links[then.links["key_result"].isin(mine["id"])]
        ends = self.landings(replace(then, key_results=mine, links=links)) or {}
        rows = [
            (name, now["title"][name], half, f.expected, f.lo, f.hi, f.chance, f.reason, now["current"][name],
             now["passed"][name])
            for name, f in ends.items() if name in now.index
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def forecast_foresight(self, foretold: pd.DataFrame) -> Foresight:
        """How the chances that the data gave half-way compare with what happened."""
        return foresight(foretold["chance"], foretold["passed"], self.policy)

    def _of_cycle(self, owner: str, cycle: str, day: date) -> pd.DataFrame:
        names = owned(self.company(day))
        card = self.scorecard(cycle, day)
        rows = card.key_results[[owner in (EVERYBODY, names.get(name)) for name in card.key_results["id"]]]
        held = card.cycle
        return rows[COLUMNS].assign(cycle=held.id, cycle_name=held.label, over=held.end < day)

    def _held(self, cycle: str, day: date) -> Cycle:
        found = self.company(day).cycle(cycle)
        if found is None:
            raise Refused(tr("cycle {id!r} is not defined.", id=cycle))
        return found


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=[*COLUMNS, "cycle", "cycle_name", "over"]).astype({"id": "str", "over": "bool"})
