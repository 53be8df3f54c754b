"""What a load brought: the answer to every load, also where the same file was loaded before."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from data import ledger
from data.store import Connection
from kpi_sources.bulk_said import bare_extract
from kpi_sources.bulk_scan import Scan
from kpi_sources.extract import Extract
from kpi_sources.findings import Problem
from kpi_sources.intake import ROW_COLUMNS, Intake
from kpi_sources.reading import Reading
from kpi_sources.terms import Terms
from models.kpi import Kpi

RESTATED = ["kpi", "segment", "period", "old", "new"]


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


def bulk_result(
    terms: Terms, status: str, counts: dict[str, int], extract: Extract, warnings: list[Problem], results: list,
    created: list[Kpi], new: pd.DataFrame, restated: pd.DataFrame, load_id: int,
) -> LoadResult:  # fmt: skip
    """That of a big file, whose rows are nowhere held in memory."""
    none = pd.DataFrame({name: [] for name in ROW_COLUMNS})
    intake = Intake(
        extract, terms.source, terms.mapping_text, none, list(extract.errors), warnings, results, created, []
    )
    return LoadResult(terms.name, status, counts, intake, new, restated, load_id)


def known_already(connection: Connection, scanned: Scan, terms: Terms) -> LoadResult | None:
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
    return bulk_result(terms, "already_loaded", counts, extract, [], [], [], new, restated, load_id)
