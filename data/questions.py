"""What can be asked of a store: definitions, series, the scorecard and its evidence. Nothing here changes it."""

import json
from dataclasses import replace
from datetime import date, datetime

import pandas as pd

from data import as_known, definitions, ledger
from data.answers import DEFINITIONS, JUDGED, VALUES
from data.seeing import Seeing
from data.store import data_version
from models import company as frames
from models import evidence, readings, scorecard
from models.company import Company
from models.evidence import Evidence
from models.kpi import Kpi
from models.language import tr, trn
from models.okr import Cycle, KeyResult
from models.periods import end_of
from models.reach import reach
from models.refused import Refused
from models.scorecard import Scorecard, Told


class Questions(Seeing):
    """What everyone asks first; who asks more inherits from it."""

    # -- what is there ---------------------------------------------------------------------------------------------

    def is_empty(self) -> bool:
        """Neither a value nor a definition has been stored."""
        company = self.company()
        return not (company.objectives or company.kpis) and self._coverage().empty

    def teams(self) -> pd.DataFrame:
        """id, name, parent."""
        return frames.team_frame(self.company())

    def cycles(self) -> pd.DataFrame:
        """id, name, start, end, parent; in order of time."""
        return frames.cycle_frame(self.company())

    def kpis(self) -> pd.DataFrame:
        """One row per KPI, defined or seen: its definition, first, last, observations, segments (list)."""
        return self._answers.get(("kpis",), self._kpis, (*DEFINITIONS, *VALUES))

    def _kpis(self) -> pd.DataFrame:
        coverage = self._coverage()
        summary = coverage.groupby("kpi").agg(
            first=("first", "min"),
            last=("last", "max"),
            observations=("observations", "sum"),
            segments=("segment", list),
        )
        out = frames.kpi_frame(self.company().kpis).join(summary, on="id")
        out["observations"] = out["observations"].fillna(0).astype(int)
        out["segments"] = [value if isinstance(value, list) else [] for value in out["segments"]]
        return out

    def _coverage(self) -> pd.DataFrame:
        return self._answers.get(("coverage",), lambda: self._read(as_known.coverage), VALUES)

    def default_cycle(self, as_of: date | None = None) -> str | None:
        """The shortest cycle with objectives that holds the day, else the last value's day, else the latest begun."""
        day = pd.Timestamp(as_of or self.today())
        company = self.company(as_of)
        used = {objective.cycle for objective in company.objectives}
        cycles = self.cycles() if as_of is None else frames.cycle_frame(company)
        cycles = cycles[cycles["id"].isin(used)]
        last_value = self._coverage()["last"].max()
        for moment in (day, min(day, last_value) if pd.notna(last_value) else day):
            holding = cycles[(cycles["start"] <= moment) & (cycles["end"] >= moment)]
            if not holding.empty:
                return str(holding.assign(days=holding["end"] - holding["start"]).sort_values("days")["id"].iloc[0])
        begun = cycles[cycles["start"] <= day]
        pick = begun.sort_values(["end", "start"]).tail(1) if not begun.empty else cycles.head(1)
        return None if pick.empty else str(pick["id"].iloc[0])

    # -- the scorecard ---------------------------------------------------------------------------------------------

    def scorecard(self, cycle: str | None = None, as_of: date | None = None, team: str | None = None) -> Scorecard:
        """The scorecard of a cycle as known at the end of a day; raises Refused for a cycle or team nobody defined."""
        day = as_of or self.today()
        company = self.company(day)
        identifier = cycle or self.default_cycle(day)
        if identifier is None:
            raise Refused(
                tr(
                    "no cycle has objectives yet. Write some on the Plan page, or import a file there "
                    "(in the terminal: python cli.py import-okrs FILE)."
                )
            )
        found = company.cycle(identifier)
        if found is None:
            known = listed([c.id for c in company.cycles])
            raise Refused(tr("cycle {id!r} is not defined; known cycles: {known}.", id=identifier, known=known))
        if team is not None and team not in {o.team for o in company.objectives} | {t.id for t in company.teams}:
            raise Refused(
                tr(
                    "team {id!r} is not defined; known teams: {known}.",
                    id=team,
                    known=", ".join(t.id for t in company.teams),
                )
            )

        key = ("scorecard", identifier, day)
        whole = self._answers.get(key, lambda: self._scorecard(company, found, day), JUDGED)
        version = self.data_version()  # it may have grown by what no scorecard shows
        return (whole if whole.data_version == version else replace(whole, data_version=version)).of_team(team)

    def scorecard_with(self, cycle: str, changed: pd.DataFrame) -> Scorecard:
        """What the scorecard of a cycle would be with other values: kpi, segment, period, value; kept nowhere."""
        company = self.company()
        found = company.cycle(cycle)
        assert found is not None
        return self._scorecard(company, found, self.today(), changed)

    def _scorecard(self, company: Company, cycle: Cycle, day: date, changed: pd.DataFrame | None = None) -> Scorecard:
        with self.store.read() as connection:
            reported = definitions.check_ins(connection, end_of(day))
            version = data_version(connection)
        if changed is not None:
            told = self._told(company, cycle, day, changed)
        else:  # apart from the scorecard: a check-in changes nothing of what the data say
            key = ("told by data", cycle.id, day)
            told = self._answers.get(key, lambda: self._told(company, cycle, day), (*DEFINITIONS, *VALUES))
        reported = reported[["key_result", "day", "value", "confidence"]]
        return scorecard.scored(company, cycle, told, reported, day, version, self.policy)

    def _told(self, company: Company, cycle: Cycle, day: date, changed: pd.DataFrame | None = None) -> Told:
        needed = _needed_kpis(company, company.of_cycle(cycle.id)[1])
        days = reach(company, cycle)
        observed = self._read(lambda c: as_known.observations(c, needed, end_of(day), days))
        if changed is not None:
            mine = changed[changed["kpi"].isin(needed)]
            observed = pd.concat([observed, mine]).drop_duplicates(["kpi", "segment", "period"], keep="last")
        return scorecard.told(company, cycle, observed, day, self.policy)

    def series(self, kpi: str, segment: str = "all", as_of: date | None = None) -> pd.DataFrame:
        """One series as known at the end of a day: period, value, load_id (missing for computed totals and ratios)."""
        many = self.series_many([(kpi, segment)], as_of)
        return many[["period", "value", "load_id"]]

    def series_many(self, pairs: list[tuple[str, str]], as_of: date | None = None) -> pd.DataFrame:
        """Several series at once: kpi, segment, period, value, load_id; in one read."""
        key = ("series", tuple(sorted(set(pairs))), as_of or self.today())
        return self._answers.get(key, lambda: self._series(pairs, as_of or self.today()), (*DEFINITIONS, *VALUES))

    def _series(self, pairs: list[tuple[str, str]], day: date, moment: datetime | None = None) -> pd.DataFrame:
        company = self.company(day)
        wanted = pd.DataFrame(sorted(set(pairs)), columns=["kpi", "segment"])
        names = with_parts(company, set(wanted["kpi"]))
        observed = self._read(lambda c: as_known.observations(c, names, moment or end_of(day)))
        whole = readings.with_derived(observed, frames.kpi_frame(company.kpis))
        keys = ["kpi", "segment", "period"]
        whole = whole.merge(observed[[*keys, "load_id"]].astype({"load_id": "Int64"}), on=keys, how="left")
        return whole.merge(wanted, on=["kpi", "segment"])[[*keys, "value", "load_id"]].reset_index(drop=True)

    def evidence(self, key_result: str, cycle: str | None = None, as_of: date | None = None) -> Evidence:
        """Everything behind one key result's verdict. Raises Refused when the cycle has no such key result."""
        day = as_of or self.today()
        company = self.company(day)
        objective = next((o for o, krs in company.key_results.items() if any(kr.id == key_result for kr in krs)), None)
        home = next((o.cycle for o in company.objectives if o.id == objective), None)
        card = self.scorecard(cycle or home, day)
        if key_result not in set(card.key_results["id"]):
            raise Refused(
                tr(
                    "no key result {id!r} in cycle {cycle}; the scorecard lists them (in the terminal: `score`).",
                    id=key_result,
                    cycle=card.cycle.id,
                )
            )
        return self._answers.get(
            ("evidence", key_result, card.cycle.id, day), lambda: self._evidence(card, key_result, day)
        )

    def _evidence(self, card: Scorecard, key_result: str, day: date) -> Evidence:
        links = card.links[card.links["key_result"] == key_result]
        series = self.series_many(list(zip(links["kpi"], links["segment"], strict=True)), day)
        with self.store.read() as connection:
            versions = definitions.history(connection, "key_result", key_result)
            versions = versions.assign(body=[self._told_version(body) for body in versions["body"]])
            reported = definitions.check_ins(connection, end_of(day))
            loads = ledger.loads(connection)
        return evidence.collect(card, key_result, series, versions, reported, loads, self.policy)

    def _told_version(self, body: str) -> str:
        """A version of a key result without the private ones that it waits for."""
        hidden = self._unseen().key_results
        said = json.loads(body)
        if not hidden or not any(wanted.get("on") in hidden for wanted in said.get("depends_on", [])):
            return body
        kept = [wanted for wanted in said["depends_on"] if wanted.get("on") not in hidden]
        return json.dumps({**said, "depends_on": kept}, ensure_ascii=False)


