"""Value texts to plain decimal numbers: the mark of the whole column, percent and money by KPI."""

from dataclasses import dataclass, field
from decimal import Decimal

from kpi_sources.catalog import KpiSpec
from kpi_sources.findings import Decision, Findings, Question
from kpi_sources.grid import Day, Fault, Number, Percent, Typed, Uncached
from kpi_sources.numbers import Verdict, judge, plain_point, plain_text
from kpi_sources.numerals import (
    CROWNS,
    CURRENCIES,
    DIGITS,
    DOLLARS,
    FAULTS,
    NotNumber,
    Numeral,
    is_missing,
    read_numeral,
)
from kpi_sources.observations import Observations, problem_at
from kpi_sources.plan import Plan
from kpi_sources.probes import Known
from kpi_sources.words import plain_words, read_unit

_STYLE = {".": "decimal point", ",": "decimal comma"}
_ALIKE = (
    {"points", "pts", "score", "index", "point"},
    {
        "users",
        "people",
        "incidents",
        "tickets",
        "units",
        "notes",
        "count",
        "number",
        "n",
        "anzahl",
        "pcs",
        "stk",
        "st",
        "fte",
        "#",
    },
    {"d", "day", "days", "tage", "dagar", "jours"},
    {"h", "hour", "hours", "stunden", "timmar"},
)


@dataclass
class Values:
    """Plain decimal text by written text, or why it is no number; and which texts carry a percent sign or money."""

    plain: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, NotNumber] = field(default_factory=dict)
    percent: set[str] = field(default_factory=set)
    money: dict[str, str] = field(default_factory=dict)
    all_plain: bool = False

    def plain_of(self, text: str) -> str | None:
        """The plain decimal text of an untyped cell, None if it is no number."""
        return text if self.all_plain else self.plain.get(text)


def read_values(out: Observations, known: Known, plan: Plan, findings: Findings) -> Values | None:
    """All distinct value texts as numbers; None when the decimal mark must be asked."""
    texts = [t for t in dict.fromkeys(filter(_untyped, out.value)) if t[-1:] in DIGITS or not is_missing(t)]
    values = Values()
    if known.mapping.decimal is None and plain_point(texts):
        values.all_plain = True
        return values
    numerals: dict[str, Numeral] = {}
    for text in texts:
        numeral = read_numeral(text)
        if isinstance(numeral, NotNumber):
            values.wrong[text] = numeral
        else:
            numerals[text] = numeral
    verdict = judge(numerals, known.mapping.decimal)
    if verdict.ambiguous and not verdict.mixed and not known.mapping.decimal:
        line = plan.grid.line(*_place(out, verdict.ambiguous))
        findings.questions.append(_ask_mark(verdict, line))
        return None
    for text, numeral in numerals.items():
        plain = plain_text(numeral, verdict.decimal)
        if verdict.contradictory and text in verdict.minority:
            plain = NotNumber(
                "number_mixed", "written with another decimal mark than others in the column: mixed numbers"
            )
        if isinstance(plain, NotNumber):
            values.wrong[text] = plain
            continue
        values.plain[text] = plain
        if numeral.percent:
            values.percent.add(text)
        if numeral.money:
            values.money[text] = numeral.money
    _note_style(verdict, values, numerals, findings)
    return values


def _place(out: Observations, text: str) -> tuple[int, int]:
    k = out.value.index(text)
    return out.row[k], out.column[k]


def _ask_mark(verdict: Verdict, line: int) -> Question:
    shown = verdict.ambiguous.strip()
    return Question(
        "number_ambiguous",
        f"line {line}: the number {shown!r} is ambiguous: nothing in the column tells whether its mark is the "
        "decimal mark or separates thousands",
        [(",", "decimal comma"), (".", "decimal point")],
        "decimal",
        line,
    )


