"""The pieces of the HTML document: badges, bars, sparklines, pictures. Each returns markup."""

from collections.abc import Iterable
from typing import Any

from models.language import spoken, tr
from models.verdict import FLAGS, MOVEMENTS, VERDICTS, Word
from pages.exports import icons, plot
from pages.exports.content import Content, Picture, Row
from pages.exports.markup import Markup, el, join
from pages.parts.amounts import UNKNOWN, day, known, level, score

CHART = (720.0, 250.0)  # width and height of a picture, in its own units
SPARK = (150, 38)


def symbols() -> Markup:
    """Every icon once; `icon` refers to them."""
    made = [
        el("symbol", [_shape(shape) for shape in shapes], id=_icon_id(sign), viewBox="0 0 16 16")
        for sign, shapes in icons.ICONS.items()
    ]
    return el("svg", made, width=0, height=0, aria_hidden="true", style="position:absolute")


def icon(sign: str) -> Markup:
    return el("svg", el("use", href=f"#{_icon_id(sign)}"), class_="icon", aria_hidden="true")


def _icon_id(sign: str) -> str:
    return f"i{ord(sign):x}"


def _shape(shape: icons.Shape) -> Markup:
    filled = "full" if shape.filled else None
    if isinstance(shape, icons.Circle):
        return el("circle", cx=shape.x, cy=shape.y, r=shape.radius, class_=filled)
    return el("path", d=_path(shape.points, closed=shape.closed), class_=filled)


def _path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + ("Z" if closed else "")


def badge(word: Word, said: str = "", *, small: bool = False) -> Markup:
    kind = f"badge small {word.tone}" if small else f"badge {word.tone}"
    return el("span", icon(word.icon), el("span", said or word.word), class_=kind, title=word.meaning)


def verdict(row: Row) -> Markup:
    """The verdict with its flags below."""
    flags = [badge(FLAGS[code], small=True) for code in row["flags"]]
    return el("div", badge(VERDICTS[row["verdict"]], row["verdict_word"]), flags, class_="verdict")


def strip(counts: list[tuple[str, int]]) -> Markup:
    """How many of each verdict: a bar and its legend."""
    bar = [el("span", class_=f"{VERDICTS[code].tone} {code}", style=f"flex:{count}") for code, count in counts]
    legend = [
        el("li", icon(VERDICTS[code].icon), el("strong", count, class_="number"), " ", VERDICTS[code].word)
        for code, count in counts
    ]
    return join([el("div", bar, class_="whole", aria_hidden="true"), el("ul", legend, class_="legend")])


def score_bar(value: Any, pass_mark: float, word: str = "") -> Markup:
    """A score 0..1, the mark from which it passes, and a word on it."""
    number = el("span", score(value), class_="number")
    if not known(value):
        return el("div", number, el("span"), el("span", tr("no value yet"), class_="meta"), class_="score")
    passed = float(value) >= pass_mark
    fill = el("div", class_="fill passed" if passed else "fill", style=f"width:{float(value) * 100:.1f}%")
    track = el("div", fill, el("div", class_="mark", style=f"left:{pass_mark * 100:g}%"), class_="track")
    return el("div", number, track, el("span", word, class_="meta") if word else None, class_="score")


def score_word(row: Row, pass_mark: float) -> str:
    if row["below_baseline"]:
        return tr("below baseline")
    if known(row["score"]) and float(row["score"]) >= pass_mark:
        return tr("passed so far") if row["so_far"] else tr("passed")
    return spoken(str(row["pace_word"] or "")) if row["so_far"] else tr("missed")


def spark(drawn: dict[str, Any] | None) -> Markup:
    """A sparkline of pages.parts.sparks as SVG."""
    if drawn is None:
        return el("div", class_="spark")
    width, height = SPARK
    points = [(round(x * width), round((1 - y) * height, 1)) for x, y in drawn["points"]]
    split = round(drawn["split"] * width)
    past, now = [p for p in points if p[0] <= split], [p for p in points if p[0] >= split]
    left, right = (round(mark * width) for mark in drawn["cycle"])
    target = drawn["target"]
    line = None
    if target is not None:
        y = round((1 - target) * height, 1)
        line = el("path", d=f"M0 {y}H{width}", class_="s-target")
    picture = el(
        "svg",
        el("path", d=f"M{left} 0H{right}V{height}H{left}Z", class_="f-shade"),
        line,
        el("path", d=_path(past), class_="s-past") if len(past) > 1 else None,
        el("path", d=_path(now), class_="s-now") if len(now) > 1 else None,
        el("path", d="M{} {}h0".format(*points[-1]), class_="end"),
        viewBox=f"0 0 {width} {height}",
        preserveAspectRatio="none",
        role="img",
        aria_label=drawn["label"],
    )
    return el("div", picture, el("div", drawn["caption"]), class_="spark")


