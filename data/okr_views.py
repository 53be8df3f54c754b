"""The same OKRs seen in other ways: what the list, the board, the timeline, the calendar, the map and the feed show."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from data import definitions
from data.store import Connection
from data.writing import Writing
from models import activity, calendar_days
from models.okr import KeyResult, Objective
from models.okr_map import OkrMap, okr_map
from models.okr_rows import OkrRows, described
from models.periods import end_of
from models.timeline import Plan, plan

# Every change there is, as rows of models.activity.COLUMNS. `scope` names the subjects to tell of. Definitions that are
# new come together, one row per moment, writer and kind: an import of a thousand is one piece of news.
_FEED = """
WITH version AS (
    SELECT kind, id AS subject, recorded_at AS moment, recorded_by AS who, body, rowid AS place,
        lag(body) OVER (PARTITION BY kind, id ORDER BY recorded_at, rowid) AS before
    FROM definition WHERE recorded_at <= $as_of
), known AS (
    SELECT version.*, scope.title, scope.team, scope.team_name FROM version JOIN scope
    ON scope.kind = version.kind AND scope.id = version.subject
), written AS (
    SELECT kind AS record, id, recorded_at AS moment, recorded_by AS who, rowid AS place,
        CASE WHEN kind = 'closing' AND body IS NOT NULL  -- not the whole scorecard in it
            THEN json_object('cycle', body ->> 'cycle', 'note', body ->> 'note') ELSE body END AS body,
        lag(body) OVER (PARTITION BY kind, id ORDER BY recorded_at, rowid) AS before
    FROM record WHERE recorded_at <= $as_of AND NOT list_contains($never, kind)
), placed AS (
    SELECT *, coalesce(body, before) AS said, CASE
        WHEN record = 'status' THEN id
        WHEN record = 'carry' THEN 'key_result/' || id
        WHEN record = 'comment' THEN coalesce(body, before) ->> 'on'
        WHEN coalesce(body, before) ->> 'key_result' IS NOT NULL
            THEN 'key_result/' || (coalesce(body, before) ->> 'key_result')
        ELSE '' END AS about
    FROM written
), feed AS (
    SELECT moment, who, 'definition' AS what, kind, min_by(subject, place) AS subject, min_by(title, place) AS title,
        CASE WHEN min(team) = max(team) THEN min(team) ELSE '' END AS team,
        CASE WHEN min(team) = max(team) THEN min(team_name) ELSE '' END AS team_name,
        count(*) AS count, min_by(body, place) AS body, NULL AS before, 0 AS rank, min(place) AS place
    FROM known WHERE before IS NULL GROUP BY moment, who, kind
    UNION ALL
    SELECT moment, who, 'definition', kind, subject, title, team, team_name, 1, body, before, 1, place
    FROM known WHERE before IS NOT NULL
    UNION ALL
    SELECT recorded_at, recorded_by, 'check_in', 'key_result', key_result, title, team, team_name, 1,
        json_object('value', value, 'confidence', confidence, 'note', note, 'day', day), NULL, 2, check_in.rowid
    FROM check_in JOIN scope ON scope.kind = 'key_result' AND scope.id = key_result WHERE recorded_at <= $as_of
    UNION ALL
    SELECT recorded_at, recorded_by, 'load', 'load', CAST(load_id AS VARCHAR), file, '', '', 1,
        json_object('file', file, 'status', status, 'accepted_new', accepted_new, 'restated', restated,
            'rejected', rejected, 'source', source), NULL, 3, load.rowid
    FROM load WHERE recorded_at <= $as_of AND NOT $narrow
    UNION ALL
    SELECT u.recorded_at, u.recorded_by, 'undo', 'load', CAST(u.load_id AS VARCHAR), load.file, '', '', 1,
        json_object('file', load.file), NULL, 4, u.rowid
    FROM load_undo u JOIN load USING (load_id) WHERE u.recorded_at <= $as_of AND NOT $narrow
    UNION ALL
    SELECT moment, who, CASE WHEN list_contains($kinds, record) THEN record ELSE 'other' END,
        coalesce(scope.kind, record), coalesce(scope.id, placed.id), coalesce(scope.title, ''),
        coalesce(scope.team, said ->> 'team', ''), coalesce(scope.team_name, said ->> 'team', ''), 1, body, before, 5,
        place
    FROM placed LEFT JOIN scope ON about = scope.kind || '/' || scope.id
    WHERE scope.id IS NOT NULL OR (about = '' AND NOT $narrow AND coalesce(said ->> 'cycle', $cycle) = $cycle)
)
SELECT moment AS "at", who AS "by", what, kind, subject, title, team, team_name, count, body, before,
    count(*) OVER () AS total