def no_key_result(identifier: str) -> Refused:
    """What to raise where a key result is named that is not there."""
    return Refused(
        tr("there is no key result {id!r}; the scorecard lists them (in the terminal: `score`).", id=identifier)
    )


def defined_kpi(company: Company, identifier: str) -> Kpi:
    """A KPI of a company. Raises Refused where nobody defined it."""
    found = next((kpi for kpi in company.kpis if kpi.id == identifier), None)
    if found is None:
        known = listed([kpi.id for kpi in company.kpis])
        raise Refused(tr("there is no KPI {id!r}; known KPIs: {known}.", id=identifier, known=known))
    return found


def listed(identifiers: list[str], most: int = 20) -> str:
    """Identifiers as a message lists them."""
    names = ", ".join(sorted(identifiers)[:most])
    if len(identifiers) > most:
        return trn("{names} and {count} more", "{names} and {count} more", len(identifiers) - most, names=names)
    return names or tr("none")


def with_parts(company: Company, kpis: set[str]) -> list[str]:
    """KPIs and all that they are made of, down to what arrives."""
    made = {kpi.id: kpi.arithmetic.parts for kpi in company.kpis if kpi.arithmetic}
    found, waiting = set(kpis), list(kpis)
    while waiting:
        new = [part for part in made.get(waiting.pop(), []) if part not in found]
        found.update(new)
        waiting += new
    return sorted(found)


def _needed_kpis(company: Company, rows: list[tuple[str, KeyResult]]) -> list[str]:
    return with_parts(company, {link.kpi for _, kr in rows for link in kr.all_links})
