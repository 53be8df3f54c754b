"""A file on disk into the store: a small one by the ordinary reader, a big one by the database, to the same result."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from data import as_known, ledger
from data.bulk import Conflicts, DoesNotFit
from data.bulk_load import Before, BulkLoad, Moved, StoredMeanwhile
from data.gate import StoreBusy
from data.load_result import LoadResult, known_already
from data.store import Connection, Store
from kpi_sources.bulk_faults import find_faults
from kpi_sources.bulk_said import bare_extract, conflicts_said, refused_as_too_large
from kpi_sources.bulk_scan import Scan, scan
from kpi_sources.extract import Extract
from kpi_sources.intake import catalog_of
from kpi_sources.limits import LIMITS
from kpi_sources.mapping import Mapping
from kpi_sources.reading import Reading
from kpi_sources.terms import Terms
from models.language import tr
from models.refused import Refused

PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"{", b"[")  # how what is no plain text begins
ATTEMPTS = 3  # at a file, where the KPIs that it names are changed while it is read


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

    def run(self) -> LoadResult | Extract | None:
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
            tr(
                "the KPIs were being changed all the while that {name} was read. Nothing was stored; try again.",
                name=self.path.name,
            )
        )

    def _run(self, staging: Connection, scanned: Scan) -> LoadResult | Extract | None:
        terms = self.terms
        with self.store.read() as connection:
            if ledger.has_loads_of(connection, terms.source, terms.mapping_text):
                known = known_already(connection, scanned, terms)
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

    def _refusal(self, scanned: Scan, reason: DoesNotFit, load: BulkLoad | None) -> Extract:
        """Why a file too big for the ordinary reader is not loaded: its faulty rows, else that it is too big."""
        terms = self.terms
        if isinstance(reason, Conflicts) and load is not None:
            errors = conflicts_said(reason.rows, load.file.decided.form)
            reading = Reading(status="rejected", errors=errors, layout=load.file.decided.reading.layout)
        else:
            catalog = catalog_of(terms.known, others_too=terms.create_kpis, ranges=True)
            reading = find_faults(self.path, terms.mapping or Mapping(), catalog, terms.as_of)
        return bare_extract(scanned, terms, reading) if reading.errors else refused_as_too_large(scanned, terms)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Refused(tr("cannot read {file}: {why}.", file=self.path, why=error.strerror)) from error