FROM feed
WHERE (len($what) = 0 OR list_contains($what, what)) AND (len($people) = 0 OR list_contains($people, who))
    AND ($team IS NULL OR team = $team)
    AND NOT list_contains($closed, team)
    AND NOT coalesce(
        list_bool_or([contains(lower(coalesce(body, '') || coalesce(before, '')), name) FOR name IN $names]), false)
ORDER BY moment DESC, rank, place DESC LIMIT $most OFFSET $skip
"""

_PEOPLE = """
SELECT recorded_by FROM definition WHERE recorded_at <= $as_of
UNION SELECT recorded_by FROM check_in WHERE recorded_at <= $as_of
UNION SELECT recorded_by FROM load WHERE recorded_at <= $as_of
UNION SELECT recorded_by FROM load_undo WHERE recorded_at <= $as_of
UNION SELECT recorded_by FROM record WHERE recorded_at <= $as_of AND NOT list_contains($never, kind)
ORDER BY 1
"""


@dataclass(frozen=True)
class Feed:
    """A page of what changed, newest first: models.activity.COLUMNS, and how many there are in all."""

    rows: pd.DataFrame = field(repr=False)
    total: int


class OkrViews(Writing):
    """Views of the OKRs of one cycle as known at the end of a day. Nothing here changes anything."""

    def okr_rows(self, cycle: str | None = None, as_of: date | None = None, team: str | None = None) -> OkrRows:
        """Every key result of a cycle with what people sort and filter by."""
        card = self.scorecard(cycle, as_of)
        found: OkrRows = self._answers.get(
            ("okr rows", card.cycle.id, card.as_of),
            lambda: described(card, self.company(card.as_of), self._status_of(card.as_of)),
        )
        if team is not None:
            self.scorecard(cycle, as_of, team)  # refuses a team that nobody defined
        return found.of_team(team)

    def _status_of(self, day: date) -> dict[str, str]:
        """Key result → the status that its team gave it."""
        prefix = "key_result/"
        return {
            record.id.removeprefix(prefix): str(record.body["status"])
            for record in self._records("status", day)
            if record.id.startswith(prefix) and record.body.get("status")
        }

    def okr_plan(self, cycle: str | None = None, as_of: date | None = None) -> Plan:
        """Stages and dependencies of a cycle's key results."""
        found = self.okr_rows(cycle, as_of)
        key = ("okr plan", found.card.cycle.id, found.card.as_of)
        return self._answers.get(key, lambda: self._okr_plan(found))

    def _okr_plan(self, found: OkrRows) -> Plan:
        company = self.company(found.card.as_of)
        titles = {kr.id: kr.label for held in company.key_results.values() for kr in held}
        return plan(found, [kr for _, kr in company.of_cycle(found.card.cycle.id)[1]], titles)

    def okr_days(self, found: OkrRows, rows: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
        """What falls on which day from the first to the last for these rows: models.calendar_days.COLUMNS."""
        day = found.card.as_of
        made = self._answers.get(
            ("check-in days", day), lambda: self._read(lambda c: definitions.check_ins(c, end_of(day)))
        )
        stages = self.okr_plan(found.card.cycle.id, day).stages
        cycles = self.company(day).cycles
        begin, end = pd.Timestamp(first), pd.Timestamp(last)
        made = made[made["day"].between(begin, end)]
        entries = calendar_days.entries(rows, stages, made, cycles, self._events(day, found.card.team))
        return entries[entries["day"].between(begin, end)]

    def _events(self, day: date, team: str | None) -> pd.DataFrame:
        """Events that somebody wrote down: day, title; with a team those of others are left out."""
        held = [record.body for record in self._records("event", day)]
        mine = [e for e in held if e.get("day") and (team is None or e.get("team") in (None, team))]
        days = pd.to_datetime([e["day"] for e in mine]).astype("datetime64[ns]")
        return pd.DataFrame({"day": days, "title": [str(e.get("title", "")) for e in mine]})

    def okr_map(self, cycle: str | None = None, as_of: date | None = None, team: str | None = None) -> OkrMap:
        """How the objectives, key results and KPIs of a cycle hang together."""
        found = self.okr_rows(cycle, as_of, team)
        key = ("okr map", found.card.cycle.id, found.card.as_of, team)
        return self._answers.get(key, lambda: okr_map(found.card, found.rows, self.company(found.card.as_of)))

    # -- what changed ------------------------------------------------------------------------------------------------

    def activity(
        self,
        cycle: str | None = None,
        as_of: date | None = None,
        team: str | None = None,
        *,
        only: list[str] | None = None,
        what: tuple[str, ...] = (),
        people: tuple[str, ...] = (),
        most: int = 50,
        skip: int = 0,
    ) -> Feed:
        """What changed around the OKRs of a cycle, newest first; loads and KPIs belong to every cycle.

        `only`: these key results and their objectives, and nothing else; `what`: codes of models.activity.WHAT.
        """
        card = self.scorecard(cycle, as_of, team)
        asked = tuple(sorted(only)) if only is not None else None
        key = ("activity", card.cycle.id, card.as_of, team, asked, what, people, most, skip)
        return self._answers.get(
            key, lambda: self._activity(card.cycle.id, card.as_of, team, asked, what, people, most, skip)
        )

    def _activity(
        self, cycle: str, day: date, team: str | None, only: Any, what: Any, people: Any, most: int, skip: int
    ) -> Feed:
        scope = self._scope(cycle, day, None if only is None else set(only))
        scope = scope if team is None else scope[scope["team"] == team]
        unseen = self._unseen()
        asked = {
            "as_of": end_of(day), "never": list(activity.NEVER_TOLD), "kinds": list(activity.WHAT), "cycle": cycle,
            "narrow": only is not None, "what": list(what), "people": list(people), "team": team, "most": most,
            "skip": skip, "closed": sorted(unseen.teams), "names": list(unseen.names),
        }  # fmt: skip

        def ask(connection: Connection) -> pd.DataFrame:
            connection.register("scope", scope)
            return connection.execute(_FEED, asked).df()

        rows = self._read(ask)
        total = int(rows["total"].iloc[0]) if len(rows) else 0
        return Feed(rows[activity.COLUMNS], total)

    def _scope(self, cycle: str, day: date, only: set[str] | None) -> pd.DataFrame:
        """The subjects to tell of: kind, id, title, team, team_name."""
        company = self.company(day)
        teams = {team.id: team.label for team in company.teams}
        rows: list[tuple[str, str, str, str]] = []
        if only is None:
            rows += [("kpi", kpi.id, kpi.label, kpi.owner or "") for kpi in company.kpis]
            rows += [("team", team.id, team.label, team.id) for team in company.teams]
            rows += [("cycle", one.id, one.label, "") for one in company.cycles]
            rows += [("status", one.id, one.label, "") for one in company.statuses]
            rows += [("source", name, name, "") for name in company.sources]
        mine = [one for one in [*company.objectives, *company.drafts] if one.cycle == cycle]
        for objective in mine:
            held = company.key_results.get(objective.id, [])
            rows += _subjects(objective, held, only)
        frame = pd.DataFrame(rows, columns=["kind", "id", "title", "team"]).astype("str")
        return frame.assign(team_name=frame["team"].map(teams).astype(object).fillna(frame["team"]).astype("str"))

    def activity_people(self, as_of: date | None = None) -> list[str]:
        """Everyone who changed something by the end of a day, in alphabetical order."""
        day = as_of or self.today()
        told = {"as_of": end_of(day), "never": list(activity.NEVER_TOLD)}
        return self._answers.get(
            ("people", day),
            lambda: self._read(lambda c: [row[0] for row in c.execute(_PEOPLE, told).fetchall()]),
        )


def _subjects(objective: Objective, held: list[KeyResult], only: set[str] | None) -> list[tuple[str, str, str, str]]:
    """An objective and its key results, those asked for."""
    chosen = [kr for kr in held if only is None or kr.id in only]
    if not chosen and only is not None:
        return []
    team = objective.team or ""
    return [
        ("objective", objective.id, objective.label, team),
        *(("key_result", kr.id, kr.label, team) for kr in chosen),
    ]
