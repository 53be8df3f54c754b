"""Values in: a file read, checked, compared and stored, or refused; and the sources that keep bringing them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from data import as_known, definitions, ledger
from data.file_load import FileLoad
from data.load_result import LoadResult
from data.store import Connection
from data.writing import Writing, needs
from kpi_sources.bulk import FROM_BYTES
from kpi_sources.extract import Extract, read_extract
from kpi_sources.intake import Intake, catalog_of, source_of, take_in
from kpi_sources.mapping import Mapping, MappingError
from kpi_sources.source_expectations import SourceExpectations, SourceExpectationsError
from kpi_sources.terms import Terms
from kpi_sources.worker import read_untrusted
from models.language import tr
from models.okr import OkrFile
from models.refused import Refused
from models.source import Source

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


class Loading(Writing):
    """Files and what else brings values."""

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

    def preview(
        self, name: str, data: bytes, options: LoadOptions = LoadOptions(), *, seen: Extract | None = None
    ) -> LoadResult:
        """What loading a file would do, by the code that does it. Stores nothing.

        `seen`, of an earlier preview, is taken for what the file holds if it would be read in the same way again.
        """
        intake = self._take_in(name, data, options, seen)
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
    def load(
        self, name: str, data: bytes, options: LoadOptions = LoadOptions(), *, seen: Extract | None = None
    ) -> LoadResult:
        """Read, check and store a file: all of it or nothing, unless part is accepted. A refusal is recorded too.

        `seen` as for `preview`; the checks are made anew.
        """
        return self._store(name, self._take_in(name, data, options, seen), options)

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
        return self.load(path.name, file.contents(), options) if found is None else found

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

    def _take_in(self, name: str, data: bytes, options: LoadOptions, seen: Extract | None = None) -> Intake:
        terms = self.terms(name, options)
        catalog = catalog_of(terms.known, others_too=terms.create_kpis)
        read_as = (name, terms.mapping, catalog, terms.as_of, options.trusted)
        holds = seen and not seen.refused and seen.read_as == read_as and seen.sha256 == sha256(data).hexdigest()
        if seen is None or not holds:
            reader = partial(read_extract, trusted=True) if options.trusted else read_untrusted
            seen = reader(data, name, mapping=terms.mapping, catalog=catalog, as_of=terms.as_of)
            seen.read_as = read_as
        return self._settled(seen, terms)

    def _bring(
        self,
        extract: Extract,
        declared: str,
        known: dict[str, str],
        *,
        source: str,
        create_kpis: bool,
        accept_partial: bool,
        store: bool,
    ) -> LoadResult:
        """Load what was not a file: rows with how they were made, and what is `known` of a KPI that is to be defined
        (field: word). What changes nothing is not stored: unchanged."""
        options = LoadOptions(None, source, create_kpis, accept_partial, trusted=True)
        kpis = sorted(set(extract.rows["kpi"]))
        intake = self._settled(extract, self.terms(extract.name, options), kpis)
        created = [kpi.model_copy(update=known) for kpi in intake.created]
        intake = replace(intake, mapping_text=declared, created=created)
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
            latest=self._read(lambda connection: as_known.last_values(connection, terms.moment, kpis)),
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
                raise Refused(tr("there is no load {id}; the Loads page and `loads` list them.", id=load_id))
            row = found.loc[load_id]
            if row["status"] not in ("stored", "partial"):
                raise Refused(
                    tr(
                        "load {id} ({file}) stored nothing, so there is nothing to take back.",
                        id=load_id,
                        file=row["file"],
                    )
                )
            if pd.notna(row["undone_at"]):
                raise Refused(
                    tr(
                        "load {id} ({file}) was taken back on {day} already.",
                        id=load_id,
                        file=row["file"],
                        day=f"{row['undone_at']:%Y-%m-%d}",
                    )
                )
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
            raise Refused(tr("source {id!r}: {why}", id=source.id, why=error)) from error
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
            known = ", ".join(s.id for s in self.sources() if s.folder) or tr("none")
            raise Refused(
                tr(
                    "no folder is watched for the source {id!r}; sources with a folder: {known}.",
                    id=source_id,
                    known=known,
                )
            )
        folder = Path(source.folder)
        if not folder.is_dir():
            raise Refused(tr("the folder of the source {id!r} is not there: {folder}.", id=source_id, folder=folder))
        settled = self._now().replace(tzinfo=UTC).timestamp() - SETTLING
        return sorted(p for p in folder.glob(source.pattern) if p.is_file() and p.stat().st_mtime <= settled)