def _note_style(verdict: Verdict, values: Values, numerals: dict[str, Numeral], findings: Findings) -> None:
    marked = any(not n.core.isdigit() for n in numerals.values())
    if verdict.mixed:
        findings.layout.append("numbers with a decimal point and with a decimal comma, each showing both of its marks")
    elif verdict.decimal and marked:
        findings.layout.append(f"numbers with a {_STYLE[verdict.decimal]}")
        findings.decisions.append(
            Decision("decimal mark", _STYLE[verdict.decimal], verdict.because, "decimal", tuple(_STYLE.values()))
        )


def typed_value(cell: str) -> str | NotNumber:
    """The plain number of a typed cell (workbook, JSON), or why it is none."""
    if isinstance(cell, Number):
        text = str(cell)
        return format(Decimal(text), "f") if "e" in text or "E" in text else text
    if isinstance(cell, Uncached):
        return NotNumber(
            "formula_uncached",
            f"the formula {str(cell)[:60]!r} was never calculated; open and save it in a spreadsheet",
        )
    if isinstance(cell, Day):
        return NotNumber("number_invalid", "not a valid number: the cell holds a date")
    if isinstance(cell, Fault) and (str(cell).casefold() in FAULTS or str(cell).startswith("#")):
        return NotNumber("spreadsheet_error", "a spreadsheet error value, not a number")
    if isinstance(cell, Fault) and str(cell).lower().lstrip("-") in ("nan", "infinity", "inf"):
        return NotNumber("nonfinite", "not a finite number")
    return NotNumber("number_invalid", "not a valid number")


def check_units(
    out: Observations, values: Values, specs: list[KpiSpec | None], known: Known, plan: Plan, findings: Findings
) -> set[int]:
    """Indexes of observations whose unit, currency or percent sign does not fit their KPI; the findings say why."""
    bad: set[int] = set()
    plain = values.all_plain and not any(out.unit) and not any(_is_percent(s) for s in set(specs))
    if plain and not any(isinstance(t, Percent) for t in out.value):
        return bad
    signs: dict[str, dict[bool, list[int]]] = {}
    noted: set[tuple[str, str]] = set()
    seen_money: dict[str, dict[str, list[int]]] = {}
    for k, text in enumerate(out.value):
        if text == "" or is_missing(text):
            continue
        spec = specs[k]
        percent = isinstance(text, Percent) or (not isinstance(text, Typed) and text in values.percent)
        money = values.money.get(text, "") if values.money else ""
        if out.unit[k].strip() and (spec is None or not spec.unit):
            _note_unit(out, k, noted, plan, findings)
        wrong = _unit_fault(spec, percent, money, out.unit[k])
        if wrong is not None:
            findings.errors.append(problem_at(plan, out.row[k], out.column[k], text, *wrong))
            bad.add(k)
        if spec is None or read_unit(spec.unit).base == "%":
            signs.setdefault(spec.id if spec else out.kpi[k], {}).setdefault(percent, []).append(k)
        if spec is None and (money or out.unit[k]):
            unit = money or plain_words(out.unit[k])
            seen_money.setdefault(out.kpi[k], {}).setdefault(unit, []).append(k)
    for j in sorted({out.column[k] for k in bad if plan.units.get(out.column[k])}):
        text = f"the header states {plan.units[j]!r}, not the unit of the KPI: unit mismatch"
        findings.errors.append(problem_at(plan, plan.header[-1], j, plan.units[j], "unit_mismatch", text))
    for kpi, found in seen_money.items():
        if len(found) > 1:
            for unit, ks in found.items():
                for k in ks:
                    bad.add(k)
                    message = f"mixed currencies or units for the KPI {kpi!r}: {unit} here, others elsewhere"
                    findings.errors.append(
                        problem_at(plan, out.row[k], out.column[k], out.value[k], "currency_mixed", message)
                    )
    _check_percent(out, values, signs, known, plan, findings)
    return bad


def _note_unit(out: Observations, k: int, noted: set[tuple[str, str]], plan: Plan, findings: Findings) -> None:
    """A unit that the file states and nothing can confirm: said once for each KPI."""
    key = (out.kpi[k], out.unit[k])
    if key not in noted:
        noted.add(key)
        text = (
            f"the file states {out.unit[k].strip()!r} for the KPI {out.kpi[k].strip()!r}, whose unit is not defined yet"
        )
        findings.warnings.append(problem_at(plan, out.row[k], out.column[k], out.unit[k], "unit_mismatch", text))


