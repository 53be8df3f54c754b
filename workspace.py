"""Everything a user can do, once. The pages and the terminal are two faces of it."""

import getpass
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from data import backup, definitions, ledger
from data.carrying import Carrying
from data.comparing import Comparing
from data.crossing import Crossing
from data.defining import Defining
from data.definitions import CheckIn
from data.digesting import Digesting
from data.driving import Driving
from data.file_load import FileLoad, Terms
from data.hinting import Hinting
from data.learning import Learning
from data.okr_views import OkrViews
from data.owning import Owning
from data.pulling import Pulling
from data.reviewing import Reviewing
from data.stand_ups import StandUps
from data.store import Connection
from data.surveying import Surveying
from data.tokens import Tokens
from data.tracing import Tracing
from data.writing import needs
from kpi_sources.bulk import FROM_BYTES
from kpi_sources.extract import Extract, read_extract
from kpi_sources.intake import Intake, catalog_of, source_of, take_in
from kpi_sources.mapping import Mapping, MappingError
from kpi_sources.okr_cells import TABLE_SUFFIXES, cells_of
from kpi_sources.okr_columns import OkrMapping
from kpi_sources.okr_file import OkrProblem, read_okr_file, write_okr_file
from kpi_sources.reported import Reported
from kpi_sources.source_expectations import SourceExpectations, SourceExpectationsError
from kpi_sources.worker import read_untrusted
from models.company import Company
from models.kpi import Kpi, feeding_loop, loop_words
from models.language import spoken
from models.okr import KeyResult, Objective, OkrFile
from models.okr_changes import GONE_NOTE, Change, compare
from models.policy import POLICY, Policy
from models.refused import Refused
from models.roles import NotAllowed
from models.source import Source

Answer = TypeVar("Answer")
CHANGED_COLUMNS = ["cycle", "key_result", "title", "before", "after", "sentence_before", "sentence_after"]
SETTLING = 5.0  # seconds a file in a watched folder must have been left alone, so that none is read half written


@dataclass(frozen=True)
class LoadOptions:
    """How a file is to be loaded. `recorded_at` is for replaying history.

    A trusted file (of the terminal, of a named source) is read in this process; any other in a limited one of its own.
    """

    mapping: Mapping | None = None
    source: str | None = None
    create_kpis: bool = False
    accept_partial: bool = False
    recorded_at: datetime | None = None
    trusted: bool = False


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
class OkrImport:
    """What an OKR file changed, or, refused or tried out, would have."""

    status: str  # imported, unchanged, dry_run, rejected
    errors: list[OkrProblem]
    notes: list[str]
    changes: list[Change]
    key_results: list[KeyResult]
    check_ins: int = 0  # values typed in elsewhere, taken over as check-ins
    objectives: list[Objective] = field(default_factory=list)  # of the file, with their key results
    lines: dict[tuple[str, str], int] = field(default_factory=dict)  # (objective or key_result, id) -> line


def utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class Workspace(
    Crossing, StandUps, Digesting, Driving, Learning, Owning, Surveying, Comparing, Reviewing, Tracing, Tokens,
    Carrying, OkrViews, Hinting, Defining, Pulling,
):  # fmt: skip
    """One store: all that can be asked of it (see Questions), and everything that changes it."""

    def __init__(
        self,
        path: Path | str,
        *,
        who: str = "",
        now: Callable[[], datetime] = utc_now,
        policy: Policy = POLICY,
    ):
        super().__init__(path, now, who or getpass.getuser(), policy)

    # -- values in -------------------------------------------------------------------------------------------------

    @staticmethod
    def options(
        *,
        mapping: str | None = None,
        source: str | None = None,
        create_kpis: bool = False,
        accept_partial: bool = False,
        recorded_at: datetime | None = None,
        trusted: bool = False,
    ) -> LoadOptions:
        """How a file is to be loaded; `mapping` is YAML text. Raises Refused when the mapping cannot be used."""
        try:
            declared = Mapping.from_yaml(mapping) if mapping and mapping.strip() else None
        except MappingError as error:
            raise Refused(str(error)) from error
        return LoadOptions(declared, source, create_kpis, accept_partial, recorded_at, trusted)

    def preview(self, name: str, data: bytes, options: LoadOptions = LoadOptions()) -> LoadResult:
        """What loading a file would do, by the code that does it. Stores nothing."""
        intake = self._take_in(name, data, options)
        with self.store.read() as connection:
            return self._compared(connection, name, intake, options)

    def changed_verdicts(self, result: LoadResult) -> pd.DataFrame:
        """Verdicts of cycles that are over which storing a previewed load would change: cycle, key_result, title,
        before, after (sentences beside the words)."""
        if result.restated.empty:
            return pd.DataFrame(columns=CHANGED_COLUMNS)
        rows = []
        for cycle in self.company().cycles:
            touched = result.restated["period"] <= pd.Timestamp(cycle.end)
            if cycle.end < self.today() and touched.any():
                rows += self._changed_in(cycle.id, result)
        return pd.DataFrame(rows, columns=CHANGED_COLUMNS)

    def _changed_in(self, cycle: str, result: LoadResult) -> list[tuple[str, ...]]:
        changed = pd.concat([result.restated.rename(columns={"new": "value"}), result.new])
        before, after = (
            self.scorecard(cycle),
            self.scorecard_with(cycle, changed[["kpi", "segment", "period", "value"]]),
        )
        columns = ["id", "title", "verdict_word", "sentence"]
        both = before.key_results[columns].merge(
            after.key_results[columns], on=["id", "title"], suffixes=("", "_after")
        )
        differs = both[both["verdict_word"] != both["verdict_word_after"]]
        return [
            (cycle, row.id, row.title, row.verdict_word, row.verdict_word_after, row.sentence, row.sentence_after)
            for row in differs.itertuples()
        ]

    @needs("upload")
    def load(self, name: str, data: bytes, options: LoadOptions = LoadOptions()) -> LoadResult:
        """Read, check and store a file: all of it or nothing, unless part is accepted. A refusal is recorded too."""
        return self._store(name, self._take_in(name, data, options), options)

    @needs("upload")
    def load_path(
        self, path: Path, options: LoadOptions = LoadOptions(), *, from_bytes: int = FROM_BYTES
    ) -> LoadResult:
        """Load a file of a trusted place, a big one (`from_bytes`) without holding it in memory; same rules, same
        result. A big file that was loaded before is recognised by its SHA-256 alone."""
        version = self.data_version()  # first: what is changed after it is looked at again
        terms = self.terms(path.name, options)
        file = FileLoad(self.store, path, terms, version, replayed=options.recorded_at is not None)
        if not file.is_big(from_bytes):
            return self.load(path.name, file.contents(), options)
        found = file.run()
        if isinstance(found, Extract):
            return self._store(path.name, self._settled(found, terms), options)
        return self.load(path.name, file.contents(), options) if found is None else LoadResult(**vars(found))

    def terms(self, name: str, options: LoadOptions) -> Terms:
        """On which terms a file of this name is loaded: those given, else those kept for its source."""
        moment = options.recorded_at or self._now()
        company = self.company(moment.date())
        source = company.sources.get(options.source or source_of(name)) or Source(id=options.source or source_of(name))
        return Terms(
            name=Path(name).name,
            source=source.id,
            mapping=options.mapping or (Mapping.from_dict(source.mapping) if source.mapping else None),
            expected=SourceExpectations.from_dict(source.expectations),
            create_kpis=options.create_kpis or source.create_kpis,
            known=company.kpis,
            moment=moment,
            who=self.who,
        )

    def _take_in(self, name: str, data: bytes, options: LoadOptions) -> Intake:
        terms = self.terms(name, options)
        catalog = catalog_of(terms.known, others_too=terms.create_kpis)
        reader = partial(read_extract, trusted=True) if options.trusted else read_untrusted
        extract = reader(data, name, mapping=terms.mapping, catalog=catalog, as_of=terms.as_of)
        return self._settled(extract, terms)

    def _bring(
        self, extract: Extract, declared: str, *, source: str, create_kpis: bool, accept_partial: bool, store: bool
    ) -> LoadResult:
        """Load what was not a file: rows with how they were made. What changes nothing is not stored: unchanged."""
        options = LoadOptions(None, source, create_kpis, accept_partial, trusted=True)
        kpis = sorted(set(extract.rows["kpi"]))
        intake = replace(self._settled(extract, self.terms(extract.name, options), kpis), mapping_text=declared)
        if intake.status(accept_partial) in ("stored", "partial"):
            # Figures may return after others had replaced them: the moment keeps them from being taken for a repeat.
            seal = sha256(f"{extract.sha256} {self._now().isoformat()}".encode()).hexdigest()
            intake = replace(intake, extract=replace(extract, sha256=seal))
        with self.store.read() as connection:
            seen = self._compared(connection, extract.name, intake, options)
        changed = seen.counts["accepted_new"] or seen.counts["restated"] or intake.problems
        if seen.status != "needs_input" and not changed:
            return replace(seen, status="unchanged")
        return self._store(extract.name, intake, options) if store else seen

    def _settled(self, extract: Extract, terms: Terms, kpis: list[str] | None = None) -> Intake:
        return take_in(
            extract,
            terms.known,
            as_of=terms.as_of,
            source=terms.source,
            mapping=terms.mapping,
            create_kpis=terms.create_kpis,
            latest=self._read(lambda connection: ledger.last_values(connection, terms.moment, kpis)),
            expected=terms.expected,
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
                definitions.append(connection, created, moment, self.who)
            load = ledger.LoadRecord(
                moment, self.who, result.file, intake.extract.sha256, intake.source, intake.extract.layout,
                intake.mapping_text,
            )  # fmt: skip
            known = None if changes else ledger.refused_already(connection, load, result.status)
            if known is not None:
                return replace(result, load_id=known)
            load_id = ledger.record(connection, load, result.status, result.counts, result.rejected)
            ledger.record_checks(connection, load_id, [vars(check) for check in intake.results])
        return replace(result, load_id=load_id)

    @needs("undo")
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
            ledger.undo(connection, load_id, self._now(), self.who)
        taken = int(row["accepted_new"]) + int(row["restated"])
        return {"status": "undone", "load_id": load_id, "file": str(row["file"]), "values": taken}

    # -- sources that keep coming ------------------------------------------------------------------------------------

    def sources(self) -> list[Source]:
        """The named sources, in the order they were first defined."""
        return list(self.company().sources.values())

    @needs("define_source")
    def define_source(self, source: Source) -> dict[str, Any]:
        """Keep how a source is read and what is expected of it; every version stays. Raises Refused for a bad one."""
        try:
            Mapping.from_dict(source.mapping)
            SourceExpectations.from_dict(source.expectations)
        except (MappingError, SourceExpectationsError) as error:
            raise Refused(f"source {source.id!r}: {error}") from error
        if self.company().sources.get(source.id) == source:
            return {"status": "unchanged", "source": source.id}
        with self.store.write() as connection:
            definitions.append(connection, [definitions.version_of(source)], self._now(), self.who)
        return {"status": "defined", "source": source.id}

    @staticmethod
    def expectations(text: str) -> dict[str, Any]:
        """What is expected of a source, from YAML, as a Source keeps it. Raises Refused with what is wrong."""
        try:
            found = SourceExpectations.from_yaml(text)
        except SourceExpectationsError as error:
            raise Refused(str(error)) from error
        return found.model_dump(mode="json", exclude_defaults=True)

    def waiting_files(self, source_id: str) -> list[Path]:
        """The files of a source's folder, by name; one that was changed just now waits for the next time."""
        source = self.company().sources.get(source_id)
        if source is None or source.folder is None:
            known = ", ".join(s.id for s in self.sources() if s.folder) or "none"
            raise Refused(f"no folder is watched for the source {source_id!r}; sources with a folder: {known}.")
        folder = Path(source.folder)
        if not folder.is_dir():
            raise Refused(f"the folder of the source {source_id!r} is not there: {folder}.")
        settled = self._now().replace(tzinfo=UTC).timestamp() - SETTLING
        return sorted(p for p in folder.glob(source.pattern) if p.is_file() and p.stat().st_mtime <= settled)

    # -- definitions ------------------------------------------------------------------------------------------------

    @needs("import_okrs")
    def import_okrs(
        self,
        name: str,
        data: bytes,
        *,
        dry_run: bool = False,
        recorded_at: datetime | None = None,
        mapping: str | None = None,
        draft: bool = False,
    ) -> OkrImport:
        """Read OKR definitions and record what is new or changed; what the file does not name stays as it is.

        `mapping` is YAML that says which column of a table means what; `draft` keeps new objectives as drafts.
        """
        try:
            columns = OkrMapping.from_yaml(mapping) if mapping and mapping.strip() else None
        except MappingError as error:
            raise Refused(str(error)) from error
        moment = recorded_at or self._now()
        company = self.company()
        known = {kpi.id for kpi in company.kpis}
        reading = read_okr_file(
            data,
            name,
            as_of=moment.date(),
            known_kpis=known,
            known_teams={team.id for team in company.teams},
            known_cycles={cycle.id for cycle in company.cycles},
            known_dependencies={
                kr.id: [wanted.on for wanted in kr.depends_on] for krs in company.key_results.values() for kr in krs
            },
            mapping=columns,
        )
        if reading.file is None:
            return OkrImport("rejected", reading.errors, reading.notes, [], [])
        loop = feeding_loop({kpi.id: kpi.fed_by for kpi in [*company.kpis, *reading.file.kpis]})
        if loop:  # with what is stored already
            problem = OkrProblem(None, "kpis", "okr_cycle", loop[0], loop_words(loop))
            return OkrImport("rejected", [problem], reading.notes, [], [])
        self._refuse_hidden(reading.file)
        known_objectives = {objective.id: objective for objective in [*company.objectives, *company.drafts]}
        for objective in reading.file.objectives if draft else []:
            objective.draft = known_objectives[objective.id].draft if objective.id in known_objectives else True
        changes = compare(_as_file(company), reading.file)
        key_results = [kr for objective in reading.file.objectives for kr in objective.key_results]
        notes = reading.notes + [spoken(GONE_NOTE)] * any(change.what == "gone" for change in changes)
        changes = [change for change in changes if change.what != "gone"]
        touched = {(change.kind, change.id) for change in changes}
        versions = [v for v in definitions.versions_of(reading.file) if (v.kind, v.id) in touched]
        fresh = self._unknown_check_ins(reading.reported, moment)
        status = "dry_run" if dry_run else "imported" if versions or fresh else "unchanged"
        if status == "imported":
            with self.store.write() as connection:
                definitions.append(connection, versions, moment, self.who)
                definitions.check_in(connection, fresh, moment, self.who)
        objectives = reading.file.objectives
        return OkrImport(status, [], notes, changes, key_results, len(fresh), objectives, reading.lines)

    @staticmethod
    def okr_headers(name: str, data: bytes) -> list[str]:
        """The headers of an OKR table, to be chosen from; none for other files."""
        if not name.lower().endswith(TABLE_SUFFIXES):
            return []
        cells, problem = cells_of(data, name)
        return [] if problem or not cells else [header for header in cells[0][1] if header.strip()]

    def _unknown_check_ins(self, reported: list[Reported], moment: datetime) -> list[CheckIn]:
        """Those that would say something new: a file that is imported again repeats the old ones."""
        if not reported:
            return []
        known = self._read(lambda connection: definitions.check_ins(connection, moment))
        said = set(zip(known["key_result"], known["day"].dt.date, known["value"], strict=True))
        rows = [CheckIn(r.key_result, r.day, r.value, None, r.note) for r in reported]
        return [row for row in rows if (row.key_result, row.day, row.value) not in said and row.day <= moment.date()]

    def _refuse_hidden(self, file: OkrFile) -> None:
        """A file may not touch private objectives that its bringer does not see, nor the key results in them."""
        hidden = self._hidden()
        if not hidden:
            return
        held = self._whole_company(self.today()).key_results
        taken = hidden | {kr.id for objective in hidden for kr in held.get(objective, [])}
        named = {o.id for o in file.objectives} | {kr.id for o in file.objectives for kr in o.key_results}
        if named & taken:
            raise NotAllowed(
                "the file names objectives or key results that stand in private ones and are not yours to change: "
                f"{', '.join(sorted(named & taken))}. Give other ids, or ask an admin."
            )

    @needs("import_okrs")
    def define_kpis(self, kpis: list[Kpi]) -> int:
        """Record KPI definitions that are new or changed; returns how many. Refused if KPIs would feed each other."""
        known = {kpi.id: kpi for kpi in self.company().kpis}
        loop = feeding_loop({kpi.id: kpi.fed_by for kpi in [*known.values(), *kpis]})
        if loop:
            raise Refused(f"nothing was changed: {loop_words(loop)}.")
        versions = definitions.versions_of(OkrFile(kpis=[kpi for kpi in kpis if known.get(kpi.id) != kpi]))
        if versions:
            with self.store.write() as connection:
                definitions.append(connection, versions, self._now(), self.who)
        return len(versions)

    # -- keeping it safe ---------------------------------------------------------------------------------------------

    @needs("back_up")
    def back_up(self, target: Path) -> dict[str, Any]:
        """Copy the store to a file, whole or not at all."""
        return {"status": "backed_up", "file": str(target), "bytes": backup.back_up(self.store, target)}

    @needs("back_up")
    def restore(self, source: Path) -> dict[str, Any]:
        """Put a backup in the store's place once it has been checked; the store before stays beside it."""
        findings = backup.restore(self.store, source)
        return {"status": "restored", "file": str(source), "rules_checked": len(findings)}

    @needs("back_up")
    def recover(self, target: Path) -> dict[str, Any]:
        """Copy what can still be read of a damaged store into a new one."""
        return {"status": "recovered", "file": str(target), **backup.recover(self.store, target)}

    def export(self) -> str:
        """The definitions in force as an OKR file that `import_okrs` reads back without loss."""
        return write_okr_file(_as_file(self.company()))

    # -- sample companies --------------------------------------------------------------------------------------------

    @needs("fill_sample")
    def fill_sample(
        self, name: str = "nordlys", folder: Path | None = None, *, size: Any | None = None
    ) -> dict[str, Any]:
        """Fill the store with a company: `nordlys`, `wikimedia` from extracts that the user downloaded, or `big`, of a
        `size` (data.samples.big.Size)."""
        if not self.is_empty():
            raise Refused(
                f"the store {self.store.name} is not empty. Give the path of a new one with --db, "
                "so that sample and real figures never mix."
            )
        if name == "nordlys":
            from data.samples import nordlys

            return nordlys.sample().load_into(self)
        if name == "wikimedia":
            if folder is None:
                raise Refused(
                    "the wikimedia sample is read from files that you download: give their folder with --from."
                )
            from data.samples import wikimedia

            try:
                return wikimedia.sample(folder).load_into(self)
            except FileNotFoundError as error:
                raise Refused(str(error)) from error
        if name == "big":
            from data.samples import big

            made = size or big.Size()
            made.refuse_nonsense()
            with self.store.write() as connection:
                return big.fill(connection, made, self.who)
        raise Refused(f"there is no sample {name!r}; there are nordlys, wikimedia and big.")


@cache
def open_workspace(path: Path) -> Workspace:
    """The one workspace of a store in this process: pages and API share what it keeps in memory."""
    return Workspace(path)


def _as_file(company: Company) -> OkrFile:
    """The definitions in force in the form that people write."""
    objectives = [
        o.model_copy(update={"key_results": company.key_results.get(o.id, [])})
        for o in [*company.objectives, *company.drafts]
    ]
    return OkrFile(
        teams=company.teams,
        cycles=company.cycles,
        kpis=company.kpis,
        statuses=company.statuses,
        objectives=objectives,
    )
