"""Observations to tidy rows: names known, periods decided, numbers plain, and nothing said twice."""

from datetime import date
from decimal import Decimal
from math import isinf

from kpi_sources.cadence import first_day, fits_grain, seen_grain, usual_grain
from kpi_sources.catalog import KpiSpec
from kpi_sources.dates import Calendar, Setting, decide
from kpi_sources.findings import Decision, Findings, Question
from kpi_sources.grid import Typed
from kpi_sources.names import clean_name, name_key, skeleton, unknown_hint
from kpi_sources.numbers import exact_text
from kpi_sources.numerals import DIGITS, is_missing
from kpi_sources.observations import Observations, problem_at
from kpi_sources.periods import Period
from kpi_sources.plan import Plan
from kpi_sources.probes import Known
from kpi_sources.repeats import drop_repeats
from kpi_sources.tidy_columns import Tidy
from kpi_sources.values import Values, check_units, read_values, typed_value
from kpi_sources.words import GRAIN_WORDS, heading


class Tidier:
    """Works on one plan; every step marks the observations that are wrong in `bad` and says why in `findings`."""

    def __init__(self, plan: Plan, out: Observations, known: Known, findings: Findings, as_of: date):
        self.plan, self.out, self.known, self.findings, self.as_of = plan, out, known, findings, as_of
        self.bad: set[int] = set()
        empty = {t for t in set(out.value) if t[-1:] not in DIGITS and is_missing(t)}
        self.missing = [t in empty and not isinstance(t, Typed) for t in out.value]
        self.kpis: dict[str, str] = {}
        self.segments: dict[str, str] = {}
        self.specs: dict[str, KpiSpec | None] = {}

    def problem(self, k: int, found: str, code: str, message: str) -> None:
        """Mark observation `k` as wrong."""
        self.bad.add(k)
        self.findings.errors.append(problem_at(self.plan, self.out.row[k], self.out.column[k], found, code, message))

    def run(self) -> Tidy:
        """The good rows; empty when a question must be answered first."""
        out = self.out
        self._names()
        calendar = self._calendar()
        values = read_values(out, self.known, self.plan, self.findings)
        if calendar.question is not None or values is None:
            return Tidy()
        specs = [self.specs[self.kpis[t]] for t in out.kpi]
        self.bad |= check_units(out, values, specs, self.known, self.plan, self.findings)
        self._periods(calendar)
        grains = self._grains(calendar, specs)
        return self._rows(calendar, values, specs, grains)

    def _names(self) -> None:
        """Each written name to the one it is stored under: the catalogue's, or the first way of writing in the file."""
        first: dict[str, str] = {}
        catalog = self.known.catalog
        for text in dict.fromkeys(self.out.kpi):
            spec = catalog.find(text) if text.strip() else None
            name = spec.id if spec else clean_name(first.setdefault(name_key(text), text))
            self.kpis[text], self.specs[name] = name, spec
        for text in dict.fromkeys(self.out.segment):
            if not text.strip():
                self.segments[text] = "" if self.plan.segment.known else "all"
            else:
                listed = (catalog.segments or {}).get(name_key(text))
                self.segments[text] = listed or clean_name(first.setdefault("\x00" + name_key(text), text))
        if self.plan.segment.known and catalog.segments is None and not any(t.strip() for t in self.segments):
            self.segments = dict.fromkeys(self.segments, "all")
        self._unknown_names()

    def _unknown_names(self) -> None:
        catalog = self.known.catalog
        wrong_kpi: dict[str, str] = {}
        for text, name in self.kpis.items():
            if not text.strip():
                wrong_kpi[text] = "missing KPI name: the cell is empty"
            elif self.specs[name] is None and catalog.kpis and not catalog.open:
                hint = unknown_hint(text, (s.id for s in catalog.kpis.values()))
                wrong_kpi[text] = f"unknown KPI {clean_name(text)!r}: not in the catalogue{hint}"
        wrong_kpi |= self._look_alikes() if catalog.open else {}
        wrong_segment: dict[str, str] = {}
        for text, name in self.segments.items():
            if name == "":
                wrong_segment[text] = "missing segment: the cell is empty"
            elif catalog.segments is not None and text.strip() and name_key(text) not in catalog.segments:
                wrong_segment[text] = (
                    f"unknown segment {clean_name(text)!r}: not in the list of segments"
                    + unknown_hint(text, catalog.segments.values())
                )
        if not wrong_kpi and not wrong_segment:
            return
        told: set[tuple[int, str]] = set()
        for k, (kpi, segment) in enumerate(zip(self.out.kpi, self.out.segment, strict=True)):
            spec = self.specs[self.kpis[kpi]]
            any_segment = spec is not None and spec.any_segment and segment.strip() != ""
            for text, wrong, code in ((kpi, wrong_kpi, "unknown_kpi"), (segment, wrong_segment, "unknown_segment")):
                if text not in wrong or (wrong is wrong_segment and any_segment):
                    continue
                if self.missing[k] and not text.strip():
                    continue
                self.bad.add(k)
                code = code if text.strip() else "missing_value"  # noqa: PLW2901 - an empty name is a missing one
                place = (self.plan.grid.line(self.out.row[k], self.out.column[k]), text)
                if place not in told:
                    told.add(place)
                    self.problem(k, text, code, wrong[text])

    def _look_alikes(self) -> dict[str, str]:
        """Without a catalogue: names in one file that differ only by foreign look-alikes or invisible characters."""
        shapes: dict[str, dict[str, str]] = {}
        for text in self.kpis:
            shapes.setdefault(skeleton(text), {}).setdefault(name_key(text), text)
        wrong = {}
        for meant, names in shapes.items():
            if len(names) > 1:
                for key, text in names.items():
                    if key != meant:
                        others = [n for n in names.values() if n != text]
                        wrong[text] = (
                            f"unknown KPI {clean_name(text)!r}: it differs from another{unknown_hint(text, others)}"
                        )
        return wrong

    def _calendar(self) -> Calendar:
        out, plan = self.out, self.plan
        labels = [t for t in dict.fromkeys(out.period) if t.strip() and not is_missing(t)]
        setting = Setting(
            self.as_of,
            self.known.mapping.date_order,
            self.known.mapping.fiscal_year_start,
            self.known.catalog.calendar_quarters,
            plan.grid.date1904,
            self._clashes if self._header_grain() or any(s and s.grain for s in self.specs.values()) else None,
        )
        calendar = decide(labels, setting)
        if calendar.question is not None:
            line = self._line_of_label(calendar.asked_labels[0])
            asked = calendar.question
            self.findings.questions.append(
                Question(asked.code, f"line {line}: {asked.message}", asked.options, asked.mapping_key, line)
            )
        elif calendar.value:
            self.findings.layout.append(f"dates: {calendar.value}")
            self.findings.decisions.append(
                Decision("dates", calendar.value, calendar.because, "date_order", ("dmy", "mdy", "ymd"))
            )
        return calendar

    def _line_of_label(self, label: str) -> int:
        if self.plan.period.labels:
            return self.plan.grid.line(self.plan.header[0])
        k = self.out.period.index(label)
        return self.plan.grid.line(self.out.row[k], self.out.column[k])

    def _header_grain(self) -> str:
        """The cadence that the period column's header says (`month`), or nothing."""
        columns = self.plan.period.columns
        return GRAIN_WORDS.get(heading(self.plan.names[columns[0]]).word, "") if len(columns) == 1 else ""

    def _clashes(self, periods: dict[str, Period]) -> int:
        """How many observations meet in one period of their KPI under a reading of the labels."""
        seen: set[tuple[str, str, date]] = set()
        clashes, said = 0, self._header_grain()
        for k, label in enumerate(self.out.period):
            period, spec = periods.get(label), self.specs[self.kpis[self.out.kpi[k]]]
            grain = spec.grain if spec and spec.grain else said
            if period is None or self.missing[k] or grain in ("", "day", "week"):
                continue
            key = (self.kpis[self.out.kpi[k]], self.segments[self.out.segment[k]], first_day(period.start, grain))
            clashes += key in seen
            seen.add(key)
        return clashes

    def _periods(self, calendar: Calendar) -> None:
        """Say what is wrong with periods: once for a header label, for each row otherwise."""
        told: set[str] = set()
        for k, text in enumerate(self.out.period):
            if text in calendar.periods:
                continue
            if not text.strip() or is_missing(text):
                if not self.missing[k]:
                    self.problem(k, text, "period_missing", "the period is missing: a value without a date or period")
                continue
            code, message = calendar.problems[text]
            if self.plan.period.labels:
                if code == "date_future" and self.missing[k]:
                    continue
                self.bad.add(k)
                if text not in told:
                    told.add(text)
                    header = self.plan.header[-1]
                    self.findings.errors.append(problem_at(self.plan, header, self.out.column[k], text, code, message))
            elif not (self.missing[k] and code == "date_future"):
                self.problem(k, text, code, message)

    def _grains(self, calendar: Calendar, specs: list[KpiSpec | None]) -> dict[str, str]:
        """The cadence of each KPI; labels of another grain are wrong."""
        by_kpi: dict[str, dict[str, Period]] = {}
        for kpi, label in zip(self.out.kpi, self.out.period, strict=True):
            period = calendar.periods.get(label)
            if period is not None:
                by_kpi.setdefault(self.kpis[kpi], {})[label] = period
        grains: dict[str, str] = {}
        wrong: dict[str, dict[str, str]] = {}
        for kpi, periods in by_kpi.items():
            spec = self.specs[kpi]
            own = spec.grain if spec and spec.grain else None
            grain = own or usual_grain(periods.values())
            for label, period in periods.items():
                if not (fits_grain(period, grain) if own else period.grain == grain):
                    wrong.setdefault(kpi, {})[label] = (
                        f"mixed grain: {label.strip()!r} is a {period.grain}, the KPI {kpi!r} is kept by {grain}"
                    )
            if own is None and grain == "day":
                grain = seen_grain({p.start for p in periods.values() if p.grain == "day"})
            grains[kpi] = grain
        if wrong:
            for k, (kpi, label) in enumerate(zip(self.out.kpi, self.out.period, strict=True)):
                message = wrong.get(self.kpis[kpi], {}).get(label)
                if message and not self.missing[k]:
                    self.problem(k, label, "grain", message)
        return grains

    def _rows(self, calendar: Calendar, values: Values, specs: list[KpiSpec | None], grains: dict[str, str]) -> Tidy:
        out, plan, bad = self.out, self.plan, self.bad
        starts = {(g, t): first_day(p.start, g) for t, p in calendar.periods.items() for g in set(grains.values())}
        texts, floats = self._numbers(values)
        if any(s is not None and (s.min is not None or s.max is not None) for s in set(specs)):
            for k, (number, spec) in enumerate(zip(floats, specs, strict=True)):
                if spec is not None and number is not None:
                    self._check_range(k, number, spec)
        kept = [k for k, number in enumerate(floats) if number is not None and k not in bad]
        labels = [out.period[k] for k in kept]
        tidy = Tidy(missing=sum(self.missing))
        tidy.kpi = [self.kpis[out.kpi[k]] for k in kept]
        tidy.period = [calendar.periods[t].text for t in labels]
        tidy.cadence = [grains[kpi] for kpi in tidy.kpi]
        tidy.start = [starts[key] for key in zip(tidy.cadence, labels, strict=True)]
        tidy.value = [number for k in kept if (number := floats[k]) is not None]
        tidy.text = [texts[k] for k in kept]
        tidy.exact = [exact_text(t) for t in tidy.text]
        tidy.segment = [self.segments[out.segment[k]] for k in kept]
        tidy.line = [plan.grid.line(out.row[k], out.column[k]) for k in kept]
        names = [plan.names[j] if j < len(plan.names) else "" for j in range(max(plan.value_columns) + 1)]
        tidy.column = [names[out.column[k]] for k in kept]
        drop_repeats(tidy, kept, out, plan, self.findings)
        return tidy

    def _numbers(self, values: Values) -> tuple[list[str], list[float | None]]:
        """(plain decimal text, number) of each observation; number None where there is none, with its problem told."""
        cells = self.out.value
        simple = values.all_plain and not any(self.missing) and not self.known.mapping.scale
        if simple and cells and set(map(type, cells)) == {str} and max(map(len, cells)) < 300:
            return cells, [float(t) for t in cells]
        texts: list[str] = []
        floats: list[float | None] = []
        for k, text in enumerate(cells):
            plain = "" if self.missing[k] else self._plain(k, text, values)
            texts.append(plain)
            floats.append(float(plain) if plain else None)
        return texts, floats

    def _plain(self, k: int, text: str, values: Values) -> str:
        """One cell's plain decimal text, scaled as the mapping says; empty if it is no number, which is told."""
        plain = typed_value(text) if isinstance(text, Typed) else values.plain_of(text) or values.wrong[text]
        if not isinstance(plain, str):
            shown = repr(str(text).strip()[:60])
            message = plain.reason if plain.code == "formula_uncached" else f"{shown} is {plain.reason}"
            self.problem(k, str(text), plain.code, message)
            return ""
        if self.known.mapping.scale:
            plain = format(Decimal(plain) * self.known.mapping.scale, "f")
        if isinf(float(plain)):
            self.problem(k, str(text), "nonfinite", f"{str(text).strip()[:60]!r} is not a finite number")
            return ""
        return plain

    def _check_range(self, k: int, number: float, spec: KpiSpec) -> None:
        low, high = spec.min, spec.max
        if (low is None or number >= low) and (high is None or number <= high):
            return
        bounds = f"{'' if low is None else f'{low:g}'} to {'' if high is None else f'{high:g}'}".strip()
        side = "below the minimum" if low is not None and number < low else "above the maximum"
        found = self.out.value[k]
        self.problem(k, found, "range", f"{found.strip()!r} is out of range: {side} of {spec.id} ({bounds})")


__all__ = ["Tidier", "Tidy"]