def _unit_fault(spec: KpiSpec | None, percent: bool, money: str, unit: str) -> tuple[str, str] | None:
    if spec is None or not spec.unit:
        return None
    own = read_unit(spec.unit).base
    if percent and own != "%":
        return "unit_mismatch", f"unit mismatch: a percentage for the KPI {spec.id!r} in {spec.unit}"
    if money and not same_money(money, own):
        if own in CURRENCIES.values():
            return "currency_mixed", f"currency mismatch: {money} for the KPI {spec.id!r} in {spec.unit}"
        return "unit_mismatch", f"unit mismatch: an amount in {money} for the KPI {spec.id!r} in {spec.unit}"
    if not unit.strip():
        return None
    said = read_unit(unit)
    if said.scale:
        return (
            "unit_mismatch",
            f"unit mismatch: values in {unit.strip()!r} for the KPI {spec.id!r} in {spec.unit}; is the scale right?",
        )
    if said.base == own or same_money(said.base, own) or plain_words(unit) == plain_words(spec.unit):
        return None
    if any(plain_words(unit) in a and plain_words(spec.unit) in a for a in _ALIKE):
        return None
    code = "currency_mixed" if said.base in CURRENCIES.values() and own in CURRENCIES.values() else "unit_mismatch"
    what = "currency" if code == "currency_mixed" else "unit"
    return code, f"{what} mismatch: {unit.strip()!r} for the KPI {spec.id!r} in {spec.unit}"


def _is_percent(spec: KpiSpec | None) -> bool:
    return spec is not None and read_unit(spec.unit).base == "%"


def _untyped(cell: str) -> bool:
    return type(cell) is str


def same_money(written: str, own: str) -> bool:
    """Whether a written currency can be the KPI's: `$` stands for any dollar, `kr` for any crown."""
    return written == own or (written == "$" and own in DOLLARS) or (written == "kr" and own in CROWNS)


def _check_percent(
    out: Observations,
    values: Values,
    signs: dict[str, dict[bool, list[int]]],
    known: Known,
    plan: Plan,
    findings: Findings,
) -> None:
    for kpi, found in signs.items():
        plainly = found.get(False, [])
        numbers = [abs(float(v)) for k in plainly if (v := number_of(out.value[k], values)) is not None]
        listed = known.catalog.find(kpi)
        percent_kpi = listed is not None and read_unit(listed.unit).base == "%"
        doubtful = bool(found.get(True)) and bool(plainly)
        small = percent_kpi and not found.get(True) and numbers and max(numbers) <= 1 and any(n % 1 for n in numbers)
        if not (doubtful or small):
            continue
        if known.mapping.percent is not None:
            if known.mapping.percent == "fraction":
                for k in plainly:
                    number = number_of(out.value[k], values)
                    if number is not None:
                        out.value[k] = Number(format(Decimal(number) * 100, "f"))
            continue
        first = plainly[0]
        line = plan.grid.line(out.row[first], out.column[first])
        findings.questions.append(
            Question(
                "percent_mixed",
                f"line {line}: percent mixed: {out.value[first].strip()!r} of the KPI {kpi!r} has no percent sign"
                + (
                    ", others have one"
                    if doubtful
                    else f" and no value is above 1 (unit {listed.unit if listed else '%'})"
                )
                + "; is it in percent points or a fraction of 1?",
                [
                    ("points", f"percent points: {out.value[first].strip()} %"),
                    ("fraction", "fractions of 1: times 100"),
                ],
                "percent",
                line,
            )
        )


def number_of(text: str, values: Values) -> str | None:
    """The plain decimal text of a cell, None if it is none or missing."""
    if isinstance(text, Typed):
        value = typed_value(text)
        return None if isinstance(value, NotNumber) else value
    return None if is_missing(text) else values.plain_of(text)
