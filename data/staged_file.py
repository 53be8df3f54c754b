"""A big file in the stage: read by the database as a sample decided, each cell proved to fit, one row for each key.

Whatever does not fit raises DoesNotFit, and the ordinary reader says why.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from data import bulk
from data.bulk import DoesNotFit
from data.bulk_form import names_of
from data.bulk_walk import Walk, walk
from data.store import Connection
from kpi_sources import bulk as forms
from kpi_sources.bulk_checks import Rows
from kpi_sources.bulk_scan import Scan, sample
from kpi_sources.dates import EARLIEST
from kpi_sources.intake import catalog_of
from kpi_sources.mapping import Mapping
from kpi_sources.numbers import exact_text
from kpi_sources.numerals import is_missing
from kpi_sources.reading import MOST_PROBLEMS
from kpi_sources.terms import Terms
from models.policy import POLICY

MOST_ODD = 1_000  # ways of writing that a value is missing


class StagedFile:
    """One big file, decided on a sample; then its rows in the table `stage` of a connection, proved."""

    def __init__(self, path: Path, scanned: Scan, terms: Terms):
        self.path, self.scan, self.terms = path, scanned, terms
        self.missing = 0  # rows without a value
        self.repeats = bulk.Repeats(0, pd.DataFrame())
        self.days: dict[str, np.ndarray] = {}
        self.grains: dict[str, str] = {}
        self._sample = sample(path)
        self._unknown: list[tuple[str, ...]] = []  # rows with names that the sample missed
        self.decided = self.decide(terms)

    def decide(self, terms: Terms) -> forms.Decided:
        """How the file is read on these terms, by its sample."""
        mapping, catalog = terms.mapping or Mapping(), catalog_of(terms.known, others_too=terms.create_kpis)
        found = forms.decide_form(self._sample, self.scan, mapping, catalog, terms.as_of, self._unknown)
        if found is None:
            raise DoesNotFit("the sample leaves something open")
        return found

    def put_in_order(self, connection: Connection) -> Walk:
        """Its rows into the stage, by KPI, segment and day, one for each key."""
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

    def _walk(self, connection: Connection) -> Walk:
        return walk(connection, names_of(self.decided.form), POLICY.jump_factor, MOST_PROBLEMS)

    def _stage(self, connection: Connection, *, in_order: bool) -> None:
        """Read the file and prove that every cell fits what the sample decided."""
        staged = bulk.stage(connection, self.path, self.decided.form, in_order=in_order)
        if staged.unknown:
            self._unknown = staged.unknown
            self.decided = self.decide(self.terms)
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

    def rows(self, connection: Connection, walked: Walk) -> Rows:
        """What the checks are to know of the rows."""
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
