"""A big file into the store while others read and write: checked and compared beside it, written in one short turn."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from data import as_known, bulk, definitions, ledger
from data.bulk import DoesNotFit
from data.bulk_form import names_of
from data.bulk_walk import StageDigest
from data.load_result import RESTATED, LoadResult, bulk_result, known_already
from data.staged_file import StagedFile
from data.store import Connection, Store, data_version
from kpi_sources.bulk_checks import Rows, broke_on_rows, check_rows, standing_for_all, unnamed
from kpi_sources.bulk_said import bare_extract, repeats_said
from kpi_sources.bulk_scan import Scan
from kpi_sources.checks import Checked
from kpi_sources.intake import new_kpi
from kpi_sources.source_expectations import SourceExpectations
from kpi_sources.terms import Terms
from models.company import kpi_frame
from models.kpi import Kpi
from models.okr import OkrFile
from models.periods import end_of

SHOWN = 10_000  # new rows that a result lists, as the ledger's comparison does


class StoredMeanwhile(Exception):
    """Another process has stored the same bytes since the load began; nothing is to be written."""

    def __init__(self, loaded: LoadResult):
        super().__init__(f"load {loaded.load_id}")
        self.loaded = loaded


class Moved(Exception):
    """KPIs were changed while the file was read, so that it reads differently now; nothing was written."""

    def __init__(self, known: list[Kpi], version: int):
        super().__init__(f"data version {version}")
        self.known, self.version = known, version


@dataclass(frozen=True)
class Before:
    """The store as it was when the file was begun: data version, ledger, last value of every series."""

    version: int
    mark: ledger.Mark
    latest: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Ready:
    """What is to be written: counts, the first new rows, the restated ones, and what appends them."""

    counts: dict[str, int]
    new: pd.DataFrame = field(repr=False)
    restated: pd.DataFrame = field(repr=False)
    write: Callable[[Connection, int], None] | None


class BulkLoad:
    """One big file: staged, proved, checked and compared while others read and write; then written in one short
    transaction, which first looks whether the store is still as it was."""

    def __init__(self, store: Store, path: Path, scanned: Scan, terms: Terms, before: Before, *, replayed: bool):
        self.store, self.terms, self.before = store, terms, before
        self.latest, self._replayed = before.latest, replayed
        self.file = StagedFile(path, scanned, terms)

    def run(self, connection: Connection) -> LoadResult:
        """Raises DoesNotFit or Moved, with nothing stored, where it must be read another way or again."""
        walked = self.file.put_in_order(connection)
        rows = self.file.rows(connection, walked)
        created = self._created(rows)
        checked = self._check(connection, rows, created)
        ready = self._ready(connection, rows.total, walked.digest)
        with self.store.write(staged=connection):
            known = known_already(connection, self.file.scan, self.terms)
            if known is not None:
                raise StoredMeanwhile(known)
            if data_version(connection) != self.before.version:
                created, checked, ready = self._again(connection, rows, created, checked, ready)
            return self._store(connection, rows, created, checked, ready)

    def _again(
        self, connection: Connection, rows: Rows, created: list[Kpi], checked: Checked, ready: Ready
    ) -> tuple[list[Kpi], Checked, Ready]:
        """The same once more, as far as others have changed what it stood on."""
        known = definitions.company(connection, end_of(self.terms.as_of)).kpis
        touched = ledger.touched_since(
            connection, self.before.mark, names_of(self.file.decided.form).kpis, self.terms.source
        )
        redefined = known != self.terms.known
        if redefined:
            read = self.file.decided
            self.terms = replace(self.terms, known=known)
            try:
                now = self.file.decide(self.terms)
            except DoesNotFit:
                raise Moved(known, data_version(connection)) from None
            if (now.form, now.specs, now.grain) != (read.form, read.specs, read.grain):
                raise Moved(known, data_version(connection))
            created = self._created(rows)
        if touched:
            self.latest = as_known.last_values(connection, self._moment(), sorted(rows.days))
            ready = self._compared(connection)
        if touched or redefined:
            checked = self._check(connection, rows, created)
        return created, checked, ready

    def _moment(self) -> datetime:
        return self.terms.moment if self._replayed else self.store.now()

    # -- checked -----------------------------------------------------------------------------------------------------

    def _created(self, rows: Rows) -> list[Kpi]:
        known = {kpi.id for kpi in self.terms.known}
        alike: dict[tuple[str, bytes], Kpi] = {}
        out = []
        for name in sorted(set(rows.days) - known) if self.terms.create_kpis else []:
            key = rows.grains[name], rows.days[name].tobytes()
            if key not in alike:
                own = pd.DataFrame({"kpi": name, "cadence": key[0], "start": rows.days[name].astype("datetime64[ns]")})
                alike[key] = new_kpi(name, own, self.terms.source)
            out.append(alike[key].model_copy(update={"id": name}))
        return out

    def _check(self, connection: Connection, rows: Rows, created: list[Kpi]) -> Checked:
        def query(sql: str, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
            for name, frame in frames.items():
                connection.register(name, frame)
            return connection.execute(sql).df()

        frame = kpi_frame([*self.terms.known, *created])

        def checked(all_rows: bool) -> Checked:
            if all_rows:
                bulk.show_all_rows(connection, rows.grains, rows.column)
            else:
                bulk.show_rows(connection, standing_for_all(rows, frame), rows.column)
            return check_rows(query, rows, frame, self.terms.as_of, self.latest, self.terms.expected, all_rows=all_rows)

        first = None if self._needs_all_rows(connection, rows) else checked(False)
        found = checked(True) if first is None or broke_on_rows(first) else first
        if found.problems:
            raise DoesNotFit(found.problems[0].message)
        return found

    def _needs_all_rows(self, connection: Connection, rows: Rows) -> bool:
        """Whether only the rows themselves can tell: a source expects something, or a series goes on from a known
        value, to which the first new one may be a jump. A value that the file has too is not gone on from."""
        if self.terms.expected != SourceExpectations():
            return True
        known = self.latest[self.latest["kpi"].isin(list(rows.days))]
        return not bulk.repeats_all(connection, names_of(self.file.decided.form), known)

    # -- stored ------------------------------------------------------------------------------------------------------

    def _store(
        self, connection: Connection, rows: Rows, created: list[Kpi], checked: Checked, ready: Ready
    ) -> LoadResult:
        terms, form, moment = self.terms, self.file.decided.form, self._moment()
        counts = ready.counts | {"repeated": self.file.repeats.count, "rejected": 0}
        if created:
            versions = definitions.versions_of(OkrFile(kpis=created))
            definitions.append(connection, versions, moment, terms.who)
        layout = self.file.decided.reading.layout
        load = ledger.LoadRecord(
            moment, terms.who, terms.name, self.file.scan.sha256, terms.source, layout, terms.mapping_text
        )
        load_id = ledger.record(connection, load, "stored", counts, [], ready.write)
        ledger.record_checks(connection, load_id, [vars(check) for check in checked.results])
        more = unnamed(rows)
        warnings = [*repeats_said(self.file.repeats.shown, form), *checked.warnings, *([more] if more else [])]
        extract = replace(
            bare_extract(self.file.scan, terms, replace(self.file.decided.reading, warnings=warnings)),
            repeated=self.file.repeats.count,
            missing=self.file.missing,
        )
        return bulk_result(
            terms, "stored", counts, extract, warnings, checked.results, created, ready.new, ready.restated, load_id
        )

    def _ready(self, connection: Connection, total: int, digest: StageDigest) -> Ready:
        """What is to be written: all of it where nothing of it is known, else what differs from a copy of the store."""
        form = self.file.decided.form
        with self.store.read() as stored:
            all_new = bulk.is_all_new(stored, names_of(form), self.terms.source)
        if all_new:
            counts = dict.fromkeys(ledger.COUNTS, 0) | {"accepted_new": total}
            new, restated = bulk.first_rows(connection, SHOWN), pd.DataFrame(columns=RESTATED)
            return Ready(counts, new, restated, lambda c, load_id: bulk.write_new(c, form, load_id, digest, total))
        with self.store.copied(connection):
            found = self._compared(connection)
            ledger.arrange(connection)
        return replace(found, write=ledger.write_arranged)

    def _compared(self, connection: Connection) -> Ready:
        bulk.offer(connection, self.file.decided.form)
        found = ledger.compare(connection, self.terms.source, self._moment())
        return Ready(found.counts, found.new, found.restated, None)
