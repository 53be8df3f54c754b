"""What every document says, gathered once: the stamp, the story, the teams with their key results, the pictures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from models import movement, narrative
from models.language import numeral, spoken, tr, trn
from models.narrative import Narrative
from models.policy import Policy
from models.scorecard import Scorecard
from models.verdict import VERDICTS
from pages.parts.amounts import day, known
from pages.parts.sparks import spark
from pages.parts.targets import pass_mark, target_on_series
from pages.parts.weekly import by_week

Row = dict[str, Any]
Pair = tuple[str, str]
SHOWN_BEFORE = pd.DateOffset(months=15)  # of history in a picture: the same season a year ago stays in sight


@dataclass(frozen=True)
class Picture:
    """One judged KPI around its window.

    `series`: period, value. `path`: period, actual, expected, lo, hi inside the window; may be empty.
    """

    name: str
    unit: str
    window: tuple[pd.Timestamp, pd.Timestamp]
    series: pd.DataFrame = field(repr=False)
    path: pd.DataFrame = field(repr=False)
    target: float | None = None
    note: str = ""


@dataclass(frozen=True)
class ObjectivePart:
    row: Row
    key_results: list[Row]


@dataclass(frozen=True)
class TeamPart:
    name: str
    story: Narrative
    objectives: list[ObjectivePart]

    @property
    def key_results(self) -> list[Row]:
        return [row for part in self.objectives for row in part.key_results]


@dataclass(frozen=True)
class Content:
    """A scorecard with the series behind it. `series`: kpi, segment, period, value."""

    card: Scorecard
    series: pd.DataFrame = field(repr=False)

    @cached_property
    def story(self) -> Narrative:
        return narrative.tell(self.card)

    @cached_property
    def rows(self) -> dict[str, Row]:
        """Every key result by its id, in the order of the scorecard."""
        return {row["id"]: row for row in self.card.key_results.to_dict("records")}

    @cached_property
    def teams(self) -> list[TeamPart]:
        """Teams in the order of the scorecard, each with its objectives that have key results."""
        stories = narrative.tell_teams(self.card) if len(self.rows) else {}
        members: dict[str, list[Row]] = {}
        for row in self.rows.values():
            members.setdefault(row["objective"], []).append(row)
        parts: dict[Any, list[ObjectivePart]] = {}
        for objective in self.card.objectives.to_dict("records"):
            if objective["id"] in members:
                team = objective["team"] if isinstance(objective["team"], str) else ""
                parts.setdefault(team, []).append(ObjectivePart(objective, members[objective["id"]]))
        return [
            TeamPart(
                held[0].row["team_name"] or tr("No team"),
                stories.get(team) or Narrative("", self.story.dated, "", (), ()),
                held,
            )
            for team, held in parts.items()
        ]

    @property
    def about(self) -> str:
        return self.story.about or (tr("all teams") if self.card.team is None else str(self.card.team))

    @property
    def title(self) -> str:
        """`Scorecard Q3 2026, all teams`."""
        return tr("Scorecard {cycle}, {about}", cycle=self.card.cycle.label, about=self.about)

    @property
    def talk(self) -> list[Row]:
        chapter = self.story.chapter("talk")
        return [self.rows[item.key_result] for item in chapter.items] if chapter else []

    @cached_property
    def stamp(self) -> list[tuple[str, str]]:
        """What a reader needs to make the same document again: name and value."""
        cycle = self.card.cycle
        stamp = [
            (
                tr("Cycle"),
                tr("{cycle} ({first} to {last})", cycle=cycle.label, first=day(cycle.start), last=day(cycle.end)),
            ),
            (tr("Teams"), self.about),
            (tr("As known on"), day(self.card.as_of)),
            (tr("Data version"), str(self.card.data_version)),
            (tr("Policy"), policy_words(self.card.policy)),
        ]
        if self._illustrative:
            words = trn(
                "illustrative for {unreal} of {count} key result: not set by the organisation",
                "illustrative for {unreal} of {count} key results: not set by the organisation",
                len(self.rows),
                unreal=self._illustrative,
            )
            stamp.append((tr("Targets"), words))
        return stamp

    @property
    def _illustrative(self) -> int:
        """How many key results have a target that the organisation did not set."""
        return int(sum(bool(row["illustrative"]) for row in self.rows.values()))

    @property
    def foot(self) -> str:
        """The stamp on one line, for the foot of every page or slide."""
        card = self.card
        facts = {"cycle": card.cycle.label, "about": self.about, "day": day(card.as_of), "version": card.data_version}
        if self._illustrative:
            return tr(
                "Needle · {cycle} · {about} · as known on {day} · data version {version} · with illustrative targets",
                **facts,
            )
        return tr("Needle · {cycle} · {about} · as known on {day} · data version {version}", **facts)

    @cached_property
    def counts(self) -> list[tuple[str, int]]:
        """How many of each verdict, in the order of models.verdict, those that occur."""
        codes = [row["verdict"] for row in self.rows.values()]
        return [(code, codes.count(code)) for code in VERDICTS if code in codes]

    def pass_mark(self, level: Any) -> float:
        return pass_mark(level, self.card.policy)

    def links_of(self, key_result: str) -> list[Row]:
        return self._links.get(key_result, [])

    @cached_property
    def _links(self) -> dict[str, list[Row]]:
        out: dict[str, list[Row]] = {}
        for link in self.card.links.to_dict("records"):
            out.setdefault(link["key_result"], []).append(link)
        return out

    # -- pictures --------------------------------------------------------------------------------------------------

    @cached_property
    def _series(self) -> dict[Pair, pd.DataFrame]:
        groups = self.series.groupby(["kpi", "segment"], sort=False)
        return {(str(kpi), str(segment)): frame for (kpi, segment), frame in groups}

    @cached_property
    def _sparks(self) -> dict[tuple, Row | None]:
        return {}

    def spark(self, row: Row) -> Row | None:
        """The sparkline of a key result's judged KPI (pages.parts.sparks), or None. Key results on one KPI share it."""
        held = self._series.get((row["kpi"], row["segment"]))
        if held is None:
            return None
        window, target = (row["window_start"], row["window_end"]), target_on_series(row)
        key = (row["kpi"], row["segment"], window, target)
        if key not in self._sparks:
            self._sparks[key] = spark(held, window, target, row["kpi_unit"], row["kpi_name"])
        return self._sparks[key]

    def picture(self, row: Row) -> Picture | None:
        """History, window, expectation and target of the judged KPI; None when there is nothing to draw.

        Daily values are drawn as means of seven days.
        """
        held = self._series.get((row["kpi"], row["segment"]))
        if held is None or held["value"].notna().sum() < 2:
            return None
        series = held[["period", "value"]].dropna().reset_index(drop=True)
        path = self._path(row, series)
        window = (row["window_start"], row["window_end"])
        daily = row["cadence"] == "day"
        if daily:
            series, path = by_week(series, window[0]), by_week(path, window[0]) if len(path) else path
        first = window[0] - SHOWN_BEFORE
        series = series[series["period"] >= first].reset_index(drop=True)
        if len(series) < 2:
            return None
        path = path[path["period"] >= series["period"].iloc[0]].reset_index(drop=True) if len(path) else path
        note = tr("Drawn as means of seven days.") if daily else ""
        return Picture(row["kpi_name"], row["kpi_unit"], window, series, path, target_on_series(row), note)

    def _path(self, row: Row, series: pd.DataFrame) -> pd.DataFrame:
        """What was expected: that of the key result page, with the same controls."""
        if not known(row["n"]) or not row["n"]:
            return pd.DataFrame(columns=["period", "actual", "expected", "lo", "hi"])
        controls = {
            f"{link['kpi']} {link['segment']}": self._series[link["kpi"], link["segment"]].set_index("period")["value"]
            for link in self.links_of(row["id"])
            if link["role"] == "control" and (link["kpi"], link["segment"]) in self._series
        }
        path = movement.expected_path(
            series.set_index("period")["value"],
            row["window_start"],
            min(row["window_end"], pd.Timestamp(self.card.as_of)),
            cadence=row["cadence"],
            controls=controls or None,
            policy=self.card.policy,
        )
        inside = path[path["period"] >= row["window_start"]]
        return inside[["period", "actual", "expected", "lo", "hi"]].dropna(subset=["expected"])