def chart(picture: Picture, sentence: str) -> Markup:
    """A picture with its key below and its values in a table behind it."""
    width, height = CHART
    drawn = [_mark(mark) for mark in plot.marks(picture, width, height)]
    first, last = picture.series["period"].iloc[0], picture.series["period"].iloc[-1]
    about = tr(
        "{kpi} from {first} to {last}. {sentence}",
        kpi=picture.name, first=day(first), last=day(last), sentence=sentence,
    )  # fmt: skip
    svg = el("svg", drawn, viewBox=f"0 0 {width:g} {height:g}", class_="chart", role="img", aria_label=about)
    unit = tr(", in {unit}", unit=picture.unit) if picture.unit else ""
    key = [el("span", tr("Actual")), el("span", tr("before"), class_="k-past")]
    if len(picture.path):
        key.append(el("span", tr("expected"), class_="k-expected"))
        key.append(el("span", tr("95 % of what was expected"), class_="k-band"))
    caption = el(
        "figcaption",
        el("div", el("strong", picture.name), f"{unit}. {tr('The window of the cycle is shaded.')} {picture.note}"),
        el("div", key, class_="key"),
    )
    return el("figure", caption, svg, _values(picture), class_="talk")


def _mark(mark: plot.Mark) -> Markup:
    match mark:
        case plot.Stroke():
            return el("path", d=_path(mark.points), class_=f"s-{mark.role}") if len(mark.points) > 1 else Markup("")
        case plot.Fill():
            return el("path", d=_path(mark.points, closed=True), class_=f"f-{mark.role}")
        case plot.Dot():
            return el("circle", el("title", mark.words), cx=mark.x, cy=mark.y, r=2.6, class_="dot")
        case plot.Label():
            anchor = None if mark.anchor == "start" else mark.anchor
            return el("text", mark.text, x=f"{mark.x:g}", y=f"{mark.y:g}", text_anchor=anchor)


def _values(picture: Picture) -> Markup:
    """The values of the window and what was expected of them."""
    start, end = picture.window
    shown = picture.series[(picture.series["period"] >= start) & (picture.series["period"] <= end)]
    if len(picture.path):
        shown = shown.merge(picture.path[["period", "expected"]], on="period", how="left")
    rows = [
        [day(row["period"]), level(row["value"], picture.unit), level(row.get("expected"), picture.unit)]
        for row in shown.to_dict("records")
    ]
    table = plain_table([tr("Period from"), tr("Actual"), tr("Expected")], rows, numbers=(tr("Actual"), tr("Expected")))
    return el("details", el("summary", tr("The values"), class_="meta"), table, class_="fold")


def plain_table(heads: list[str], rows: list[list[Any]], *, numbers: Iterable[str] = (), caption: str = "") -> Markup:
    kinds = ["number" if head in numbers else None for head in heads]
    top = el("tr", [el("th", head, scope="col", class_=kind) for head, kind in zip(heads, kinds, strict=True)])
    body = [el("tr", [el("td", cell, class_=kind) for cell, kind in zip(row, kinds, strict=True)]) for row in rows]
    said = el("caption", caption) if caption else None
    return el("div", el("table", said, el("thead", top), el("tbody", body)), class_="scroll", tabindex=0)


def movement_word(code: Any) -> Markup | str:
    word = MOVEMENTS.get(code) if isinstance(code, str) else None
    return badge(word, small=True) if word else UNKNOWN


def stamp(content: Content) -> Markup:
    facts = [el("div", el("dt", name), el("dd", value)) for name, value in content.stamp]
    return el("dl", facts, class_="stamp")
