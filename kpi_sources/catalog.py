"""The KPIs and segments that an extract may name, as far as reading needs them."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kpi_sources.names import clean_name, name_key

GRAINS = ("day", "week", "month", "quarter", "year")
_ID = ("kpi_id", "id", "kpi")
_LOW = ("min", "range_low", "minimum")
_HIGH = ("max", "range_high", "maximum")
_GRAIN = ("grain", "cadence")


class CatalogError(ValueError):
    """A catalogue file that cannot be used; the text says where and why."""


@dataclass(frozen=True)
class KpiSpec:
    """One KPI. `grain` None: any; `any_segment`: the segment need not be listed; min and max are inclusive."""

    id: str
    name: str = ""
    unit: str = ""
    min: float | None = None
    max: float | None = None
    grain: str | None = None
    any_segment: bool = False


@dataclass(frozen=True)
class Catalog:
    """Known KPIs by name key (id and name both lead to the KPI), and known segments by name key.

    `segments` None: every segment passes. `open`: a KPI that is not listed passes too (its definition comes later).
    `calendar_quarters`: labels such as 2024Q1 are known to mean calendar quarters.
    """

    kpis: dict[str, KpiSpec] = field(default_factory=dict)
    segments: dict[str, str] | None = None
    open: bool = False
    calendar_quarters: bool = False

    @classmethod
    def build(
        cls,
        specs: Iterable[KpiSpec],
        segments: Iterable[str] | None = None,
        *,
        open: bool = False,
        calendar_quarters: bool = False,
    ) -> "Catalog":
        """A catalogue from KPI specs and segment names; ids win over names when both meet."""
        listed = list(specs)
        kpis = {name_key(s.id): s for s in listed}
        for spec in listed:
            if spec.name:
                kpis.setdefault(name_key(spec.name), spec)
        known = None if segments is None else {name_key(s): clean_name(s) for s in segments}
        return cls(kpis, known, open, calendar_quarters)

    @classmethod
    def from_csv(cls, catalog: Path | None, segments: Path | None = None) -> "Catalog":
        """Of a CSV with kpi_id (or id), name, unit, min, max, grain, segments; and one with a column `segment`."""
        names = None
        if segments is not None:
            rows = _rows(segments)
            if rows and "segment" not in rows[0]:
                raise CatalogError(f"{segments.name}: no column 'segment', found {', '.join(rows[0])}")
            names = [r["segment"] for r in rows]
        if catalog is None:
            return cls.build([], names, open=True)
        specs = [_spec(row, catalog.name, line) for line, row in enumerate(_rows(catalog), start=2)]
        return cls.build(specs, names, calendar_quarters=True)

    def find(self, text: str) -> KpiSpec | None:
        """The KPI that a written name means, by id or name; None if unknown."""
        return self.kpis.get(name_key(text))

    def with_names(self, names: dict[str, str] | None) -> "Catalog":
        """The same with other names of its KPIs (written name → known one); where it is open, of any KPI."""
        meant = {
            written: self.find(known) or (KpiSpec(known) if self.open else None)
            for written, known in (names or {}).items()
        }
        more = {name_key(written): spec for written, spec in meant.items() if spec is not None}
        return replace(self, kpis=self.kpis | more) if more else self

    def words(self) -> set[str]:
        """Name keys of all KPIs and segments, to recognise an encoding or a header by."""
        return set(self.kpis) | set(self.segments or ())


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path.name}: cannot be read as UTF-8 text ({error})") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    return [{(k or "").strip().casefold(): (v or "") for k, v in row.items() if k} for row in reader]


def _first(row: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((str(row[k]).strip() for k in keys if row.get(k)), "")


def _spec(row: dict[str, str], file: str, line: int) -> KpiSpec:
    name = _first(row, _ID)
    if not name:
        raise CatalogError(f"{file} line {line}: no kpi_id")
    bounds: list[float | None] = []
    for keys in (_LOW, _HIGH):
        text = _first(row, keys)
        try:
            bounds.append(float(text) if text else None)
        except ValueError as error:
            raise CatalogError(f"{file} line {line}: {keys[0]} is no number, found {text!r}") from error
    grain = _first(row, _GRAIN) or None
    if grain is not None and grain not in (*GRAINS, "any"):
        raise CatalogError(f"{file} line {line}: grain is one of {', '.join(GRAINS)}, any; found {grain!r}")
    return KpiSpec(
        id=name,
        name=_first(row, ("name",)),
        unit=_first(row, ("unit",)),
        min=bounds[0],
        max=bounds[1],
        grain=None if grain == "any" else grain,
        any_segment=_first(row, ("segments",)) == "*",
    )
