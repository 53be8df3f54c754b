"""An .xlsx workbook to grids: which sheets there are, and what the styles say of numbers and dates."""

import posixpath
import re
import zipfile
from dataclasses import dataclass, field

from kpi_sources.container import open_zip, read_member
from kpi_sources.grid import Grid
from kpi_sources.limits import Limits, Refused, too_large
from kpi_sources.sheet import read_sheet
from kpi_sources.sheet_xml import walk

# Built-in number formats that show a date (14-22, 27-36, 45-47, 50-58), and those that show a percentage.
_DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_PERCENT_IDS = {9, 10}
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


@dataclass
class Styles:
    """By index of a cell's style: whether it shows a date, or a percentage."""

    dates: list[bool] = field(default_factory=list)
    percents: list[bool] = field(default_factory=list)

    def is_date(self, style: int) -> bool:
        return style < len(self.dates) and self.dates[style]

    def is_percent(self, style: int) -> bool:
        return style < len(self.percents) and self.percents[style]


@dataclass(frozen=True)
class SheetInfo:
    """A sheet's name, its part in the archive, and whether it is shown."""

    name: str
    part: str
    visible: bool


def read_workbook(data: bytes, limits: Limits) -> list[Grid]:
    """One grid a sheet, in order; a hidden sheet's `others` says so. Raises Refused."""
    archive = open_zip(data)
    parts = set(archive.namelist())
    packed = len(data)
    sheets, date1904 = _sheets(archive, parts, limits, packed)
    if len(sheets) > limits.sheets:
        raise too_large("sheets", len(sheets), limits.sheets)
    shared = _shared_strings(archive, parts, limits, packed)
    styles = _styles(archive, parts, limits, packed)
    grids = []
    for info in sheets:
        if info.part not in parts:
            continue
        grid = read_sheet(read_member(archive, info.part, limits, packed), shared, styles, limits, date1904)
        grid.sheet = info.name
        grid.how = ["workbook" if info.visible else "hidden"]
        grids.append(grid)
    if not grids:
        raise Refused("no_rows", "no data: the workbook has no sheet with cells")
    return grids


def _sheets(archive: zipfile.ZipFile, parts: set[str], limits: Limits, packed: int) -> tuple[list[SheetInfo], bool]:
    targets: dict[str, str] = {}
    found: list[tuple[str, str, bool]] = []
    flags = {"1904": False}

    def relation(name: str, attrs: dict[str, str]) -> None:
        if name == "Relationship":
            target = attrs.get("Target", "")
            targets[attrs.get("Id", "")] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            )

    def book(name: str, attrs: dict[str, str]) -> None:
        if name == "sheet":
            found.append((attrs.get("name", ""), attrs.get("id", ""), attrs.get("state", "visible") == "visible"))
        elif name == "workbookPr":
            flags["1904"] = attrs.get("date1904", "0") in ("1", "true")

    if "xl/_rels/workbook.xml.rels" in parts:
        walk(read_member(archive, "xl/_rels/workbook.xml.rels", limits, packed), relation)
    walk(read_member(archive, "xl/workbook.xml", limits, packed), book)
    return [SheetInfo(name, targets.get(rid, ""), shown) for name, rid, shown in found], flags["1904"]


def _shared_strings(archive: zipfile.ZipFile, parts: set[str], limits: Limits, packed: int) -> list[str]:
    if "xl/sharedStrings.xml" not in parts:
        return []
    strings: list[str] = []
    pieces: list[str] = []
    state = {"text": False, "phonetic": False}

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            state["phonetic"] = True
        elif name == "t":
            state["text"] = not state["phonetic"]

    def end(name: str) -> None:
        if name == "si":
            strings.append("".join(pieces))
        elif name == "rPh":
            state["phonetic"] = False
        elif name == "t":
            state["text"] = False

    def text(piece: str) -> None:
        if state["text"]:
            pieces.append(piece)

    walk(read_member(archive, "xl/sharedStrings.xml", limits, packed), start, end, text)
    return strings


def shows_date(code: str) -> bool:
    """Whether a number format shows a date rather than a number or a mere time."""
    bare = _NOT_FORMAT.sub("", code.split(";", maxsplit=1)[0]).lower()
    return any(c in bare for c in "yd") or ("m" in bare and not any(c in bare for c in "hs0#?"))


def _styles(archive: zipfile.ZipFile, parts: set[str], limits: Limits, packed: int) -> Styles:
    styles = Styles()
    if "xl/styles.xml" not in parts:
        return styles
    codes: dict[int, str] = {}
    inside = {"cellXfs": False}

    def start(name: str, attrs: dict[str, str]) -> None:
        if name == "numFmt":
            codes[_int(attrs.get("numFmtId"))] = attrs.get("formatCode", "")
        elif name == "cellXfs":
            inside["cellXfs"] = True
        elif name == "xf" and inside["cellXfs"]:
            number = _int(attrs.get("numFmtId"))
            code = codes.get(number, "")
            styles.dates.append(shows_date(code) if code else number in _DATE_IDS)
            styles.percents.append("%" in _NOT_FORMAT.sub("", code) if code else number in _PERCENT_IDS)

    def end(name: str) -> None:
        if name == "cellXfs":
            inside["cellXfs"] = False

    walk(read_member(archive, "xl/styles.xml", limits, packed), start, end)
    return styles


def _int(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0
