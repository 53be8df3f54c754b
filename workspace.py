"""Everything a user can do, once. The pages and the terminal are two faces of it.

A workspace may be shared between threads: it keeps no connection open, only frames of one data version.
"""

import getpass
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from data import backup, definitions, integrity, ledger
from data.definitions import CheckIn
from data.integrity import Finding
from data.samples import Sample
from data.store import Connection, Signature, Store, data_version
from kpi_sources.extract import read_extract
from kpi_sources.intake import Intake, catalog_of, source_of, take_in
from kpi_sources.mapping import Mapping, MappingError
from kpi_sources.okr_file import OkrProblem, read_okr_file, write_okr_file
from models import company as frames
from models import evidence, readings, scorecard
from models.company import Company
from models.evidence import Evidence
from models.okr import KeyResult, Kpi, OkrFile
from models.okr_changes import Change, compare
from models.policy import POLICY, Policy
from models.refused import Refused
from models.scorecard import Scorecard
from models.trend import Trend, trend

Answer = TypeVar("Answer")
KEPT_ANSWERS = 64  # frames kept in memory, the least recently used leaving first


@dataclass(frozen=True)
class LoadOptions:
    """How a file is to be loaded. `recorded_at` is for replaying history."""

    mapping: Mapping | None = None
    source: str | None = None
    create_kpis: bool = False
    accept_partial: bool = False
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class LoadResult:
    """What a load did, or, as a preview, would do."""

    file: str
    status: str  # stored, partial, rejected, needs_input, already_loaded
    counts: dict[str, int]
    intake: Intake = field(repr=False)
    new: pd.DataFrame = field(repr=False)  # kpi, segment, period, value
    restated: pd.DataFrame = field(repr=False)  # kpi, segment, period, old, new
    load_id: int | None = None  # its own number, or that of the load which already brought these bytes

    @property
    def rejected(self) -> list[dict[str, Any]]:
        """row, column, value, code, reason; one per problem."""
        return [
            {"row": p.line, "column": p.column, "value": p.found, "code": p.code, "reason": p.message}
            for p in self.intake.problems
        ]


@dataclass(frozen=True)
class LoadDetail:
    restated: pd.DataFrame
    rejected: pd.DataFrame
    checks: pd.DataFrame


@dataclass(frozen=True)
class OkrImport:
    """What an OKR file changed, or, refused or tried out, would have."""

    status: str  # imported, unchanged, dry_run, rejected
    errors: list[OkrProblem]
    notes: list[str]
    changes: list[Change]
    key_results: list[KeyResult]


def utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class Workspace:
    """One store and all that can be asked of it."""

    def __init__(
        self,
        path: Path | str,
        *,
        who: str = "",
        now: Callable[[], datetime] = utc_now,
        policy: Policy = POLICY,
    ):
        self.store = Store(path)
        self.policy = policy
        self._who = who or getpass.getuser()
        self._now = now
        self._answers: OrderedDict[tuple, Any] = OrderedDict()
        self._seen: tuple[Signature, int] | None = None
        self._guard = threading.Lock()

    # -- what is there ---------------------------------------------------------------------------------------------

    def today(self) -> date:
        return self._now().date()

    def data_version(self) -> int:
        """The version of the data; opens the store only when its file has changed."""
        signature = self.store.signature()
        with self._guard:
            if self._seen and self._seen[0] == signature:
                return self._seen[1]
        with self.store.read() as connection:
            signature, version = self.store.signature(), data_version(connection)
        with self._guard:
            self._seen = (signature, version)
        return version

    def _cached(self, key: tuple, compute: Callable[[], Answer]) -> Answer:
        full = (self.data_version(), *key)
        with self._guard:
            if full in self._answers:
                self._answers.move_to_end(full)
                return self._answers[full]
        answer = compute()
        with self._guard:
            self._answers[full] = answer
            while len(self._answers) > KEPT_ANSWERS:
                self._answers.popitem(last=False)
        return answer

    def _read(self, ask: Callable[[Connection], Answer]) -> Answer:
        with self.store.read() as connection:
            return ask(connection)

    def company(self, as_of: date | None = None) -> Company:
        """The definitions in force at the end of a day."""
        moment = _end_of(as_of or self.today())
        return self._cached(("company", moment), lambda: self._read(lambda c: definitions.company(c, moment)))

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
        return self._cached(("kpis",), self._kpis)

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
        return self._cached(("coverage",), lambda: self._read(ledger.coverage))

    def default_cycle(self, as_of: date | None = None) -> str | None:
        """The shortest cycle with objectives that holds the day, else the latest one that has begun, else the next."""
        day = pd.Timestamp(as_of or self.today())
        company = self.company(as_of)
        used = {objective.cycle for objective in company.objectives}
        cycles = self.cycles() if as_of is None else frames.cycle_frame(company)
        cycles = cycles[cycles["id"].isin(used)]
        holding = cycles[(cycles["start"] <= day) & (cycles["end"] >= day)]
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
            raise Refused("no cycle has objectives yet. Import OKRs first: python cli.py import-okrs FILE.")
        found = company.cycle(identifier)
        if found is None:
            known = ", ".join(c.id for c in company.cycles) or "none"
            raise Refused(f"cycle {identifier!r} is not defined; known cycles: {known}.")
        if team is not None and team not in {o.team for o in company.objectives} | {t.id for t in company.teams}:
            raise Refused(f"team {team!r} is not defined; known teams: {', '.join(t.id for t in company.teams)}.")

        def make() -> Scorecard:
            moment = _end_of(day)
            _, rows = company.of_cycle(identifier)
            with self.store.read() as connection:
                observed = ledger.observations(connection, _needed_kpis(company, rows), moment)
                reported = definitions.check_ins(connection, moment)
                version = data_version(connection)
            reported = reported[["key_result", "day", "value", "confidence"]]
            return scorecard.build(company, found, observed, reported, day, version, self.policy)

        return self._cached(("scorecard", identifier, day), make).of_team(team)

    def series(self, kpi: str, segment: str = "all", as_of: date | None = None) -> pd.DataFrame:
        """One series as known at the end of a day: period, value, load_id (missing for computed totals and ratios)."""
        many = self.series_many([(kpi, segment)], as_of)
        return many[["period", "value", "load_id"]]

    def series_many(self, pairs: list[tuple[str, str]], as_of: date | None = None) -> pd.DataFrame:
        """Several series at once: kpi, segment, period, value, load_id; in one read."""
        key = ("series", tuple(sorted(set(pairs))), as_of or self.today())
        return self._cached(key, lambda: self._series(pairs, as_of or self.today()))

    def trend(
        self, kpi: str, at: date, *, segment: str = "all", fiscal_year_end: int = 12, months: str = "trailing"
    ) -> Trend:
        """The weekly and monthly review of one KPI at a day. Raises Refused for a KPI nobody defined."""
        company = self.company()
        found = next((known for known in company.kpis if known.id == kpi), None)
        if found is None:
            known = ", ".join(sorted(k.id for k in company.kpis)[:20]) or "none"
            raise Refused(f"there is no KPI {kpi!r}; known KPIs: {known}.")
        observed = self._read(lambda c: ledger.observations(c, _with_parts(company, {kpi}), _end_of(self.today())))
        whole = readings.with_derived(observed, frames.kpi_frame(company.kpis))
        own = whole[(whole["kpi"] == kpi) & (whole["segment"] == segment)]
        return trend(
            own[["period", "value", "weight"]],
            cadence=found.cadence,
            aggregation=found.aggregation,
            at=at,
            fiscal_year_end=fiscal_year_end,
            months=months,
            policy=self.policy,
        )

    def _series(self, pairs: list[tuple[str, str]], day: date) -> pd.DataFrame:
        company = self.company(day)
        wanted = pd.DataFrame(sorted(set(pairs)), columns=["kpi", "segment"])
        names = _with_parts(company, set(wanted["kpi"]))
        observed = self._read(lambda c: ledger.observations(c, names, _end_of(day)))
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
            raise Refused(f"no key result {key_result!r} in cycle {card.cycle.id}; ids are shown by `score`.")
        return self._cached(("evidence", key_result, card.cycle.id, day), lambda: self._evidence(card, key_result, day))

    def _evidence(self, card: Scorecard, key_result: str, day: date) -> Evidence:
        links = card.links[card.links["key_result"] == key_result]
        series = self.series_many(list(zip(links["kpi"], links["segment"], strict=True)), day)
        with self.store.read() as connection:
            versions = definitions.history(connection, "key_result", key_result)
            reported = definitions.check_ins(connection, _end_of(day))
            loads = ledger.loads(connection)
        return evidence.collect(card, key_result, series, versions, reported, loads, self.policy)

    # -- values in -------------------------------------------------------------------------------------------------

    @staticmethod
    def options(
        *,
        mapping: str | None = None,
        source: str | None = None,
        create_kpis: bool = False,
        accept_partial: bool = False,
        recorded_at: datetime | None = None,
    ) -> LoadOptions:
        """How a file is to be loaded; `mapping` is YAML text. Raises Refused when the mapping cannot be used."""
        try:
            declared = Mapping.from_yaml(mapping) if mapping and mapping.strip() else None
        except MappingError as error:
            raise Refused(str(error)) from error
        return LoadOptions(declared, source, create_kpis, accept_partial, recorded_at)

    def preview(self, name: str, data: bytes, options: LoadOptions = LoadOptions()) -> LoadResult:
        """What loading a file would do, by the code that does it. Stores nothing."""
        intake = self._take_in(name, data, options)
        with self.store.read() as connection:
            return self._compared(connection, name, intake, options)

    def load(self, name: str, data: bytes, options: LoadOptions = LoadOptions()) -> LoadResult:
        """Read, check and store a file: all of it or nothing, unless part is accepted. A refusal is recorded too."""
        return self._store(name, self._take_in(name, data, options), options)

    def _take_in(self, name: str, data: bytes, options: LoadOptions) -> Intake:
        moment = options.recorded_at or self._now()
        company = self.company(moment.date())
        catalog = catalog_of(company.kpis, others_too=options.create_kpis)
        extract = read_extract(data, name, mapping=options.mapping, catalog=catalog, as_of=moment.date())
        return take_in(
            extract,
            company.kpis,
            as_of=moment.date(),
            source=options.source or source_of(name),
            mapping=options.mapping,
            create_kpis=options.create_kpis,
        )

    def _compared(self, connection: Connection, name: str, intake: Intake, options: LoadOptions) -> LoadResult:
        earlier = ledger.stored_already(connection, intake.extract.sha256, intake.source, intake.mapping_text)
        ledger.stage(connection, intake.rows)
        found = ledger.compare(connection, intake.source, options.recorded_at or self._now())
        status = "already_loaded" if earlier is not None else intake.status(options.accept_partial)
        counts = {**found.counts, "repeated": intake.extract.repeated, "rejected": intake.rejected}
        return LoadResult(Path(name).name, status, counts, intake, found.new, found.restated, earlier)

    def _store(self, name: str, intake: Intake, options: LoadOptions) -> LoadResult:
        changes = intake.status(options.accept_partial) in ("stored", "partial")
        with self.store.write(raise_version=changes) as connection:
            result = self._compared(connection, name, intake, options)
            if result.status == "already_loaded":
                return result
            moment = options.recorded_at or self._now()
            if changes and intake.created:
                created = definitions.versions_of(OkrFile(kpis=intake.created))
                definitions.append(connection, created, moment, self._who)
            load = ledger.LoadRecord(
                moment, self._who, result.file, intake.extract.sha256, intake.source, intake.extract.layout,
                intake.mapping_text,
            )  # fmt: skip
            load_id = ledger.record(connection, load, result.status, result.counts, result.rejected)
            ledger.record_checks(connection, load_id, [vars(check) for check in intake.results])
        return replace(result, load_id=load_id)

    def undo(self, load_id: int) -> dict[str, Any]:
        """Take a load back. It stays on record, and values that a later load confirmed or changed stay current."""
        with self.store.write() as connection:
            found = ledger.loads(connection).set_index("load_id")
            if load_id not in found.index:
                raise Refused(f"there is no load {load_id}; the Loads page and `loads` list them.")
            row = found.loc[load_id]
            if row["status"] not in ("stored", "partial"):
                raise Refused(f"load {load_id} ({row['file']}) stored nothing, so there is nothing to take back.")
            if pd.notna(row["undone_at"]):
                raise Refused(f"load {load_id} ({row['file']}) was taken back on {row['undone_at']:%Y-%m-%d} already.")
            ledger.undo(connection, load_id, self._now(), self._who)
        taken = int(row["accepted_new"]) + int(row["restated"])
        return {"status": "undone", "load_id": load_id, "file": str(row["file"]), "values": taken}

    def loads(self) -> pd.DataFrame:
        """Every load, newest first: what each brought, and when it was taken back."""
        return self._read(ledger.loads)

    def load_detail(self, load_id: int) -> LoadDetail:
        """What a load changed, what it refused, and how its checks ended."""
        with self.store.read() as connection:
            return LoadDetail(
                ledger.restatements(connection, load_id),
                ledger.rejections(connection, load_id),
                ledger.checks(connection, load_id),
            )

    # -- definitions and check-ins -----------------------------------------------------------------------------------

    def import_okrs(
        self, name: str, data: bytes, *, dry_run: bool = False, recorded_at: datetime | None = None
    ) -> OkrImport:
        """Read OKR definitions and record what is new or changed; what the file does not name stays as it is."""
        moment = recorded_at or self._now()
        company = self.company()
        known = {kpi.id for kpi in company.kpis}
        reading = read_okr_file(data, name, as_of=moment.date(), known_kpis=known)
        if reading.file is None:
            return OkrImport("rejected", reading.errors, reading.notes, [], [])
        changes = compare(_as_file(company), reading.file)
        key_results = [kr for objective in reading.file.objectives for kr in objective.key_results]
        touched = {(change.kind, change.id) for change in changes if change.what != "gone"}
        versions = [v for v in definitions.versions_of(reading.file) if (v.kind, v.id) in touched]
        status = "dry_run" if dry_run else "imported" if versions else "unchanged"
        if status == "imported":
            with self.store.write() as connection:
                definitions.append(connection, versions, moment, self._who)
        return OkrImport(status, [], reading.notes, changes, key_results)

    def define_kpis(self, kpis: list[Kpi]) -> int:
        """Record KPI definitions that are new or changed; returns how many."""
        known = {kpi.id: kpi for kpi in self.company().kpis}
        versions = definitions.versions_of(OkrFile(kpis=[kpi for kpi in kpis if known.get(kpi.id) != kpi]))
        if versions:
            with self.store.write() as connection:
                definitions.append(connection, versions, self._now(), self._who)
        return len(versions)

    def check_in(
        self, key_result: str, value: float | None, at: date, confidence: float | None = None, note: str = ""
    ) -> dict[str, Any]:
        """Record what an owner reports: the value on a day, and how confident they are (0 to 10)."""
        known = {kr.id for krs in self.company().key_results.values() for kr in krs}
        if key_result not in known:
            raise Refused(f"there is no key result {key_result!r}; ids are shown by `score`.")
        if confidence is not None and not 0 <= confidence <= 10:
            raise Refused(f"confidence is a number from 0 to 10, found {confidence:g}.")
        if at > self.today():
            raise Refused(f"a check-in cannot be dated after today, found {at}.")
        with self.store.write() as connection:
            definitions.check_in(connection, [CheckIn(key_result, at, value, confidence, note)], self._now(), self._who)
        return {"status": "recorded", "key_result": key_result, "at": at, "value": value}

    # -- keeping it safe ---------------------------------------------------------------------------------------------

    def check(self) -> list[Finding]:
        """Whether the store holds together: every rule with the number of rows that break it."""
        return self._read(integrity.check)

    def back_up(self, target: Path) -> dict[str, Any]:
        """Copy the store to a file, whole or not at all."""
        return {"status": "backed_up", "file": str(target), "bytes": backup.back_up(self.store, target)}

    def restore(self, source: Path) -> dict[str, Any]:
        """Put a backup in the store's place once it has been checked; the store before stays beside it."""
        findings = backup.restore(self.store, source)
        return {"status": "restored", "file": str(source), "rules_checked": len(findings)}

    def export(self) -> str:
        """The definitions in force as an OKR file that `import_okrs` reads back without loss."""
        return write_okr_file(_as_file(self.company()))

    # -- sample companies --------------------------------------------------------------------------------------------

    def fill_sample(self, name: str = "nordlys", folder: Path | None = None) -> dict[str, Any]:
        """Fill the store with a company: `nordlys`, or `wikimedia` from extracts that the user downloaded."""
        if not self.is_empty():
            raise Refused(
                f"the store {self.store.path.name} is not empty. Give the path of a new one with --db, "
                "so that sample and real figures never mix."
            )
        if name == "nordlys":
            from data.samples import nordlys

            return self._fill(nordlys.sample())
        if name == "wikimedia":
            if folder is None:
                raise Refused(
                    "the wikimedia sample is read from files that you download: give their folder with --from."
                )
            from data.samples import wikimedia

            return self._fill(wikimedia.sample(folder))
        raise Refused(f"there is no sample {name!r}; there are nordlys and wikimedia.")

    def _fill(self, sample: Sample) -> dict[str, Any]:
        for file_name, data, moment in sample.okrs:
            done = self.import_okrs(file_name, data, recorded_at=moment)
            if done.status == "rejected":
                raise Refused(f"{file_name}: {done.errors[0].message}")
        counts = dict.fromkeys(ledger.COUNTS, 0)
        for file in sample.files:
            options = self.options(
                mapping=file.mapping,
                source=file.source,
                create_kpis=sample.create_kpis,
                accept_partial=sample.accept_partial,
                recorded_at=file.recorded_at,
            )
            result = self.load(file.name, file.data, options)
            if result.status not in ("stored", "partial"):
                reason = result.rejected[0]["reason"] if result.rejected else result.status
                raise Refused(f"{file.name}: {reason}")
            counts = {name: counts[name] + result.counts.get(name, 0) for name in counts}
        with self.store.write() as connection:
            for moment in sorted({moment for _, moment in sample.check_ins}):
                entries = [entry for entry, at in sample.check_ins if at == moment]
                definitions.check_in(connection, entries, moment, self._who)
        return {"status": "filled", "files": len(sample.files), "counts": counts}


def _end_of(day: date) -> datetime:
    """The last moment of a UTC day."""
    return datetime.combine(day, time.max)


def _with_parts(company: Company, kpis: set[str]) -> list[str]:
    """KPIs and the numerators and denominators of those that are ratios."""
    parts = {part for kpi in company.kpis if kpi.id in kpis for part in (kpi.numerator, kpi.denominator) if part}
    return sorted(kpis | parts)


def _needed_kpis(company: Company, rows: list[tuple[str, KeyResult]]) -> list[str]:
    return _with_parts(company, {link.kpi for _, kr in rows for link in kr.all_links})


def _as_file(company: Company) -> OkrFile:
    """The definitions in force in the form that people write."""
    objectives = [o.model_copy(update={"key_results": company.key_results.get(o.id, [])}) for o in company.objectives]
    return OkrFile(teams=company.teams, cycles=company.cycles, kpis=company.kpis, objectives=objectives)
