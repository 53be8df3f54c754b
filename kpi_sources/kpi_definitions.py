"""KPI definitions from a CSV: one row a KPI, columns named as in okrs.yaml or as catalogues usually name them."""

import csv
import io
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kpi_sources.catalog import CatalogError
from models.kpi import Kpi

ALIASES = {"kpi_id": "id", "kpi": "id", "grain": "cadence", "agg": "aggregation", "min": "low", "max": "high"}
TEXTS = (
    "id",
    "name",
    "description",
    "unit",
    "direction",
    "cadence",
    "aggregation",
    "numerator",
    "denominator",
    "owner",
)
PLAIN = {*TEXTS, "source", "min_change"}
WORDS = {"any": "month", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter"}


def read_kpi_definitions(path: Path) -> list[Kpi]:
    """The KPIs of a catalogue file; an empty cell leaves the default. Raises CatalogError with the line and column."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path.name} cannot be read as UTF-8 text: {error}") from error
    reader = csv.DictReader(io.StringIO(text))
    names = [ALIASES.get(name.strip().lower(), name.strip().lower()) for name in reader.fieldnames or []]
    if "id" not in names:
        raise CatalogError(f"{path.name}: line 1: no column id (or kpi_id); found {', '.join(names) or 'nothing'}.")
    kpis: dict[str, Kpi] = {}
    for row in reader:
        line = reader.line_num
        cells = dict(zip(names, (str(cell or "").strip() for cell in row.values()), strict=False))
        kpi = _kpi(cells, f"{path.name}: line {line}")
        if kpi.id in kpis:
            raise CatalogError(f"{path.name}: line {line}: KPI {kpi.id!r} is defined twice; ids are unique.")
        kpis[kpi.id] = kpi
    return list(kpis.values())


def _kpi(cells: dict[str, str], place: str) -> Kpi:
    body: dict[str, Any] = {name: cell for name, cell in cells.items() if name in PLAIN and cell}
    if "cadence" in body:
        body["cadence"] = WORDS.get(body["cadence"].lower(), body["cadence"].lower())
    low, high = (_number(cells.get(name, ""), f"{place}, column {name}") for name in ("low", "high"))
    if low is not None or high is not None:
        body["range"] = {"low": low, "high": high}
    change = body.get("min_change")
    if change and not change.endswith("%"):
        body["min_change"] = _number(change, f"{place}, column min_change")
    try:
        return Kpi.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(str(part) for part in first["loc"]) or "the row"
        raise CatalogError(f"{place}, column {column}: {first['msg']}; found {first.get('input')!r}.") from error


def _number(text: str, place: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError as error:
        raise CatalogError(f"{place}: a number with a decimal point is needed, found {text!r}.") from error