def series_needed(card: Scorecard) -> list[Pair]:
    """The series that the documents draw: judged KPIs, and the controls that their expectation rests on."""
    links = card.links[card.links["role"].isin(["outcome", "control"])].dropna(subset=["kpi", "segment"])
    return sorted(set(zip(links["kpi"], links["segment"], strict=True)))


def policy_words(policy: Policy) -> str:
    """The thresholds that decide most, in one line; the documents list all of them at the end."""
    return tr(
        "committed passes at {committed}, aspirational at {aspirational}; moved at {moved} %, flat at {flat} %",
        committed=numeral(f"{policy.committed_pass:g}"), aspirational=numeral(f"{policy.aspirational_pass:g}"),
        moved=numeral(f"{policy.confidence * 100:g}"), flat=numeral(f"{policy.flat_confidence * 100:g}"),
    )  # fmt: skip


def policy_rows(policy: Policy) -> Iterator[tuple[str, Any, str, str]]:
    """Every threshold: name in words, value, unit, why."""
    for row in policy.as_rows():
        yield row["name"].replace("_", " ").capitalize(), row["value"], spoken(row["unit"]), spoken(row["why"])


def policy_value(value: Any) -> str:
    """A threshold as text: `0.95`."""
    return numeral(f"{value:g}") if isinstance(value, int | float) else str(value)


def level_word(level: Any) -> Any:
    """The level of an objective in words."""
    return {"committed": tr("committed"), "aspirational": tr("aspirational")}.get(level, level)
