"""What needs all KPIs of the company at once: what got worse while key results passed."""

from datetime import date

from data import as_known
from data.answers import JUDGED
from data.questions import Questions
from models import company as frames
from models.periods import end_of
from models.reach import reach
from models.trade_offs import TradeOffs, trade_offs


class Crossing(Questions):
    """Questions across teams."""

    def trade_offs(self, cycle: str | None = None, as_of: date | None = None, team: str | None = None) -> TradeOffs:
        """What got worse while key results of a cycle passed, as known at the end of a day.

        All KPIs of the company are read and judged once per data version; a team gets its own part of that.
        """
        day = as_of or self.today()
        self.scorecard(cycle, day, team)  # refuses a cycle or a team that nobody defined
        card = self.scorecard(cycle, day)
        key = ("trade-offs", card.cycle.id, day)
        found = self._answers.get(key, lambda: self._trade_offs(card.cycle.id, day), JUDGED)
        if team is None:
            return found
        names = frames.team_frame(self.company(day)).set_index("id")["name"]
        return found.of_team(team, str(names.get(team, team)))

    def _trade_offs(self, cycle: str, day: date) -> TradeOffs:
        card, company = self.scorecard(cycle, day), self.company(day)
        kpis, since = [kpi.id for kpi in company.kpis], reach(company, card.cycle)
        observed = self._read(lambda c: as_known.observations(c, kpis, end_of(day), since))
        return trade_offs(card, company, observed, self.policy)
