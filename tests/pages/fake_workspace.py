"""A workspace made by hand: every verdict and flag once, any number of key results, names that try to be markup.

It answers like workspace.Workspace, without a store and without judging anything, so that a page is tested alone.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import yaml

from data.reviewing import KpiReview, Review
from models import calendar_days, kpi_tree, segment_spans
from models.closing import ClosedCycle
from models.company import Company
from models.data_health import DataHealth
from models.decomposition import decompose
from models.differences import Comparison, differences
from models.event import Event, Kept
from models.evidence import Evidence
from models.kpi import Influence, Kpi, MadeOf
from models.narrative import tell, tell_key_result, tell_teams
from models.okr import Cycle, Dependency, KeyResult, Objective, Stage
from models.okr_changes import Change
from models.okr_map import OkrMap, okr_map
from models.okr_rows import OkrRows, described
from models.policy import POLICY
from models.refused import Refused
from models.review import review
from models.roles import Person
from models.scorecard import Scorecard
from models.signals import CommonShock
from models.source import Source
from models.story import Story
from models.timeline import Plan, plan
from models.trade_offs import TradeOffs
from models.trend import trend
from models.truth_gap import TEAM, truth_gap
from models.verdict import VERDICTS
from models.xmr import xmr
from tests.pages.fake_learning import FakeLearning
from tests.pages.fake_planning import FakePlanning
from tests.pages.fake_running import FakeRunning

CYCLE = Cycle(id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30))
HOSTILE = ("<img src=x onerror=alert(1)>", "5*3*2", "![x](http://x)", "$a$", ":material/home:", "</h1><script>alert(1)")

# verdict, passed, score, movement, flags, what the KPI is called
CASES = [
    ("real_win", True, 1.0, "better", [], "Daily actives"),
    ("vanity", True, 1.0, "flat", [], "Staff turnover"),
    ("backfired", True, 1.0, "worse", ["shared_claim"], "Repeat purchases"),
    ("unproven", True, 1.0, "cannot_tell", ["late_data"], "Net promoter score"),
    ("moved_anyway", False, 0.62, "better", ["target_edited"], "Uninstalls"),
    ("honest_miss", False, 0.31, "flat", [], "Time to hire"),
    ("setback", False, 0.0, "worse", [], "First reply time"),
    ("unlinked", False, np.nan, None, [], None),
    ("too_early", False, 0.45, None, [], "Renewals"),
    ("real_win", True, 1.0, "better", ["at_a_cost"], "Orders"),
]


def series_of(seed: int, *, last: str = "2026-09-28") -> pd.DataFrame:
    """Three years of weekly values around 50."""
    weeks = pd.date_range(end=last, periods=156, freq="W-MON")
    rng = np.random.default_rng(seed)
    values = 50 + 5 * np.sin(np.arange(156) * 2 * np.pi / 52) + rng.normal(0, 1.5, 156)
    return pd.DataFrame({"period": weeks, "value": values, "load_id": pd.array([1] * 156, dtype="Int64")})


def key_results(count: int, hostile: bool) -> pd.DataFrame:
    rows = []
    for i in range(max(count, 1)):
        verdict, passed, score, move, flags, kpi = CASES[i % len(CASES)]
        name = HOSTILE[i % len(HOSTILE)] if hostile else None
        team = ("app", "people")[i // 5 % 2]
        rows.append(
            {
                "id": f"kr{i}", "objective": f"o{i // 3}", "objective_title": name or f"Objective {i // 3}",
                "title": name or f"Key result {i}", "team": team, "team_name": name or f"{team.title()} team",
                "owner": name or "Ada", "kind": "increase", "format": "number", "currency": None, "unit": "%",
                "level": "committed", "weight": 1.0, "illustrative": i == 3, "reading": "last", "baseline": 40.0,
                "target": 52.0, "original_baseline": 40.0, "original_target": 55.0, "current": 50.0, "score": score,
                "score_original_target": score, "progress": score, "band": "green" if passed else "amber",
                "pace": 0.1, "pace_word": "" if passed else "behind", "below_baseline": verdict == "setback",
                "passed": passed, "so_far": False, "verdict": verdict, "verdict_word": VERDICTS[verdict].word,
                "flags": flags, "flag_notes": [f"A note on {flag}." for flag in flags],
                "sentence": f"Sentence {name or i}.", "told_from": pd.Timestamp("2026-11-02"),
                "kpi": None if kpi is None else f"k{i % len(CASES)}", "kpi_name": name or kpi, "kpi_unit": "%",
                "kpi_direction": "up", "segment": None if kpi is None else "all", "lag": 14.0, "cadence": "week",
                "window_start": pd.Timestamp(CYCLE.start), "window_end": pd.Timestamp(CYCLE.end),
                "move_verdict": move, "effect": 0.2 if move else np.nan, "effect_relative": 0.004, "lo": -0.4,
                "hi": 0.8, "lo_relative": -0.008, "hi_relative": 0.016, "expected": 50.0, "actual": 50.2, "n": 13.0,
                "min_change_shown": "5 %", "measure_kpi": f"k{i % len(CASES)}", "confidence": 7.0,
                "checked_in": pd.Timestamp("2026-09-20"),
            }
        )  # fmt: skip
    return pd.DataFrame(rows).head(count)


def objectives_of(rows: pd.DataFrame) -> pd.DataFrame:
    first = rows.drop_duplicates("objective")
    return pd.DataFrame(
        {
            "id": first["objective"], "title": first["objective_title"], "team": first["team"],
            "team_name": first["team_name"], "level": "committed", "parent": None, "owner": "Ada", "score": 0.7,
            "unknown": 0, "band": "green", "illustrative": False,
            "hints": [["Targets may be too easy."] if i == 0 else [] for i in range(len(first))],
        }
    ).reset_index(drop=True)  # fmt: skip


@dataclass
class FakeMapping:
    keys: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return self.keys


@dataclass
class FakeWorkspace(FakeLearning, FakeRunning, FakePlanning):
    """`has_values` and `has_okrs` make the empty states; `calls` notes what was asked to change something."""

    count: int = len(CASES)
    hostile: bool = False
    has_values: bool = True
    has_okrs: bool = True
    preview_status: str = "stored"
    policy: Any = POLICY
    calls: list[tuple] = field(default_factory=list)
    unknown: bool = False
    worse: int = 4  # KPIs that got worse beside the wins, the last within chance
    changes: bool = False
    closed: bool = False
    differs: bool = False
    remarks: list[Any] = field(default_factory=list)
    questions: list[Any] = field(default_factory=list)
    decisions: list[Any] = field(default_factory=list)
    tree: bool = True
    named: dict[str, Source] = field(default_factory=dict)
    role: Any = "admin"

    @property
    def person(self) -> Person:
        return Person("ada", self.role, frozenset({"app"}))

    def may(self, action: str, **whose: str) -> str:
        return self.person.refusal(action, whose.get("team"))

    def tokens(self) -> pd.DataFrame:
        columns = ["id", "name", "scopes", "state", "expires", "made_at", "made_by"]
        day = pd.Timestamp("2026-10-01")
        rows = [("0a1b2c3d", HOSTILE[0] if self.hostile else "crm", ["push"], "valid", day, day, "ada")]
        return pd.DataFrame(rows if self.has_values else [], columns=columns)

    def make_token(self, name: str, scopes: list[str], days: int) -> dict[str, Any]:
        self.calls.append(("make_token", name, tuple(scopes), days))
        return {"status": "made", "id": "0a1b2c3d", "token": "needle_0a1b2c3d_secret", "expires": None}

    def revoke_token(self, identifier: str) -> None:
        self.calls.append(("revoke_token", identifier))

    version: int = 0  # how often the retrospective was saved
    learned: int = 0  # lessons in the library

    def data_version(self) -> int:
        return len(self.calls)

    def is_empty(self) -> bool:
        return not self.has_values and not self.has_okrs

    def teams(self) -> pd.DataFrame:
        return pd.DataFrame({"id": ["app", "people"], "name": ["App team", "People team"], "parent": [None, None]})

    def cycles(self) -> pd.DataFrame:
        ids = ["2026-Q2", "2026-Q3"] if self.has_okrs else []
        starts = pd.to_datetime(["2026-04-01", "2026-07-01"][: len(ids)])
        ends = pd.to_datetime(["2026-06-30", "2026-09-30"][: len(ids)])
        return pd.DataFrame({"id": ids, "name": ids, "start": starts, "end": ends, "parent": [None] * len(ids)})

    def default_cycle(self, as_of: date | None = None) -> str | None:
        return "2026-Q3" if self.has_okrs else None

    def kpis(self) -> pd.DataFrame:
        names = [HOSTILE[i % len(HOSTILE)] if self.hostile else case[5] for i, case in enumerate(CASES)]
        names = [name or "Unlinked" for name in names] if self.has_values else []
        return pd.DataFrame(
            {
                "id": [f"k{i}" for i in range(len(names))], "name": names, "description": names, "unit": "%",
                "direction": "up", "cadence": "week", "owner": "app", "to_be_defined": False, "illustrative": False,
                "observations": 156, "segments": [["DE", "FR", "all"], *[["all"]] * 9][: len(names)],
            }
        )  # fmt: skip

    def company(self, as_of: date | None = None) -> Company:
        rows = self.kpis().to_dict("records")
        kpis = [Kpi(id=row["id"], name=row["name"], unit="%", cadence="week", aggregation="mean") for row in rows]
        if self.tree and len(kpis) > 5:
            kpis[0].made_of = MadeOf(how="sum", of=["k1"], less=["k2"])
            kpis[1].influenced_by = [Influence(kpi="k3", lag=14), Influence(kpi="gone")]
        return replace(super().company(as_of), kpis=kpis, cycles=[CYCLE])

    def driven_kpis(self, as_of: date | None = None) -> list[str]:
        return kpi_tree.outputs(self.company().kpis)

    def loose_kpis(self, as_of: date | None = None) -> list[str]:
        return kpi_tree.loose(self.company().kpis)

    def kpi_tree(self, kpi: str, cycle: str | None, as_of: date | None, against: str) -> kpi_tree.KpiTree:
        observed = self._observed()
        return kpi_tree.grow(kpi, self.company().kpis, [], CYCLE, observed, date(2026, 10, 5), POLICY, against)

    def decompose(self, kpi: str, start: date, end: date, against: str, *, segments: bool, as_of: date | None) -> Any:
        known = {known.id: known for known in self.company().kpis}
        return decompose(known[kpi], known, self._observed(), start, end, against, segments=segments)

    def _observed(self) -> pd.DataFrame:
        rows = [series_of(i).assign(kpi=f"k{i}", segment="all", weight=1.0) for i in range(4)]
        return pd.concat(rows, ignore_index=True).drop(columns="load_id")

    def feed(self, kpi: str, made_of: Any, influenced_by: list[Any]) -> dict[str, Any]:
        if made_of and kpi in made_of.of:
            raise Refused("the KPIs feed each other in a circle.")
        self.calls.append(("feed", kpi, made_of, influenced_by))
        return {"status": "defined", "kpi": kpi}

    def scorecard(self, cycle: str | None = None, as_of: date | None = None, team: str | None = None) -> Scorecard:
        rows = key_results(self.count, self.hostile)
        links = rows[
            [
                "id",
                "kpi",
                "kpi_name",
                "segment",
                "lag",
                "move_verdict",
                "effect",
                "lo",
                "hi",
                "kpi_unit",
                "window_start",
            ]
        ]
        links = links.rename(columns={"id": "key_result"}).assign(role="outcome", team_name="App team", sentence="")
        version = self.data_version()
        card = Scorecard(CYCLE, as_of or date(2026, 10, 5), version, POLICY, objectives_of(rows), rows, links)
        return card.of_team(team)

    def trade_offs(self, cycle: str | None = None, as_of: date | None = None, team: str | None = None) -> TradeOffs:
        """Every passed key result is a win; `worse` KPIs of no guardrail got worse, the first of nobody's."""
        card = self.scorecard(cycle, as_of)
        won = card.key_results[card.key_results["passed"].astype(bool)].reset_index(drop=True)
        names = [HOSTILE[i % len(HOSTILE)] if self.hostile else f"Cost {i}" for i in range(self.worse)]
        window = {"window_start": pd.Timestamp(CYCLE.start), "window_end": pd.Timestamp(CYCLE.end)}
        movement = {
            "segment": "all", "kpi_unit": "%", "kpi_direction": "up", "cadence": "week", **window,
            "move_verdict": "worse", "effect": -4.0, "effect_relative": -0.08, "lo": -5.0, "hi": -3.0,
            "lo_relative": -0.1, "hi_relative": -0.06, "p": 0.0002, "p_worse": 0.0001,
        }  # fmt: skip
        looked = pd.DataFrame(
            {
                "kpi": [f"c{i}" for i in range(len(names))], "kpi_name": names, **movement,
                "owner": ["" if i == 0 else ("people", "app")[i % 2] for i in range(len(names))],
                "owner_name": ["" if i == 0 else ("People team", "App team")[i % 2] for i in range(len(names))],
                "q": [0.002 * i for i in range(len(names))], "survives": [i < len(names) - 1 for i in range(len(names))],
            }
        ).astype({"survives": bool})  # fmt: skip
        kept = won.head(1 if self.worse else 0)
        owner = HOSTILE[0] if self.hostile else "People team"
        guardrails = pd.DataFrame({"key_result": kept["id"]}).assign(
            kpi="k1", kpi_name="Staff turnover", owner="people", owner_name=owner, **movement
        )
        missing = pd.DataFrame({"kpi": ["x"], "kpi_name": ["X"], "owner": [""], "reason": ["no_total"]})
        shared = card.key_results["flags"].map(lambda codes: "shared_claim" in codes)
        claims = card.key_results[shared].assign(claim=0)
        shock = CommonShock("down" if self.worse > 20 else "", 30, 40, -0.08, 0.0)
        found = TradeOffs(CYCLE, card.as_of, 1, POLICY, won, guardrails, looked, missing, claims, shock)
        return found.of_team(team, "People team")

    def story(self, cycle: str | None = None, as_of: date | None = None, team: str | None = None) -> Story:
        card = self.scorecard(cycle, as_of, team)
        told = {row["id"]: tell_key_result(row, card.links) for row in card.key_results.to_dict("records")}
        return Story(card, tell(card, {}), tell_teams(card, {}) if team is None else {}, told)

    def today(self) -> date:
        return date(2026, 10, 5)

    def closing(self, cycle: str | None, as_of: date | None = None) -> ClosedCycle | None:
        """Closed as a whole; key result 1 was a real win then."""
        if not self.closed:
            return None
        card = self.scorecard()
        rows = self.closing_rows(card)
        note = HOSTILE[0] if self.hostile else "Agreed."
        at = datetime(2026, 10, 10, 9)
        return ClosedCycle(at, "Ann", note, "Late values.", {}, replace(card, key_results=rows, data_version=35))

    def closed_series(self, cycle: str, pairs: list[tuple[str, str]]) -> pd.DataFrame:
        return self.series_many(pairs)

    def since_closing(self, cycle: str) -> pd.DataFrame:
        frozen = self.closing(cycle)
        assert frozen is not None
        return differences(self._complete(frozen.card.key_results), self._complete(self.scorecard().key_results))

    @staticmethod
    def _complete(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(passed=rows["passed"].astype("boolean"))

    def close_cycle(self, cycle: str, note: str = "", as_of: date | None = None, reason: str = "") -> ClosedCycle:
        self.calls.append(("close_cycle", cycle, note, as_of, reason))
        if self.closed and not reason:
            raise Refused("give a reason to close it again.")
        self.closed = True
        found = self.closing(cycle)
        assert found is not None
        return found

    def what_changed(self, card: Scorecard) -> pd.Series:
        return pd.Series({name: ["Q2 2026: Vanity on the same KPI."] for name in card.key_results["id"]}, dtype=object)

    def edits(self, as_of: date | None = None) -> pd.DataFrame:
        at = pd.to_datetime(["2026-08-02 10:30"])
        return pd.DataFrame({"key_result": ["kr4"], "recorded_at": at, "recorded_by": HOSTILE[0]})

    def compare(self, cycle: str | None, as_of: date, with_: date | None = None, team: str | None = None) -> Comparison:
        after = self.scorecard(cycle, with_, team)
        before = replace(
            after, as_of=as_of, key_results=self.closing_rows(after) if self.differs else after.key_results
        )
        rows = differences(self._complete(before.key_results), self._complete(after.key_results))
        changed = self._restated().assign(load_id=2, file=HOSTILE[0], recorded_at=pd.Timestamp("2026-10-02 08:15"))
        why = [["1 value was restated."]] * len(rows)
        return Comparison(before, after, rows.assign(why=why), changed if self.differs else changed.head(0))

    @staticmethod
    def closing_rows(card: Scorecard) -> pd.DataFrame:
        rows = card.key_results
        was = rows["id"] == "kr1"
        return rows.assign(
            verdict=rows["verdict"].mask(was, "real_win"), verdict_word=rows["verdict_word"].mask(was, "Real win"),
            score=rows["score"].mask(was, 0.9),
        )  # fmt: skip

    def truth_gap(
        self, team: str | None = None, as_of: date | None = None, progress: Any = None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        parts = []
        for position, cycle in enumerate(self.cycles()["id"]):
            progress(position / 2, cycle)
            row = {"cycle": cycle, "name": cycle, "start": CYCLE.start, "end": CYCLE.end, "closed": position == 0}
            parts.append(key_results(self.count, self.hostile).assign(**row, so_far=False))
        rows = pd.concat(parts)
        rows = rows if team is None else rows[rows["team"] == team]
        by = ["cycle", "name", "start", "end", "closed", "so_far"]
        return truth_gap(rows, by), truth_gap(rows, [*by, *TEAM])

    def review_day(self, as_of: date | None = None) -> date:
        return date(2026, 10, 4)

    def last_day(self, kpi: str, as_of: date | None = None) -> date:
        return date(2026, 10, 4)

    def review(self, at: date, **asked: Any) -> Review:
        kpis = self.kpis().assign(aggregation="mean")
        series = [series_of(i).assign(kpi=kpi, weight=1.0) for i, kpi in enumerate(kpis["id"])]
        rows = review(pd.concat(series), kpis, {"k0": 40.0, "k1": 50.0, "k2": 70.0}, at)
        about = kpis.set_index("id")[["name", "owner", "unit", "direction", "cadence", "aggregation"]]
        rows = rows.join(about, on="kpi").assign(segment="all", state="fresh", days_late=0)
        rows.loc[3, ["state", "days_late"]] = ["late", 9]
        return Review(at, rows.assign(team_name="App team"))

    def review_of(self, kpi: str, at: date, *, segment: str = "all", **asked: Any) -> KpiReview:
        name = self.kpis().set_index("id")["name"][kpi]
        known = Kpi(id=kpi, name=name, unit="%", cadence="week", aggregation="mean")
        series = series_of(1)
        found = trend(series, cadence="week", aggregation="mean", at=at)
        dots = series.tail(104).reset_index(drop=True)[["period", "value"]]
        return KpiReview(known, segment, at, found, dots, xmr(dots["value"], "up", 52.0), 52.0, 52.0)

    def segments_of(self, kpi: str, as_of: date | None = None) -> list[str]:
        found: list[str] = self.kpis().set_index("id")["segments"][kpi]
        return sorted(found, key=lambda name: (name != "all", name))

    def segment_change(self, kpi: str, at: date, span: str, **asked: Any) -> Any:
        names = ["DE", "<b>FR</b>" if self.hostile else "FR"]
        parts = pd.concat([series_of(i).assign(segment=name, weight=1.0) for i, name in enumerate(names)])
        return segment_spans.change_by_segment(parts, "week", "sum", at, span, (CYCLE.start, CYCLE.end))

    def events_of(self, kpi: str, as_of: date | None = None) -> list[Kept]:
        title = HOSTILE[0] if self.hostile else "New prices"
        made = [
            Event(id="2026-07-06", day=date(2026, 7, 6), title=title, kind="price"),
            Event(id="2026-08-03", day=date(2026, 8, 3), end=date(2026, 8, 9), title=title, kpis=[kpi], note=title),
        ]
        return [Kept(event, "ada", pd.Timestamp("2026-08-10 09:00")) for event in made]

    def add_event(self, **said: Any) -> dict[str, Any]:
        if said["title"] == "bad":
            raise Refused("there is no team 'bad'.")
        self.calls.append(("add_event", said["title"], said["kpis"], said["team"]))
        return {"status": "added", "events": ["e"]}

    def remove_event(self, identifier: str) -> dict[str, Any]:
        self.calls.append(("remove_event", identifier))
        return {"status": "removed", "event": identifier}

    def _planned(self, card: Scorecard) -> Company:
        """Definitions behind the rows: the first key result of two waits for the second; o1 and o2 support o0."""
        held: dict[str, list[KeyResult]] = {}
        for number, row in enumerate(card.key_results.to_dict("records")):
            waits = [Dependency(on=f"kr{number + 1}", needed_by=date(2026, 9, 1))] if number == 6 else []
            stages = (
                [Stage(title=self._name("Stage"), due=date(2026, 8, 1), done=date(2026, 8, 3))] if number == 0 else []
            )
            due = date(2026, 9, 15) if number % 2 else None
            kr = KeyResult(
                id=row["id"], title=row["title"], owner=("Ada", "Ben", None)[number % 3], due=due, depends_on=waits,
                stages=stages, tags=[self._name("quick")] if number == 1 else [],
            )  # fmt: skip
            held.setdefault(row["objective"], []).append(kr)
        parents = {"o1": "o0", "o2": "o0"}
        objectives = [
            Objective(
                id=row["id"], title=row["title"], team=row["team"], cycle=card.cycle.id, parent=parents.get(row["id"])
            )
            for row in card.objectives.to_dict("records")
        ]
        return Company(kpis=self.company().kpis, cycles=[CYCLE], objectives=objectives, key_results=held)

    def _name(self, name: str) -> str:
        return HOSTILE[0] if self.hostile else name

    def okr_rows(self, cycle: str | None = None, as_of: date | None = None, team: str | None = None) -> OkrRows:
        card = self.scorecard(cycle, as_of)
        return described(card, self._planned(card), {"kr0": "on_track", "kr1": "at_risk"}).of_team(team)

    def okr_plan(self, cycle: str | None = None, as_of: date | None = None) -> Plan:
        found = self.okr_rows(cycle, as_of)
        company = self._planned(found.card)
        key_results = [kr for held in company.key_results.values() for kr in held]
        return plan(found, key_results, {kr.id: kr.label for kr in key_results})

    def okr_days(self, found: OkrRows, rows: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
        made = pd.DataFrame({"key_result": ["kr0", "kr1", "kr2"], "day": pd.Timestamp("2026-09-08")})
        event = pd.DataFrame({"day": [pd.Timestamp("2026-09-12")], "title": [self._name("Launch")]})
        entries = calendar_days.entries(rows, self.okr_plan().stages, made, [CYCLE], event)
        return entries[entries["day"].between(pd.Timestamp(first), pd.Timestamp(last))]

    def okr_map(self, cycle: str | None = None, as_of: date | None = None, team: str | None = None) -> OkrMap:
        found = self.okr_rows(cycle, as_of, team)
        card = replace(found.card, links=found.card.links.dropna(subset=["kpi"]))
        return okr_map(card, found.rows, self._planned(card))

    def activity(self, cycle: str | None, as_of: date | None, team: str | None, **asked: Any) -> Any:
        """Four changes; of those about key results only the check-in."""
        self.calls.append(("activity", asked["only"], asked["what"], asked["people"], asked["most"], asked["skip"]))
        at = pd.to_datetime(["2026-10-02 08:15", "2026-09-20 16:00", "2026-09-10 09:00", "2026-09-01 08:00"])
        note = self._name("Going well")
        bodies = [
            {"file": "people.csv", "status": "stored", "accepted_new": 10, "restated": 2},
            {"value": 50.0, "confidence": 7.0, "note": note}, {"target": 55.0}, {"target": 52.0},
        ]  # fmt: skip
        rows = pd.DataFrame(
            {
                "at": at, "by": ["ada", "ben", "ada", "ada"], "what": ["load", "check_in", "definition", "definition"],
                "kind": ["load", "key_result", "key_result", "key_result"], "subject": ["2", "kr1", "kr0", "kr0"],
                "title": ["people.csv", note, self._name("Key result 0"), self._name("Key result 0")], "team": "app",
                "team_name": "App team", "count": [1, 1, 1, 12], "body": [json.dumps(body) for body in bodies],
                "before": [None, None, json.dumps({"target": 52.0}), None],
            }
        )  # fmt: skip
        rows = rows[rows["what"] == "check_in"] if asked["only"] is not None else rows
        return SimpleNamespace(rows=rows, total=len(rows))

    def activity_people(self, as_of: date | None = None) -> list[str]:
        return ["ada", "ben"]

    def series_many(self, pairs: list[tuple[str, str]], as_of: date | None = None) -> pd.DataFrame:
        frames = [series_of(i).assign(kpi=kpi, segment=segment) for i, (kpi, segment) in enumerate(pairs)]
        return pd.concat(frames, ignore_index=True)

    def evidence(self, key_result: str, cycle: str | None = None, as_of: date | None = None) -> Evidence:
        card = self.scorecard()
        row = card.key_results.set_index("id", drop=False).loc[key_result]
        series = series_of(1) if row["kpi"] else series_of(1).head(0)
        inside = series[series["period"] >= row["window_start"]].rename(columns={"value": "actual"})
        path = inside[["period", "actual"]].assign(expected=50.0, lo=46.0, hi=54.0)
        versions = pd.DataFrame(
            {
                "recorded_at": pd.to_datetime(["2026-06-20 09:00", "2026-08-02 10:30"]), "recorded_by": "ada",
                "baseline": [40.0, 40.0], "target": [55.0, 52.0],
            }
        )  # fmt: skip
        check_ins = pd.DataFrame({"day": [pd.Timestamp("2026-09-20")], "value": [50.0], "note": [HOSTILE[0]]})
        links = card.links[card.links["key_result"] == key_result].dropna(subset=["kpi"])
        return Evidence(row, card, series, path, series, links, self.loads(), versions, check_ins)

    def loads(self) -> pd.DataFrame:
        count = 2 if self.has_values else 0
        frame = pd.DataFrame(
            {
                "load_id": [2, 1], "recorded_at": pd.to_datetime(["2026-10-02 08:15", "2026-09-01 08:10"]),
                "recorded_by": "ada", "file": [HOSTILE[0] if self.hostile else "people-09.csv", "people-08.csv"],
                "sha256": "ab" * 32, "source": "people", "status": ["partial", "stored"], "accepted_new": [10, 156],
                "unchanged": [140, 0], "restated": [1, 0], "repeated": [0, 0], "rejected": [1, 0], "absent": [0, 0],
                "undone_at": pd.to_datetime([None, "2026-09-02 10:00"]),
            }
        )  # fmt: skip
        return frame.head(count)

    def load_detail(self, load_id: int) -> Any:
        checks = pd.DataFrame(
            {
                "expectation": ["no_jump", "no_jump", "rows_present"], "kpi": ["", "k1", ""],
                "success": [False, False, True], "blocking": [False, False, True], "unexpected": [1, 1, 0],
                "detail": ["With a jump: 1 of 150 rows (k1 1).", "With a jump: 1 row.", "There are rows."],
            }
        )  # fmt: skip
        return SimpleNamespace(restated=self._restated(), rejected=pd.DataFrame(self._rejected()), checks=checks)

    def audit(self, since: Any = None, who: Any = None, kind: Any = None, *, values: bool = True) -> pd.DataFrame:
        name = HOSTILE[0] if self.hostile else "kr0"
        rows = [
            (3, "2026-10-02 08:15", "ada", "load", "load", "2 people-09.csv", "", None, "stored: 10 accepted new"),
            (2, "2026-09-02 10:00", "bo", "edit", "key_result", name, "target", "55", "52"),
            (1, "2026-09-01 08:10", "ada", "definitions", "key_result", name, "", None, '{"id": "kr0"}'),
        ]
        columns = ["write", "at", "by", "action", "kind", "subject", "field", "before", "after"]
        frame = pd.DataFrame(rows if self.has_values else [], columns=columns)
        return frame.assign(at=pd.to_datetime(frame["at"]))

    def audit_head(self) -> dict[str, Any]:
        return {"sequence": 3, "hash": "cd" * 32, "at": pd.Timestamp("2026-10-02 08:15"), "by": "ada"}

    def health(self, as_of: date | None = None) -> DataHealth:
        kpis, count = self.kpis(), len(self.kpis())
        states = [("fresh", 0), ("late", 3), ("late", 9), ("never", None)]
        state = [states[i % 4] for i in range(count)]
        day = pd.Timestamp("2026-09-28")
        rows = pd.DataFrame(
            {
                "id": kpis["id"], "name": kpis["name"], "cadence": "week", "source": "people",
                "last": [pd.NaT if word == "never" else day for word, _ in state], "expected": day, "due": day,
                "days_late": pd.array([late for _, late in state], dtype="Int64"),
                "state": [word for word, _ in state], "failing": ["Too high: 2 rows." if i == 1 else "" for i in range(count)],
                "restated": [i % 2 for i in range(count)], "restated_by": pd.array([2] * count, dtype="Int64"),
                "load_id": pd.array([None if word == "never" else 2 for word, _ in state], dtype="Int64"),
            }
        )  # fmt: skip
        loads = (
            self.loads()
            .iloc[::-1]
            .assign(
                values=156,
                lost=[0.0, 1 / 156][: len(self.loads())],
                checks=17,
                failed=0,
                warned=[0, 2][: len(self.loads())],
            )
        )
        newest = loads.tail(1).rename(columns={"source": "id"}).assign(kpis=count, late=2, loads=2)
        return DataHealth(as_of or date(2026, 10, 5), rows, newest.reset_index(drop=True), loads.reset_index(drop=True))

    def sources(self) -> list[Source]:
        return list(self.named.values())

    def define_source(self, source: Source) -> dict[str, Any]:
        self.calls.append(("define_source", source.id, source.mapping, source.expectations))
        self.named[source.id] = source
        return {"status": "defined", "source": source.id}

    def source_history(self, source: str) -> pd.DataFrame:
        bodies = ['{"id": "people", "expectations": {"rows_at_least": 5}}'] if source in self.named else []
        at = pd.to_datetime(["2026-09-01 08:00"] * len(bodies))
        return pd.DataFrame({"recorded_at": at, "recorded_by": "ada", "body": bodies})

    @staticmethod
    def expectations(text: str) -> dict[str, Any]:
        if text == "bad":
            raise Refused("unknown key in the source's expectations: bad")
        return {"rows_at_least": 5} if text else {}

    def _restated(self) -> pd.DataFrame:
        period = [pd.Timestamp("2026-08-03")]
        return pd.DataFrame({"kpi": ["k1"], "segment": ["all"], "period": period, "old": [48.0], "new": [50.4]})

    def _rejected(self) -> list[dict[str, Any]]:
        reason = HOSTILE[0] if self.hostile else "not a number"
        return [{"row": 7, "column": "value", "value": "n/a", "code": "not_a_number", "reason": reason}]

    def options(self, **said: Any) -> Any:
        if said["mapping"] == "bad":
            raise Refused("mapping: line 1 is not `key: value`.")
        mapping = FakeMapping(yaml.safe_load(said["mapping"])) if said["mapping"] else None
        return SimpleNamespace(**{**said, "mapping": mapping})

    def changed_verdicts(self, result: Any) -> pd.DataFrame:
        row = ("2026-Q2", "kr1", "Key result 1", "Vanity", "Real win", "It stood still.", "It moved after all.")
        columns = ["cycle", "key_result", "title", "before", "after", "sentence_before", "sentence_after"]
        return pd.DataFrame([row] if self.changes else [], columns=columns)

    def preview(self, name: str, data: bytes, options: Any, *, seen: Any = None) -> Any:
        counts = {"accepted_new": 3, "unchanged": 140, "restated": 1, "repeated": 0, "rejected": 0, "absent": 0}
        status = self.preview_status
        bad = self._rejected() if status in ("rejected", "partial") else []
        new = series_of(0).head(3).assign(kpi="k1", segment="all")[["kpi", "segment", "period", "value"]]
        extract = SimpleNamespace(
            layout="long: kpi, period, value", questions=self.questions, decisions=self.decisions, refused=False
        )
        rows = pd.concat([new, self._restated().rename(columns={"new": "value"})])[list(new)]
        unknown = ["Staff turnovr"] if self.unknown else []
        intake = SimpleNamespace(
            extract=extract, source="people", rows=rows, unknown_kpis=unknown, created=[], warnings=self.remarks
        )
        return SimpleNamespace(
            file=name, status=status, counts={**counts, "rejected": len(bad)}, intake=intake, new=new,
            restated=self._restated(), rejected=bad, load_id=None,
        )  # fmt: skip

    def load(self, name: str, data: bytes, options: Any, *, seen: Any = None) -> Any:
        result = self.preview(name, data, options)
        self.calls.append(("load", name, options.accept_partial, options.create_kpis))
        result.load_id = 3
        return result

    def undo(self, load_id: int) -> dict[str, Any]:
        self.calls.append(("undo", load_id))
        return {"status": "undone", "load_id": load_id}

    def fill_sample(self, name: str) -> dict[str, Any]:
        self.calls.append(("fill_sample", name))
        self.has_values = self.has_okrs = True
        return {"status": "filled"}

    def import_okrs(self, name: str, data: bytes, *, dry_run: bool = False, **how: Any) -> Any:
        self.calls.append(("import_okrs", name, dry_run))
        errors = ["line 3, target: a target is a number, found 'high'"] if data == b"bad" else []
        changes = [] if errors else [Change("key_result", "kr0", "changed", "target", 52.0, 55.0)]
        return SimpleNamespace(status="dry_run", errors=errors, notes=["A note."], changes=changes, key_results=[])
