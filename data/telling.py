"""The cycle told in words, with where the unfinished key results will land while it runs."""

from datetime import date

from data.writing import Writing
from models import narrative
from models.evidence import WAYS, measured_as
from models.forecast import Forecast, forecast
from models.scorecard import Scorecard
from models.story import Story

FORETOLD = 60  # most key results in flight for which a story works out forecasts: about 30 ms each


class Telling(Writing):
    def story(self, cycle: str | None = None, as_of: date | None = None, team: str | None = None) -> Story:
        """The scorecard in plain words: whole, per team, per key result."""
        card = self.scorecard(cycle, as_of, team)
        return self._answers.get(("story", card.cycle.id, card.as_of, team), lambda: self._story(card))

    def _story(self, card: Scorecard) -> Story:
        ends = self.landings(card)
        by_key_result = {str(name): held for name, held in card.links.groupby("key_result")}
        none = card.links.head(0)
        told = {
            row["id"]: narrative.tell_key_result(row, by_key_result.get(row["id"], none), (ends or {}).get(row["id"]))
            for row in card.key_results.to_dict("records")
        }
        teams = narrative.tell_teams(card, ends) if card.team is None else {}
        return Story(card, narrative.tell(card, ends), teams, told)

    def landings(self, card: Scorecard) -> dict[str, Forecast] | None:
        """Where key results in flight will land, by id: of those with a measure KPI; None when they are too many."""
        if card.as_of >= card.cycle.end or card.key_results.empty:
            return {}
        rows = card.key_results
        rows = rows[
            rows["measure_kpi"].notna() & rows["kind"].isin(list(WAYS)) & ~rows["passed"].fillna(False).astype(bool)
        ]
        if rows.empty or len(rows) > FORETOLD:
            return {} if rows.empty else None
        key = ("landings", card.cycle.id, card.as_of, tuple(rows["id"]))
        return self._answers.get(key, lambda: self._landings(card, tuple(rows["id"])))

    def _landings(self, card: Scorecard, wanted: tuple[str, ...]) -> dict[str, Forecast]:
        links = card.links[(card.links["role"] == "measure") & card.links["key_result"].isin(wanted)]
        links = links.drop_duplicates("key_result")
        held = self.series_many(list(zip(links["kpi"], links["segment"], strict=True)), card.as_of)
        series = {key: frame.set_index("period")["value"] for key, frame in held.groupby(["kpi", "segment"])}
        rows = card.key_results.set_index("id", drop=False)
        out = {}
        for link in links.itertuples():
            values = series.get((link.kpi, link.segment))
            if values is not None and len(values):
                row = rows.loc[link.key_result]
                asked = measured_as(row, links[links["key_result"] == link.key_result])
                band = (float(row["band_low"]), float(row["band_high"])) if row["kind"] == "maintain" else None
                assert asked is not None
                out[str(link.key_result)] = forecast(
                    values, card.cycle.start, card.cycle.end, band=band, policy=self.policy, as_of=card.as_of, **asked
                )
        return out
