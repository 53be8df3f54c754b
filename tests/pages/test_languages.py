"""Every text can be said in every language; what has been made translatable stays so."""

import ast
import re
from string import Formatter

import pandas as pd
import pytest

from models import amounts, verdict
from models.language import Language, carrying, current, speaking, tr, trn
from models.verdict import FLAGS, VERDICTS
from pages.languages import collect
from pages.parts import amounts as shown
from pages.parts import languages

CATALOGUES = sorted(collect.FOLDER.glob("*.po"))

# Files whose every text for people passes through tr: once here, a file stays translatable.
CONVERTED = (
    "dashboard.py",
    "pages/admin.py",
    "pages/data_health.py",
    "pages/key_result.py",
    "pages/lessons.py",
    "pages/loads.py",
    "pages/method.py",
    "pages/owner.py",
    "pages/retrospective.py",
    "pages/survey.py",
    "pages/kpi_tree.py",
    "pages/scorecard.py",
    "pages/story.py",
    "pages/then_and_now.py",
    "pages/trade_offs.py",
    "pages/trends.py",
    "pages/truth_gap.py",
    "pages/okrs.py",
    "pages/upload.py",
    "pages/parts/carry_over.py",
    "pages/parts/checks.py",
    "pages/parts/choose_language.py",
    "pages/parts/empty.py",
    "pages/parts/closed.py",
    "pages/parts/event_list.py",
    "pages/parts/filters.py",
    "pages/parts/lessons.py",
    "pages/parts/grouped.py",
    "pages/parts/kpi_review.py",
    "pages/parts/okr_activity.py",
    "pages/parts/okr_bar.py",
    "pages/parts/okr_board.py",
    "pages/parts/okr_calendar.py",
    "pages/parts/okr_map_view.py",
    "pages/parts/okr_timeline.py",
    "pages/parts/okr_workload.py",
    "pages/parts/outlook.py",
    "pages/parts/source_editor.py",
    "pages/parts/tables.py",
    "pages/parts/upload_file.py",
    "pages/parts/upload_reading.py",
)
SHOWS = {"title", "header", "subheader", "caption", "markdown", "write", "error", "warning", "info", "success", "button",
         "toast", "expander", "checkbox", "selectbox", "popover", "metric", "radio", "text_area", "status", "spinner"}  # fmt: skip


@pytest.fixture(scope="module")
def template():
    return collect.template()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_every_text_is_translated(path, template) -> None:
    said = collect.read(path)
    missing = []
    for message in template:
        if not message.id:
            continue
        found = said.get(message.id)
        strings = [] if found is None else list(found.string) if message.pluralizable else [found.string]
        if not strings or not all(strings) or len(strings) != (said.num_plurals if message.pluralizable else 1):
            missing.append(f"{message.locations[0][0]}: {message.id!r}")
    assert not missing, f"{path.name} lacks {len(missing)} texts; run `make words`, then write them:\n" + "\n".join(
        missing
    )


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_translations_fill_in_what_the_texts_fill_in(path) -> None:
    for message in collect.read(path):
        if not message.id:
            continue
        assert not message.fuzzy, f"{message.id!r} has yet to be confirmed"
        if message.pluralizable:
            for form, string in enumerate(message.string):  # the first stands for one thing, as in English
                if string:
                    assert names(string) <= names(message.id[0]) | names(message.id[1]), message.id
                    assert names(message.id[min(form, 1)]) <= names(string) | {"count"}, message.id
        elif message.string:
            assert names(message.string) == names(message.id), message.id


