"""The scorecard as a workbook: a sheet per table, numbers as numbers, scores as formulas over the cells they rest on.

Formulas are stored with their result, so that readers that do not calculate show the same figures. Text is always
typed as text and carries the quote prefix where it begins like a formula (neutral.py).
"""

import io
from datetime import datetime, time
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from models.in_short import label
from models.language import spoken, tr
from models.verdict import FLAGS, MOVEMENTS, VERDICTS
from pages.exports.content import Content, Row, policy_rows
from pages.exports.neutral import clean, is_formula_like
from pages.exports.sheet_columns import FORMATS, KEY_RESULTS, LINKS, OBJECTIVES, Column
from pages.exports.tones import LIGHT_THEME
from pages.parts.amounts import known

LINE = 13.5  # points a line of text is high
LONGEST = 32_000  # signs that a cell holds
_LEVELS = ((1000, "#,##0"), (10, "#,##0.0"), (0, "#,##0.00##"))  # from this size on


def write(content: Content) -> bytes:
    """The workbook: Summary, Key results, Objectives, Links, Policy."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True})
    made = datetime.combine(content.card.as_of, time())
    workbook.set_properties({"title": content.title, "subject": content.foot, "author": "Needle", "created": made})
    book = _Book(workbook, content)
    book.summary()
    scores = {"score": book.score, "score_original_target": book.original_score}
    book.table("Key results", KEY_RESULTS, list(content.rows.values()), scores)
    book.table("Objectives", OBJECTIVES, content.card.objectives.to_dict("records"), {"score": book.objective_score})
    book.table("Links", LINKS, content.card.links.to_dict("records"), {})
    book.policy()
    workbook.close()
    return out.getvalue()


class _Book:
    """The sheets of one workbook; formats are made once and shared."""

    def __init__(self, workbook: Any, content: Content):
        self._workbook = workbook
        self._content = content
        self._formats: dict[tuple, Format] = {}
        self._at = {column.source: xl_col_to_name(place) for place, column in enumerate(KEY_RESULTS)}

    def format(self, **look: Any) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format({"valign": "top", "font_size": 10, **look})
        return self._formats[key]

    def text(self, sheet: Any, row: int, column: int, value: Any, **look: Any) -> None:
        """A text as a text, whatever it looks like."""
        if value is None or (not isinstance(value, str) and pd.isna(value)) or value == "":
            sheet.write_blank(row, column, None, self.format(**look)) if look else None
            return
        said = clean(str(value))[:LONGEST]
        if is_formula_like(str(value)):
            look |= {"quote_prefix": True}
        sheet.write_string(row, column, said, self.format(**look))

    # -- sheets ----------------------------------------------------------------------------------------------------

    def summary(self) -> None:
        content, sheet = self._content, self._workbook.add_worksheet("Summary")
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 100)
        self.text(sheet, 0, 0, content.story.opening, bold=True, font_size=16)
        at = 2
        for name, value in content.stamp:
            self.text(sheet, at, 0, name, font_color=LIGHT_THEME.soft)
            if name == tr("Data version"):
                sheet.write_number(at, 1, content.card.data_version, self.format(align="left"))
            else:
                self.text(sheet, at, 1, value)
            at += 1
        at = self._short(sheet, at + 1)
        at = self._counts(sheet, at)
        for note in content.story.chance:
            self.text(sheet, at, 0, note, font_color=LIGHT_THEME.soft)
            at += 1
        for chapter in content.story.chapters:
            at += 1
            self.text(sheet, at, 0, chapter.heading, bold=True, font_size=12)
            self.text(sheet, at + 1, 0, chapter.opening)
            at += 2
            for item in chapter.items:
                self.text(sheet, at, 0, f"{VERDICTS[item.code].icon} {item.word}", **_look(VERDICTS[item.code].tone))
                said = f"{item.title} ({item.team_name or tr('no team')}). {item.text}"
                self.text(sheet, at, 1, said, text_wrap=True)
                sheet.set_row(at, LINE * _lines(said, 100))
                at += 1
        self._paper(sheet)

    def _short(self, sheet: Any, at: int) -> int:
        """The cycle in five lines, and the questions for the meeting."""
        story = self._content.story
        told = [(label(line.code), line.text) for line in story.short]
        told += [(tr("To decide"), f"{asked.text} {asked.reason}") for asked in story.decide]
        for name, said in told:
            self.text(sheet, at, 0, name, bold=True)
            self.text(sheet, at, 1, said, text_wrap=True)
            sheet.set_row(at, LINE * _lines(said, 100))
            at += 1
        return at + 1

    def _counts(self, sheet: Any, at: int) -> int:
        """How many of each verdict, counted by the workbook itself."""
        last = max(len(self._content.rows), 1) + 1
        cells = f"'Key results'!${self._at['verdict']}$2:${self._at['verdict']}${last}"
        for code, count in self._content.counts:
            word = VERDICTS[code]
            label = f"{word.icon} {word.word}"
            self.text(sheet, at, 0, label, **_look(word.tone))
            formula = f'=COUNTIF({cells},"{_for_countif(label)}")'
            sheet.write_formula(at, 1, formula, self.format(align="left"), count)
            at += 1
        return at + 1

    def table(self, name: str, columns: tuple[Column, ...], rows: list[Row], formulas: dict[str, Any]) -> None:
        """One frame as a sheet: a frozen head, filters, and a formula where there is one for the row."""
        sheet = self._workbook.add_worksheet(name)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            self.text(
                sheet, 0, place, spoken(column.heading), bold=True, text_wrap=True, bottom=1, bg_color=LIGHT_THEME.lift
            )
        sheet.set_row(0, 32)
        wrapped = [column for column in columns if column.wraps]
        for number, row in enumerate(rows, start=1):
            sheet.set_row(number, LINE * max((_lines(_joined(row[c.source]), c.width) for c in wrapped), default=1))
            for place, column in enumerate(columns):
                make = formulas.get(column.source)
                formula = make(row, number + 1) if make else None
                if formula:
                    known_score = float(row[column.source]) if known(row[column.source]) else ""
                    look = self.format(num_format=FORMATS[column.kind])
                    sheet.write_formula(number, place, formula, look, known_score)
                else:
                    self._cell(sheet, number, place, column, row.get(column.source))
        sheet.freeze_panes(1, 4 if name == "Key results" else 2)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        self._paper(sheet, wide=3 if name == "Key results" else 1)
        sheet.repeat_rows(0)
        if name == "Key results":
            sheet.repeat_columns(0, 3)

    def _paper(self, sheet: Any, wide: int = 1) -> None:
        """A4 across, so many pages wide, with the stamp at the foot."""
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(wide, 0)
        sheet.set_footer(f"&L&8{self._content.foot.replace('&', '&&')[:200]}&R&8&P / &N")

    def _cell(self, sheet: Any, at: int, place: int, column: Column, value: Any) -> None:
        match column.kind:
            case "verdict" | "movement":
                word = (VERDICTS if column.kind == "verdict" else MOVEMENTS).get(
                    value if isinstance(value, str) else ""
                )
                if word:
                    self.text(sheet, at, place, f"{word.icon} {word.word}", **_look(word.tone))
            case "yes":
                if not pd.isna(value):
                    self.text(sheet, at, place, tr("yes") if value else tr("no"))
            case "day":
                if not pd.isna(value):
                    day = pd.Timestamp(value).to_pydatetime()
                    sheet.write_datetime(at, place, day, self.format(num_format=FORMATS["day"]))
            case "text":
                self.text(sheet, at, place, _joined(value), **({"text_wrap": True} if column.wraps else {}))
            case _:
                if known(value):
                    written = _level(float(value)) if column.kind == "level" else FORMATS[column.kind]
                    sheet.write_number(at, place, float(value), self.format(num_format=written))

    def policy(self) -> None:
        sheet = self._workbook.add_worksheet("Policy")
        for place, (heading, width) in enumerate(
            ((tr("Threshold"), 24), (tr("Value"), 10), (tr("Unit"), 26), (tr("Why"), 100))
        ):
            sheet.set_column(place, place, width)
            self.text(sheet, 0, place, heading, bold=True, bottom=1, bg_color=LIGHT_THEME.lift)
        for at, (name, value, unit, why) in enumerate(policy_rows(self._content.card.policy), start=1):
            self.text(sheet, at, 0, name)
            if isinstance(value, int | float):
                sheet.write_number(at, 1, float(value), self.format(num_format="General"))
            else:
                self.text(sheet, at, 1, value)
            self.text(sheet, at, 2, unit)
            self.text(sheet, at, 3, why)
        sheet.freeze_panes(1, 0)
        self._paper(sheet)

    # -- formulas --------------------------------------------------------------------------------------------------

    def score(self, row: Row, line: int) -> str | None:
        """Progress from baseline to target, cut to 0..1; the other kinds rest on more than these cells hold."""
        return self._progress(row, line, "baseline", "target")

    def original_score(self, row: Row, line: int) -> str | None:
        return self._progress(row, line, "original_baseline", "original_target")

    def _progress(self, row: Row, line: int, baseline: str, target: str) -> str | None:
        if row["kind"] not in ("increase", "decrease"):
            return None
        start, end, now = (f"{self._at[name]}{line}" for name in (baseline, target, "current"))
        share = f"MAX(0,MIN(1,({now}-{start})/({end}-{start})))"
        return f'=IF(OR({start}="",{end}="",{now}="",{start}={end}),"",{share})'

    def objective_score(self, row: Row, line: int) -> str | None:
        """The mean of its key results' scores by weight, of those that have one."""
        if not self._content.rows:
            return None
        last = len(self._content.rows) + 1
        objective, weight, score = (
            f"'Key results'!${self._at[name]}$2:${self._at[name]}${last}" for name in ("objective", "weight", "score")
        )
        mine = f"({objective}=A{line})*ISNUMBER({score})"
        return f'=IFERROR(SUMPRODUCT({mine},{weight},{score})/SUMPRODUCT({mine},{weight}),"")'


def _look(tone: str) -> dict[str, Any]:
    badge = LIGHT_THEME.badges[tone]
    return {"font_color": badge.text, "bg_color": badge.ground, "bold": True}


def _joined(value: Any) -> Any:
    """A list as one text, flags by their words; anything else as it is."""
    if isinstance(value, list | tuple):
        return "; ".join(FLAGS[entry].word if entry in FLAGS else str(entry) for entry in value)
    return value


def _lines(value: Any, width: int) -> int:
    """How many lines a text takes in a column of this width, at most eight."""
    return min(8, max(1, -(-len(value) * 10 // (width * 11)))) if isinstance(value, str) else 1


def _level(value: float) -> str:
    return next(written for size, written in _LEVELS if abs(value) >= size)


def _for_countif(label: str) -> str:
    """A label as COUNTIF reads it: ? and * stand for themselves."""
    return label.replace("?", "~?").replace("*", "~*")
