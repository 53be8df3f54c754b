"""The digest, and the record of what was sent, so that the next one can say what changed since."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from data.arriving import Arriving
from data.records import Record
from data.telling import Telling
from data.writing import needs
from models import digests
from models.digests import Before, Digest, DigestSent
from models.periods import end_of
from models.refused import Refused

KIND = "digest"
USUAL = 7  # days that a digest looks back where none was sent before


class Digesting(Telling, Arriving):
    def digest(
        self, cycle: str | None = None, team: str | None = None, days: int | None = None, as_of: date | None = None
    ) -> Digest:
        """What to send now: compared with `days` ago, else with the last digest that was sent, else with a week ago."""
        card = self.scorecard(cycle, as_of, team)
        last = self._last_digest(card.cycle.id, team)
        if days is None and last is not None:
            held = DigestSent.model_validate(last.body)
            hidden = self._unseen().key_results
            verdicts = {name: verdict for name, verdict in held.verdicts.items() if name not in hidden}
            before = Before(digests.since_words("digest", last.changed_at.date()), verdicts)
            moment = last.changed_at
        else:
            span = days or USUAL
            day = card.as_of - timedelta(days=span)
            before = Before(digests.since_words("days", day, span), self._verdicts(card.cycle.id, team, day))
            moment = datetime.combine(day, time.max)
        loads = self.loads()
        loads = loads[loads["recorded_at"] <= end_of(card.as_of)]
        return digests.digest(card, before, digests.changed_loads(loads, moment), self.health(card.as_of).kpis)

    def _verdicts(self, cycle: str, team: str | None, day: date) -> dict[str, str] | None:
        try:
            rows = self.scorecard(cycle, day, team).key_results
        except Refused:
            return None  # the cycle or the team was not there yet
        return dict(zip(rows["id"], rows["verdict"], strict=True)) if len(rows) else None

    def _last_digest(self, cycle: str, team: str | None) -> Record | None:
        mine = [r for r in self._records(KIND) if r.body["cycle"] == cycle and r.body.get("team") == team]
        return max(mine, key=lambda record: record.changed_at) if mine else None

    @needs("comment")
    def keep_digest(self, told: Digest, channels: Sequence[str], recipients: int) -> None:
        """Record that a digest went out: what it said, by which channels, to how many."""
        body = digests.sent(told, channels, recipients).model_dump(mode="json")
        self._keep(KIND, [(f"{told.cycle} {told.team or ''} {self._now().isoformat()}", body)])
