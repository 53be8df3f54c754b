"""A file on disk into the store: a small one by the ordinary reader, a big one by the database, to the same result."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from data import as_known, bulk, definitions, ledger
from data.bulk import Conflicts, DoesNotFit
from data.bulk_form import names_of
from data.gate import StoreBusy
from data.questions import end_of
from data.store import Connection, Store, data_version
from kpi_sources import bulk as forms
from kpi_sources.bulk_checks import Rows, broke_on_rows, check_rows, needs_all_rows, standing_for_all, unnamed
from kpi_sources.bulk_faults import find_faults
from kpi_sources.bulk_said import bare_extract, conflicts_said, refused_as_too_large, repeats_said
from kpi_sources.bulk_scan import Scan, sample, scan
from kpi_sources.checks import Checked
from kpi_sources.dates import EARLIEST
from kpi_sources.extract import Extract
from kpi_sources.findings import Problem
from kpi_sources.intake import ROW_COLUMNS, Intake, catalog_of, new_kpi
from kpi_sources.limits import LIMITS
from kpi_sources.mapping import Mapping
from kpi_sources.numbers import exact_text
from kpi_sources.numerals import is_missing
from kpi_sources.reading import MOST_PROBLEMS, Reading
from kpi_sources.terms import Terms
from models.company import kpi_frame
from models.kpi import Kpi
from models.okr import OkrFile
from models.policy import POLICY
from models.refused import Refused

PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"{", b"[")  # how what is no plain text begins
MOST_ODD = 1_000  # ways of writing that a value is missing
SHOWN = 10_000  # new rows that a result lists, as the ledger's comparison does
ATTEMPTS = 3  # at a file, where the KPIs that it names are changed while it is read
RESTATED = ["kpi", "segment", "period", "old", "new"]


@dataclass(frozen=True)
class Loaded:
    """What a load brought, in the fields of a LoadResult."""

    file: str
    status: str
    counts: dict[str, int]
    intake: Intake
    new: pd.DataFrame
    restated: pd.DataFrame
    load_id: int


class StoredMeanwhile(Exception):
    """Another process has stored the same bytes since the load began; nothing is to be written."""

    def __init__(self, loaded: Loaded):
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


class FileLoad:
    """A file of a trusted place. A big one is never held in memory, and recognised when it was loaded before."""

    def __init__(self, store: Store, path: Path, terms: Terms, version: int, *, replayed: bool = False):
        """`version` of the data that the terms stand on. A load that is `replayed` keeps the moment of its terms, any
        other is recorded when it is written."""
        self.store, self.path, self.terms = store, path, terms
        self._version, self._replayed = version, replayed

    def is_big(self, from_bytes: int) -> bool:
        """Whether it is a text of at least so many bytes."""
        with self._readable(), self.path.open("rb") as file:
            return self.path.stat().st_size >= from_bytes and not file.read(6).startswith(PACKED)

    def contents(self) -> bytes:
        """The whole file."""
        with self._readable():
            return self.path.read_bytes()

    def run(self) -> Loaded | Extract | None:
        """The load; None where the ordinary reader must take the file; a refusal where that would not read it."""
        with self._readable():
            scanned = scan(self.path)
        with self.store.staging() as connection:
            for _ in range(ATTEMPTS):
                try:
                    return self._run(connection, scanned)
                except Moved as other:
                    self.terms, self._version = replace(self.terms, known=other.known), other.version
        raise StoreBusy(
            f"the KPIs were being changed all the while that {self.path.name} was read. Nothing was stored; try again."
        )

    def _run(self, staging: Connection, scanned: Scan) -> Loaded | Extract | None:
        terms = self.terms
        with self.store.read() as connection:
            if ledger.has_loads_of(connection, terms.source, terms.mapping_text):
                known = _known_already(connection, scanned, terms)
                if known is not None:
                    return known
            before = Before(
                self._version, ledger.last_marks(connection), as_known.last_values(connection, terms.moment)
            )
        load = None
        try:
            load = BulkLoad(self.store, self.path, scanned, terms, before, replayed=self._replayed)
            return load.run(staging)
        except StoredMeanwhile as other:
            return other.loaded
        except DoesNotFit as reason:
            if scanned.bytes <= LIMITS.file_bytes:
                return None
            return self._refusal(scanned, reason, load)

    def _refusal(self, scanned: Scan, reason: DoesNotFit, load: "BulkLoad | None") -> Extract:
        """Why a file too big for the ordinary reader is not loaded: its faulty rows, else that it is too big."""
        terms = self.terms
        if isinstance(reason, Conflicts) and load is not None:
            errors = conflicts_said(reason.rows, load.decided.form)
            reading = Reading(status="rejected", errors=errors, layout=load.decided.reading.layout)
        else:
            catalog = catalog_of(terms.known, others_too=terms.create_kpis, ranges=True)
            reading = find_faults(self.path, terms.mapping or Mapping(), catalog, terms.as_of)
        return bare_extract(scanned, terms, reading) if reading.errors else refused_as_too_large(scanned, terms)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Refused(f"cannot read {self.path}: {error.strerror}.") from error


class BulkLoad:
    """One big file: decided on a sample, staged, proved, checked and compared while others read and write; then
    written in one short transaction, which first looks whether the store is still as it was."""

    def __init__(self, store: Store, path: Path, scanned: Scan, terms: Terms, before: Before, *, replayed: bool):
        self.store, self.path, self.scan, self.terms, self.before = store, path, scanned, terms, before
        self.latest, self._replayed = before.latest, replayed
        self.catalog = catalog_of(terms.known, others_too=terms.create_kpis)
        self.sample = sample(path)
        self.unknown: list[tuple[str, ...]] = []  # rows with names that the sample missed
        self.decided = self._decide()
        self.missing = 0
        self.days: dict[str, np.ndarray] = {}
        self.grains: dict[str, str] = {}
        self.repeats = bulk.Repeats(0, pd.DataFrame())

    def run(self, connection: Connection) -> Loaded:
        """Raises DoesNotFit or Moved, with nothing stored, where it must be read another way or again."""
        walked = self._staged_in_order(connection)
        rows = self._rows(connection, walked)
        created = self._created(rows)
        checked = self._check(connection, rows, created)
        ready = self._ready(connection, rows.total, walked.digest)
        with self.store.write(staged=connection):
            known = _known_already(connection, self.scan, self.terms)
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
            connection, self.before.mark, names_of(self.decided.form).kpis, self.terms.source
        )
        redefined = known != self.terms.known
        if redefined:
            read = self.decided
            self.terms = replace(self.terms, known=known)
            self.catalog = catalog_of(known, others_too=self.terms.create_kpis)
            try:
                now = self._decide()
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

    # -- decided and proved ------------------------------------------------------------------------------------------

    def _decide(self) -> forms.Decided:
        mapping = self.terms.mapping or Mapping()
        found = forms.decide_form(self.sample, self.scan, mapping, self.catalog, self.terms.as_of, self.unknown)
        if found is None:
            raise DoesNotFit("the sample leaves something open")
        return found

    def _staged_in_order(self, connection: Connection) -> bulk.Walk:
        """The rows in the stage, in order, one for each key."""
        self._stage(connection, in_order=not self.decided.ordered)
        walked = self._walk(connection)
        if not walked.ordered and not walked.repeated:
            bulk.put_in_order(connection)
            walked = self._walk(connection)
        if walked.repeated:
            self._stage(connection, in_order=False)
            self.repeats = bulk.drop_repeats(connection, self.decided.form, MOST_PROBLEMS)
            bulk.put_in_order(connection)
            walked = self._walk(connection)
        return walked

    def _walk(self, connection: Connection) -> bulk.Walk:
        return bulk.walk(connection, names_of(self.decided.form), POLICY.jump_factor, MOST_PROBLEMS)

    def _stage(self, connection: Connection, *, in_order: bool) -> None:
        """Read the file and prove that every cell fits what the sample decided."""
        staged = bulk.stage(connection, self.path, self.decided.form, in_order=in_order)
        if staged.unknown:
            self.unknown = staged.unknown
            self.decided = self._decide()
            staged = bulk.stage(connection, self.path, self.decided.form, in_order=in_order)
        form, day = self.decided.form, self.terms.as_of
        if staged.unknown or not staged.rows or staged.first is None or staged.last is None:
            raise DoesNotFit("a name is not known to the form")
        if staged.first < EARLIEST or staged.last > day or staged.last.year >= 2100:
            raise DoesNotFit("a period is implausible")
        if form.quoted and not self._all_bytes_read(staged):
            raise DoesNotFit("quotes stand in cells")
        if len(staged.odd) > MOST_ODD or not all(map(is_missing, staged.odd)):
            raise DoesNotFit("a value is no number of the form")
        if form.long_numbers:
            bulk.settle_exact(connection, exact_text)
        self._begin_periods(connection)
        self.missing = bulk.drop_missing(connection) if staged.odd else 0
        if self.missing == staged.rows:
            raise DoesNotFit("no cell holds a value")
        if self.missing or not self.days:
            self.days = self._days(connection)

    def _all_bytes_read(self, staged: bulk.Staged) -> bool:
        """Whether each line is one record, and nothing but quotes around whole cells was dropped in reading it."""
        form, scanned = self.decided.form, self.scan
        with self.path.open("rb") as file:
            head = b"".join(file.readline() for _ in range(form.skip))
        ends = (staged.rows - (not scanned.ended)) * len(form.newline)
        quotes = scanned.quotes - head.count(b'"')
        read = len(head) + staged.size + (form.width - 1) * staged.rows + ends + quotes
        return staged.rows == scanned.lines - form.skip and read == scanned.bytes

    def _begin_periods(self, connection: Connection) -> None:
        """Each KPI's cadence, from all its days; days of coarser KPIs become the first day of their period."""
        names = names_of(self.decided.form).kpis
        days = self._days(connection)
        try:
            self.grains = forms.grains_of(self.decided, days)
            moved = {
                names.index(name): self.grains[name]
                for name, own in days.items()
                if self.grains[name] not in ("day", "week") and (forms.first_days(own, self.grains[name]) != own).any()
            }
        except ValueError as error:
            raise DoesNotFit(str(error)) from error
        bulk.begin_periods(connection, moved)
        self.days = {} if moved else days

    def _days(self, connection: Connection) -> dict[str, np.ndarray]:
        names = names_of(self.decided.form).kpis
        return {names[code]: days for code, days in bulk.days_by_kpi(connection).items()}

    # -- checked -----------------------------------------------------------------------------------------------------

    def _rows(self, connection: Connection, walked: bulk.Walk) -> Rows:
        names = names_of(self.decided.form)
        kpis = names.kpis
        values = bulk.values_by_kpi(connection)
        if not values["finite"].all():
            raise DoesNotFit("a value is not finite")
        ranges = {kpis[row.k]: (row.low, row.high) for row in values.itertuples()}
        for name in forms.percent_names(self.decided):
            if name in ranges and max(map(abs, ranges[name])) <= 1:
                raise DoesNotFit(f"{name} may be in fractions")
        jumps = walked.jumps
        if len(jumps):
            jumps = pd.DataFrame(
                {
                    "kpi": [kpis[code] for code in jumps["k"]],
                    "segment": [names.segments[code] for code in jumps["s"]],
                    "start": jumps["d"].to_numpy().astype("datetime64[D]").astype("datetime64[ns]"),
                    "value": jumps["v"].to_numpy(),
                    "previous": jumps["previous"].to_numpy(),
                }
            )
        jumped, column = pd.Series(walked.counts, kpis), self.decided.form.value_name
        return Rows(self.days, self.grains, ranges, jumps, jumped, column, bulk.rows_of(connection))

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

        first = None if needs_all_rows(self.terms.expected, self.latest, set(rows.days)) else checked(False)
        found = checked(True) if first is None or broke_on_rows(first) else first
        if found.problems:
            raise DoesNotFit(found.problems[0].message)
        return found

    # -- stored ------------------------------------------------------------------------------------------------------

    def _store(self, connection: Connection, rows: Rows, created: list[Kpi], checked: Checked, ready: Ready) -> Loaded:
        terms, form, moment = self.terms, self.decided.form, self._moment()
        counts = ready.counts | {"repeated": self.repeats.count, "rejected": 0}
        if created:
            versions = definitions.versions_of(OkrFile(kpis=created))
            definitions.append(connection, versions, moment, terms.who)
        layout = self.decided.reading.layout
        load = ledger.LoadRecord(
            moment, terms.who, terms.name, self.scan.sha256, terms.source, layout, terms.mapping_text
        )
        load_id = ledger.record(connection, load, "stored", counts, [], ready.write)
        ledger.record_checks(connection, load_id, [vars(check) for check in checked.results])
        more = unnamed(rows)
        warnings = [*repeats_said(self.repeats.shown, form), *checked.warnings, *([more] if more else [])]
        extract = replace(
            bare_extract(self.scan, terms, replace(self.decided.reading, warnings=warnings)),
            repeated=self.repeats.count,
            missing=self.missing,
        )
        return _result(
            terms, "stored", counts, extract, warnings, checked.results, created, ready.new, ready.restated, load_id
        )

    def _ready(self, connection: Connection, total: int, digest: bulk.StageDigest) -> Ready:
        """What is to be written: all of it where nothing of it is known, else what differs from a copy of the store."""
        form = self.decided.form
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
        bulk.offer(connection, self.decided.form)
        found = ledger.compare(connection, self.terms.source, self._moment())
        return Ready(found.counts, found.new, found.restated, None)


