"""One scorecard beside others: then and now, the week and the cycle before, and the truth gap over the cycles."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pandas as pd

from data import as_known, definitions, ledger
from data.closing import Closing
from models.differences import RESTATED, Comparison, differences, read_by, reasons, restated
from models.earlier import WEEK, cycle_before, sentences
from models.language import tr
from models.periods import end_of
from models.refused import Refused
from models.scorecard import Scorecard
from models.truth_gap import TEAM, truth_gap

Progress = Callable[[float, str], None]  # share done, and what comes next
EDITS = ["key_result", "recorded_at", "recorded_by"]


class Comparing(Closing):
    """Questions that take more than one scorecard."""

    def compare(self, cycle: str | None, as_of: date, with_: date | None = None, team: str | None = None) -> Comparison:
        """A cycle as known on two days (the second: today), and which values the two know differently."""
        later = with_ or self.today()
        if as_of > later:
            raise Refused(tr("the first day ({as_of}) comes after the second ({later}).", as_of=as_of, later=later))
        after = self.scorecard(cycle, later, team)
        before = self.scorecard(after.cycle.id, as_of, team)
        key = ("compare", after.cycle.id, as_of, later, team)
        return self._answers.get(key, lambda: self._compare(before, after))

    def _compare(self, before: Scorecard, after: Scorecard) -> Comparison:
        rows = differences(before.key_results, after.key_results)
        links = pd.concat([before.links, after.links])
        links = links[links["key_result"].isin(rows["id"])]
        parts = self._parts(after.as_of)
        kpis = {kpi for name in links["kpi"] for kpi in (name, *parts.get(name, ()))}
        with self.store.read() as connection:
            then, now = (
                as_known.observations(connection, sorted(kpis), end_of(card.as_of)) for card in (before, after)
            )
            loads = ledger.loads(connection)
        changed = restated(then, now, loads)
        uses = pd.DataFrame(
            [
                (link.key_result, kpi, link.segment, link.window_end)
                for link in links.drop_duplicates(["key_result", "kpi", "segment", "window_end"]).itertuples()
                for kpi in (link.kpi, *parts.get(link.kpi, ()))
            ],
            columns=["key_result", "kpi", "segment", "until"],
        )
        used = read_by(uses, changed)[RESTATED].drop_duplicates(ignore_index=True)
        return Comparison(before, after, rows.assign(why=reasons(rows, uses, changed)), used)

    def _parts(self, as_of: date) -> dict[str, list[str]]:
        """The numerator and denominator of every KPI that is a ratio."""
        kpis = self.company(as_of).kpis
        return {kpi.id: [part for part in (kpi.numerator, kpi.denominator) if part] for kpi in kpis}

    def what_changed(self, card: Scorecard) -> pd.Series:
        """What changed of each key result since a week before, its last check-in and the last cycle: lists of
        sentences, indexed by id."""
        key = ("changes", card.cycle.id, card.as_of, card.data_version, card.team)
        return self._answers.get(key, lambda: self._changes(card))

    def _changes(self, card: Scorecard) -> pd.Series:
        company = self.company(card.as_of)
        before = cycle_before(company, card.cycle)
        earlier = card.as_of - timedelta(days=WEEK)
        windows = card.key_results["window_end"].max()
        runs = earlier <= max(card.cycle.end, windows.date() if pd.notna(windows) else card.cycle.end)
        return sentences(
            card,
            self.scorecard(card.cycle.id, earlier) if runs and earlier >= card.cycle.start else None,
            self._agreed(before.id, card.as_of) if before else None,
            self._read(lambda c: definitions.check_ins(c, end_of(card.as_of))),
        )

    def _agreed(self, cycle: str, day: date) -> Scorecard:
        """The scorecard of a cycle that is over: as it was closed, else as known on the day."""
        closed = self.closing(cycle, day)
        return closed.card if closed else self.scorecard(cycle, day)

    def edits(self, as_of: date | None = None) -> pd.DataFrame:
        """The last edit of every key result that was edited: EDITS."""
        moment = end_of(as_of or self.today())
        found = self._answers.get(
            ("edits", moment), lambda: self._read(lambda c: definitions.edited(c, "key_result", moment))
        )
        found = found[~found["id"].isin(self._unseen().key_results)]
        return found.groupby("id").tail(1).rename(columns={"id": "key_result"})[EDITS].reset_index(drop=True)

    def truth_gap(
        self, team: str | None = None, as_of: date | None = None, progress: Progress | None = None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Wins claimed and verified in every cycle that has begun, by cycle and by cycle and team.

        Both have what `models.truth_gap` counts, with cycle, name, start, end, closed and so_far before it. A closed
        cycle is counted as it was closed.
        """
        day = as_of or self.today()
        cycles = self._counted_cycles(day)
        kept = [
            self._answers.get(("wins", cycle, day), lambda c=cycle: self._wins(c, day))  # type: ignore[misc]
            for cycle in _told(cycles, progress)
        ]
        rows = pd.concat(kept, ignore_index=True) if kept else self._wins(None, day)
        rows = rows if team is None else rows[rows["team"] == team]
        by = ["cycle", "name", "start", "end", "closed", "so_far"]
        return truth_gap(rows, by), truth_gap(rows, [*by, *TEAM])

    def _counted_cycles(self, day: date) -> list[str]:
        company = self.company(day)
        used = {objective.cycle for objective in company.objectives}
        begun = [cycle for cycle in company.cycles if cycle.id in used and cycle.start <= day]
        return [cycle.id for cycle in sorted(begun, key=lambda cycle: (cycle.start, cycle.end))]

    def _wins(self, cycle: str | None, day: date) -> pd.DataFrame:
        """Of each key result of a cycle what the truth gap counts."""
        columns = ["cycle", "name", "start", "end", "closed", "so_far", *TEAM, "passed", "verdict"]
        if cycle is None:
            return pd.DataFrame(columns=columns)
        card = self._agreed(cycle, day)
        return card.key_results.assign(
            cycle=cycle, name=card.cycle.label, start=pd.Timestamp(card.cycle.start), end=pd.Timestamp(card.cycle.end),
            closed=self.closing(cycle, day) is not None, so_far=card.as_of < card.cycle.end,
        )[columns]  # fmt: skip


def _told(cycles: list[str], progress: Progress | None) -> Iterator[str]:
    """The cycles one by one, each told to whoever waits."""
    for position, cycle in enumerate(cycles):
        if progress:
            progress(position / len(cycles), cycle)
        yield cycle
