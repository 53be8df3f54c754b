"""What the KPIs of an OKR file are fed by: names that exist, and nothing that feeds itself."""

from collections.abc import Iterator
from typing import Any

from kpi_sources.okr_rules import Known, Names
from kpi_sources.okr_shape import Path, Shaped
from models.kpi import feeding_loop, loop_words


def check_feeds(shaped: Shaped, known: Known) -> list[str]:
    """A KPI that is named must exist: an error with a catalog, else a warning, which is returned. Loops are refused.

    A name that differs from the known one only in case is replaced by the known one.
    """
    warnings = []
    outside = known.catalog if known.catalog is not None else known.kpis
    rows = shaped.data.get("kpis", [])
    if outside is not None:
        names = Names("KPI", [*outside, *(row["id"] for row in rows if "id" in row)], known.names)
        for path, holder, key in _named(rows):
            holder[key], message = names.settled(str(holder[key]))
            line = shaped.line(path) or 0
            if message and known.catalog is not None:
                shaped.refuse(path, line, "okr_kpi", holder[key], message)
            elif message:
                warnings.append(f"Line {line}: {message} Until it has values, nothing can be said of it.")
    loop = feeding_loop(_feeds(rows))
    if loop:
        place = next(at for at, row in enumerate(rows) if row.get("id") == loop[0])
        path = ("kpis", place, "made_of" if loop[1] in _parts(rows[place]) else "influenced_by")
        shaped.refuse(path, shaped.line(path) or 0, "okr_cycle", loop[0], loop_words(loop))
    return warnings


def _named(rows: list[dict[str, Any]]) -> Iterator[tuple[Path, Any, Any]]:
    """Every place in which a KPI names another: its path, and the list or block with its key there."""
    for at, row in enumerate(rows):
        made = row.get("made_of")
        for side in ("of", "less"):
            parts = made.get(side, []) if isinstance(made, dict) else []
            for place, part in enumerate(parts):
                if isinstance(part, str):
                    yield ("kpis", at, "made_of", side, place), parts, place
        for place, influence in enumerate(row.get("influenced_by", [])):
            if isinstance(influence, dict) and "kpi" in influence:
                yield ("kpis", at, "influenced_by", place, "kpi"), influence, "kpi"


def _parts(row: dict[str, Any]) -> list[str]:
    made = row.get("made_of")
    if isinstance(made, dict):
        return [part for side in ("of", "less") for part in made.get(side, []) if isinstance(part, str)]
    return [row[side] for side in ("numerator", "denominator") if side in row]


def _feeds(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    believed = {row["id"]: row.get("influenced_by", []) for row in rows if "id" in row}
    return {
        row["id"]: _parts(row) + [str(i["kpi"]) for i in believed[row["id"]] if isinstance(i, dict) and "kpi" in i]
        for row in rows
        if "id" in row
    }
