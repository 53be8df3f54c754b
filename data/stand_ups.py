"""The stand-up of a team: what scorecard, check-ins and actions say since last time; what waits for what."""

import json
from datetime import date, timedelta
from typing import Any

import pandas as pd

from data import definitions, records
from data.acting import Acting
from data.running import Running
from data.writing import needs
from models.check_ins import last_said
from models.company import Company
from models.dependencies import waits
from models.language import tr
from models.okr import Team
from models.periods import end_of
from models.refused import Refused
from models.scorecard import Scorecard
from models.stages import stages
from models.stand_up import StandUp, stand_up
from models.stand_up_facts import Seen


class StandUps(Running, Acting):
    """Summaries of a team's cycle, milestones and dependencies."""

    def stand_up(
        self, team: str, since: date | None = None, as_of: date | None = None, cycle: str | None = None
    ) -> StandUp:
        """What moved, what is stuck, what changed and what to decide, between two days; `since` is the team's last
        stand-up, or one round of check-ins ago. Raises Refused for a team or cycle that nobody defined."""
        day = as_of or self.today()
        card = self.scorecard(cycle, day, team)
        company = self.company(day)
        own = next((known for known in company.teams if known.id == team), Team(id=team))
        start = since or self._last_stand_up(team, day) or day - timedelta(weeks=own.check_in_every)
        if start >= day:
            raise Refused(tr("a stand-up looks back: {start} is not before {day}.", start=start, day=day))
        key = ("stand-up", team, start, day, card.cycle.id)
        return self._answers.get(key, lambda: self._stand_up(own, start, day, card, company))

    def _stand_up(self, team: Team, since: date, day: date, card: Scorecard, company: Company) -> StandUp:
        mine = set(card.key_results["id"])
        earlier = self.scorecard(card.cycle.id, since)
        known = earlier.key_results["id"].isin(mine & self._recorded_by(since))
        own = [kr for krs in company.key_results.values() for kr in krs if kr.id in mine]
        said = self.check_ins(day)
        actions, waits = self.actions(team.id, day), self.waits(day)
        seen = Seen(
            now=card.key_results,
            before=earlier.key_results[known],
            said=last_said(said[said["key_result"].isin(mine)]),
            statuses=self._status_words(company, day),
            statuses_before=self._status_words(company, since),
            stages=stages(own, day),
            waits=waits[waits["key_result"].isin(mine)],
            actions=actions[actions["state"].isin(["open", "overdue"])].reset_index(drop=True),
            restated=self._restated(card, since, day),
        )
        cycle = (card.cycle.label, card.cycle.end)
        return stand_up((team.id, team.label), cycle, (since, day), seen, team.check_in_every, self.policy)

    @needs("comment", of="team")
    def hold_stand_up(self, team: str, day: date | None = None) -> dict[str, Any]:
        """Note that a team has held its stand-up: the next one looks back to it."""
        on = day or self.today()
        if on > self.today():
            raise Refused(tr("a stand-up cannot be dated after today, found {on}.", on=on))
        self._keep("stand_up", [(team, {"day": on.isoformat()})])
        return {"status": "recorded", "team": team, "at": on}

    def _last_stand_up(self, team: str, before: date) -> date | None:
        found = self._answers.get(
            ("stand-ups", team), lambda: self._read(lambda c: records.history(c, "stand_up", team)["body"])
        )
        days = [date.fromisoformat(json.loads(body)["day"]) for body in found]
        return max((day for day in days if day < before), default=None)

    def milestones(self, cycle: str | None = None, team: str | None = None, as_of: date | None = None) -> pd.DataFrame:
        """Stages of milestones and every yes/no of a cycle, estimated against actual; see models.stages.stages."""
        day = as_of or self.today()
        rows = self.scorecard(cycle, day, team).key_results
        company = self.company(day)
        own = {kr.id: kr for krs in company.key_results.values() for kr in krs}
        return stages([own[identifier] for identifier in rows["id"] if identifier in own], day)

    def waits(self, as_of: date | None = None) -> pd.DataFrame:
        """Every dependency between key results, and whether it came; see models.dependencies.waits."""
        day = as_of or self.today()
        return self._answers.get(("waits", day), lambda: self._waits(day))

    def _waits(self, day: date) -> pd.DataFrame:
        company = self.company(day)
        wanted = {on.on for krs in company.key_results.values() for kr in krs for on in kr.depends_on}
        if not wanted:
            return waits(company, {}, set(), day)
        reached: dict[str, date | None] = {}
        of = {kr.id: o.cycle for o in company.objectives for kr in company.key_results.get(o.id, [])}
        for cycle in sorted({of[name] for name in wanted if of.get(name)}, key=str):
            rows = self.scorecard(cycle, day).key_results
            moving = rows["kind"].isin(["increase", "decrease"]) & rows["passed"].fillna(False).astype(bool)
            reached |= dict.fromkeys(rows.loc[moving & rows["id"].isin(wanted), "id"])
        dropped = set()
        for row in self.statuses(day).itertuples():
            status = company.status(row.status)
            if row.kind == "key_result" and row.id in wanted and status is not None and status.ended:
                if status.tone == "good":
                    reached[row.id] = row.at.date()
                else:
                    dropped.add(row.id)
        return waits(company, reached, dropped, day)

    def _recorded_by(self, day: date) -> set[str]:
        """Key results that somebody had written down by the end of a day."""
        return self._answers.get(
            ("recorded by", day),
            lambda: self._read(lambda c: definitions.recorded_by(c, "key_result", end_of(day))),
        )

    def _status_words(self, company: Company, day: date) -> dict[str, str]:
        given = self.statuses(day)
        words = {status: company.status(status) for status in given["status"].unique()}
        rows = given[given["kind"] == "key_result"]
        return {row.id: word.label for row in rows.itertuples() if (word := words[row.status]) is not None}

    def _restated(self, card: Scorecard, since: date, day: date) -> pd.DataFrame:
        """How many values known last time are others now: key_result, kpi_name, count."""
        links = card.links[card.links["role"].isin(["measure", "outcome"])]
        links = links.drop_duplicates(["key_result", "kpi", "segment"])
        pairs = list(dict.fromkeys(zip(links["kpi"], links["segment"], strict=True)))
        if not pairs:
            return pd.DataFrame(columns=["key_result", "kpi_name", "count"])
        keys = ["kpi", "segment", "period"]
        both = self.series_many(pairs, since).merge(self.series_many(pairs, day), on=keys, suffixes=("_then", "_now"))
        changed = both[both["value_then"] != both["value_now"]]
        counts = changed.groupby(["kpi", "segment"]).size().rename("count").reset_index()
        return links.merge(counts, on=["kpi", "segment"])[["key_result", "kpi_name", "count"]]
