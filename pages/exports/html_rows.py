"""One key result in the HTML document: its row, and what opens below it."""

from models.key_result_words import flag_notes, standing
from models.language import numeral, tr, trn
from models.verdict import FLAGS
from pages.exports import html_pieces as pieces
from pages.exports.content import Content, Row, level_word
from pages.exports.markup import Markup, el, join
from pages.parts.amounts import day, effect, interval, known, level, share


def key_result(content: Content, row: Row, places: dict[str, str]) -> Markup:
    words = el("div", title(row), el("div", row["sentence"], class_="sentence"), class_="words")
    summary = el(
        "summary", pieces.verdict(row), words, score_of(content, row), pieces.spark(content.spark(row)), class_="row"
    )
    more = el("div", el("p", standing(row)), notes(row), _facts(row), _links(content, row), class_="more")
    return el(
        "li", el("details", summary, more, id=places[row["id"]]),
        data_verdict=row["verdict"], data_flags=" ".join(row["flags"]),
    )  # fmt: skip


def title(row: Row) -> Markup:
    return el("span", row["title"] or row["id"], class_="title", dir="auto")


def where(row: Row) -> str:
    return joined([row["team_name"], row["objective_title"], tr("illustrative") if row["illustrative"] else ""])


def score_of(content: Content, row: Row) -> Markup:
    mark = content.pass_mark(row["level"])
    return pieces.score_bar(row["score"], mark, pieces.score_word(row, mark))


def notes(row: Row) -> Markup:
    """What stands beside the verdict, each note in the tone of its flag."""
    told = [(code, note) for code in row["flags"] for note in flag_notes(row, code)]
    return join([el("p", note, class_=f"note {FLAGS[code].tone}") for code, note in told])


def _facts(row: Row) -> Markup:
    unit = row["kpi_unit"]
    facts = [
        (tr("Owner"), row["owner"], ""),
        (tr("Level"), level_word(row["level"]), tr("illustrative") if row["illustrative"] else ""),
    ]
    if known(row["effect"]):
        relative = share(row["effect_relative"], sign=True) if known(row["effect_relative"]) else ""
        facts += [
            (
                tr("{kpi}, expected", kpi=row["kpi_name"]),
                level(row["expected"], unit),
                trn("mean of {count} period", "mean of {count} periods", int(row["n"])),
            ),
            (
                tr("Actual"),
                level(row["actual"], unit),
                tr("{first} to {last}", first=day(row["window_start"]), last=day(row["window_end"])),
            ),
            (tr("Effect"), effect(row), relative),
            (
                tr("95 % interval"),
                interval(row["lo"], row["hi"], unit),
                tr("{least} would matter", least=row["min_change_shown"]),
            ),
        ]
    if known(row["confidence"]):
        said = tr("{number} of 10", number=numeral(f"{row['confidence']:g}"))
        facts.append((tr("Owner's confidence"), said, tr("said on {day}", day=day(row["checked_in"]))))
    made = [
        el("div", el("dt", name), el("dd", value), el("dd", beside, class_="meta") if beside else None)
        for name, value, beside in facts
        if isinstance(value, str) and value
    ]
    return el("dl", made)


def _links(content: Content, row: Row) -> Markup | None:
    links = content.links_of(row["id"])
    if not links:
        return None
    heads = [
        tr("Linked KPI"), tr("Role"), tr("Owned by"), tr("Movement"), tr("Effect"), tr("95 % interval")
    ]  # fmt: skip
    roles = {"outcome": tr("outcome"), "measure": tr("measure"), "guardrail": tr("guardrail"), "control": tr("control")}
    rows = [
        [
            joined([link["kpi_name"], "" if link["segment"] == "all" else link["segment"]]),
            roles.get(link["role"], link["role"]),
            link["team_name"],
            pieces.movement_word(link["move_verdict"]),
            effect(link),
            interval(link["lo"], link["hi"], link["kpi_unit"]),
        ]
        for link in links
    ]
    return pieces.plain_table(heads, rows, numbers=(tr("Effect"), tr("95 % interval")))


def joined(parts: list[object]) -> str:
    """The texts that are there, with dots between."""
    return " · ".join(str(part) for part in parts if isinstance(part, str) and part)