def names(text: str) -> set[str]:
    """The `{names}` of a text; those of YAML examples are none."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return set()


def test_every_text_is_a_literal() -> None:
    assert len(collect.template()) > 10  # collecting raises NotALiteral for anything else
    with pytest.raises(collect.NotALiteral, match="here.py:1: name is not a literal"):
        list(collect.texts("tr(name)", "here.py"))


def test_a_text_is_counted_everywhere_or_nowhere() -> None:
    """A catalogue holds one entry a text: counted and plain, or counted with two plurals, the other stays English."""
    forms: dict[str, set[collect.Text]] = {}
    for path in collect.files():
        for text, _ in collect.texts(path.read_text(encoding="utf-8"), path.name):
            forms.setdefault(text if isinstance(text, str) else text[0], set()).add(text)
    assert [text for text, said in forms.items() if len(said) > 1] == []


@pytest.mark.parametrize("name", CONVERTED)
def test_converted_files_show_no_text_of_their_own(name: str) -> None:
    tree = ast.parse((collect.ROOT / name).read_text(encoding="utf-8"))
    own = [
        f"{name}:{node.lineno}: {ast.unparse(node.args[0])}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SHOWS and node.args
        if has_words(node.args[0])
    ]
    assert own == []


def has_words(node: ast.expr) -> bool:
    """Whether a text of its own stands here: a literal with a word in it, or an f-string with one."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return any(re.search(r"[^\W\d_]{2,}", re.sub(r":[\w-]+/?\w*:|:\w+\[|\*\*|`[^`]*`|#+", "", text)) for text in texts)


def test_has_words() -> None:
    said = lambda code: has_words(ast.parse(code).body[0].value)  # noqa: E731
    assert said("f'Load {number}'")
    assert said("'Upload'")
    assert not said("f'**{plain(name)}** {more}'")
    assert not said("tr('Upload')")


def test_there_is_english_and_a_language_a_file() -> None:
    assert languages.codes() == ["en", *(path.stem for path in CATALOGUES)]
    assert [languages.own_name(code) for code in ("en", "sv")] == ["English", "Svenska"]
    assert [languages.of_name(name) for name in ("Svenska", "sv", None)] == ["sv", None, None]


@pytest.mark.parametrize(
    ("by_hand", "locale", "code", "number"),
    [
        (None, None, "en", "12,300.5"),
        (None, "en-US", "en", "12,300.5"),
        (None, "sv-SE", "sv", "12\u00a0300,5"),
        (None, "sv", "sv", "12\u00a0300,5"),
        (None, "de-DE", "en", "12.300,5"),
        (None, "fr", "en", "12\u202f300,5"),
        (None, "not a locale", "en", "12,300.5"),
        ("sv", "en-US", "sv", "12\u00a0300,5"),
        ("en", "sv-SE", "en", "12,300.5"),
        ("xx", "sv-SE", "sv", "12\u00a0300,5"),
    ],
)
def test_a_viewer_reads_texts_and_numbers_of_their_own(by_hand, locale, code, number) -> None:
    from models.language import numeral

    found = languages.chosen(by_hand, locale)
    assert found.code == code
    with speaking(found):
        assert numeral("12,300.5") == number


def test_swedish_numbers_and_days() -> None:
    with speaking(languages.language("sv")):
        assert amounts.figure(12_345) == "12\u00a0300"
        assert amounts.figure(-0.0123) == "\u22120,0123"
        assert amounts.amount(2_140_000, "EUR") == "EUR 2,14 miljoner"
        assert amounts.figure(1_000_000) == "1 miljon"
        assert amounts.percent(0.042) == "4,2 %"
        assert shown.interval(-0.2, 0.4, "%") == "\u22120,2 till +0,4 punkter"
        assert shown.day("2026-03-07") == "7 mars 2026"
        assert shown.period("2026-01-01", "quarter") == "kv. 1 2026"
        assert shown.score(0.625) == "0,62"
        assert shown.day(None) == "–"


def test_german_numbers_in_english_texts() -> None:
    with speaking(languages.chosen(None, "de-DE")):
        assert amounts.amount(2_140_000, "EUR") == "EUR 2,14 million"
        assert amounts.figure(12_345) == "12.300"
        assert shown.day("2026-03-07") == "7 Mar 2026"


def test_work_that_runs_later_keeps_the_language() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with speaking(Language("sv", ",", " ")):
        carried = carrying(lambda: current().code)
        bare = lambda: current().code  # noqa: E731
    with ThreadPoolExecutor(1) as elsewhere:
        assert elsewhere.submit(carried).result() == "sv"
        assert elsewhere.submit(bare).result() == "en"


def test_a_text_that_a_catalogue_lacks_is_english() -> None:
    with speaking(languages.language("sv")):
        assert tr("Needle {sign}", sign="?") == "Needle ?"
        assert trn("{count} needle", "{count} needles", 2000) == "2\u00a0000 needles"


@pytest.mark.parametrize("code", languages.codes())
def test_the_note_of_a_flag_begins_with_its_word(code: str) -> None:
    """By that the sheet and the reports find the tone of a note."""
    with speaking(languages.language(code)):
        for flag, notes in {
            "at_a_cost": [tr("At a cost: {movement}."), tr("At a cost (owned by {team}): {movement}.")],
            "shared_claim": [
                tr("Shared claim: {key_results} claims the same movement of {kpi}."),
                tr("Shared claim: {key_results} claim the same movement of {kpi}."),
                tr("Shared claim: {key_results} and others claim the same movement of {kpi}."),
            ],
            "target_edited": [tr("Target edited after the cycle began: it was {first} and is {now}.")],
            "late_data": [
                trn(
                    "Late data: {count} value of {kpi} due in the window has not arrived.",
                    "Late data: {count} values of {kpi} due in the window have not arrived.",
                    2,
                    kpi="k",
                )
            ],
        }.items():
            assert [note for note in notes if not note.startswith(FLAGS[flag].word)] == []


def test_a_verdict_in_swedish() -> None:
    row = {"verdict": "vanity", "passed": True, "so_far": False, "kpi_name": "Staff turnover", "told_from": pd.NaT,
           "move_verdict": "flat", "effect": 0.1, "lo": -0.2, "hi": 0.4, "effect_relative": 0.01, "lo_relative": -0.02,
           "hi_relative": 0.04, "kpi_unit": "%", "min_change_shown": "5 %"}  # fmt: skip
    with speaking(languages.language("sv")):
        assert VERDICTS["vanity"].word == "Skenvinst"
        assert verdict._sentence(row) == (
            "Uppnått, men Staff turnover rörde sig inte (mellan \u22120,20 punkter och +0,40 punkter; 5 % hade spelat roll)."
        )
    assert VERDICTS["vanity"].word == "Vanity"