def _result(
    terms: Terms, status: str, counts: dict[str, int], extract: Extract, warnings: list[Problem], results: list,
    created: list[Kpi], new: pd.DataFrame, restated: pd.DataFrame, load_id: int,
) -> Loaded:  # fmt: skip
    none = pd.DataFrame({name: [] for name in ROW_COLUMNS})
    intake = Intake(
        extract, terms.source, terms.mapping_text, none, list(extract.errors), warnings, results, created, []
    )
    return Loaded(terms.name, status, counts, intake, new, restated, load_id)


def _known_already(connection: Connection, scanned: Scan, terms: Terms) -> Loaded | None:
    """Already loaded. The counts are those of storing the same rows again, seen from the load that brought them."""
    load_id = ledger.stored_already(connection, scanned.sha256, terms.source, terms.mapping_text)
    if load_id is None:
        return None
    earlier = ledger.loads(connection).set_index("load_id").loc[load_id]
    same = sum(int(earlier[name]) for name in ("accepted_new", "unchanged", "restated"))
    kept = {name: int(earlier[name]) for name in ("repeated", "rejected", "absent")}
    counts = {"accepted_new": 0, "unchanged": same, "restated": 0, **kept}
    extract = bare_extract(scanned, terms, Reading(layout=str(earlier["layout"])))
    new, restated = pd.DataFrame(columns=["kpi", "segment", "period", "value"]), pd.DataFrame(columns=RESTATED)
    return _result(terms, "already_loaded", counts, extract, [], [], [], new, restated, load_id)
