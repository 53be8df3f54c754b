"""Trade-offs on screen: the matrix, what each row opens, the reverse view of a team, and what is left out."""

from models.trade_off_matrix import MATRIX_KPIS
from pages import trade_offs
from pages.parts.view import View
from tests.pages.fake_workspace import FakeWorkspace
from tests.pages.test_every_page import _blocks, run


def blocks(app) -> list[dict]:
    return [block for sheet in app.get("bidi_component") for block in _blocks(sheet)]


def said(app) -> str:
    return " ".join(element.value for element in app.caption).replace("\\", "")


def test_the_matrix_sets_teams_that_won_against_kpis_by_owner() -> None:
    made = blocks(run(trade_offs, FakeWorkspace(), {}))[0]
    assert (made["kind"], made["corner"]) == ("matrix", "Won")
    assert made["label"] == "Teams that won against KPIs that got worse in the same window"
    assert [(column["group"], column["title"], column["meta"]) for column in made["columns"]] == [
        ("Owned by nobody", "Cost 0", "fell 4.0 points"), ("App team", "Cost 1", "fell 4.0 points"),
        ("People team", "Staff turnover", "fell 4.0 points"), ("People team", "Cost 2", "fell 4.0 points"),
    ]  # fmt: skip
    assert [[cell and (cell["word"], cell["meta"]) for cell in row["cells"]] for row in made["rows"]] == [
        [("Meanwhile", "strong"), ("Own KPI", "strong"), ("Guardrail", "strong"), ("Meanwhile", "strong")],
        [("Meanwhile", "strong"), ("Meanwhile", "strong"), None, ("Own KPI", "strong")],
    ]
    assert [(row["title"], row["meta"]) for row in made["rows"]] == [
        ("App team", "4 passed"),
        ("People team", "1 passed"),
    ]


def test_a_guardrail_opens_its_key_result_and_a_kpi_its_page() -> None:
    app = run(trade_offs, FakeWorkspace(), {}, View(filters={"cycle": "2026-Q3"}))
    _, guardrails, others, *_ = blocks(app)
    broken = guardrails["rows"][0]
    assert (broken["open"], broken["title"]) == ({"page": "key-result", "params": {"kr": "kr0"}}, "Key result 0")
    assert broken["sentence"].startswith("Staff turnover got worse: it fell 4.0 points against what was expected")
    assert [note["text"] for note in broken["notes"]] == ["People team owns that KPI."]
    first = others["rows"][0]
    assert (first["href"], first["meta"]) == ("trends?cycle=2026-Q3&kpi=c0", "owned by nobody · strong evidence")
    assert first["notes"][0]["text"] == "Meanwhile 5 passed, among them “Key result 0”; “Key result 1”."


def test_every_pair_stands_behind_a_click() -> None:
    app = run(trade_offs, FakeWorkspace(), {})
    assert app.expander[0].label == "All 16 pairs of a key result and a KPI"
    assert "tables" not in {block["kind"] for block in blocks(app)}


def test_chance_and_what_was_not_looked_at_are_said() -> None:
    text = said(run(trade_offs, FakeWorkspace(), {}))
    assert "4 KPIs beside the guardrails were looked at; if nothing had moved, fewer than one would still look" in text
    assert "The one guardrail declared got worse." in text
    assert "1 KPI looked worse too, but no more than chance brings among so many: Cost 3." in text
    assert "1 KPI was not looked at: 1 (no values for the whole company)." in text
    assert "In the same window is not a cause." in text


def test_many_kpis_leave_a_matrix_that_can_be_read() -> None:
    app = run(trade_offs, FakeWorkspace(worse=30), {})
    made = blocks(app)
    assert len(made[0]["columns"]) == MATRIX_KPIS
    assert "And 22 more KPIs, below." in said(app)
    assert len(made[2]["rows"]) == trade_offs.SHOWN
    assert app.warning[0].value.startswith("30 of 40 KPIs fell at the same time")


def test_a_team_sees_what_it_may_have_paid() -> None:
    app = run(trade_offs, FakeWorkspace(), {}, View(team="people"))
    assert [title.value for title in app.title] == [
        r"1 key result passed; meanwhile 3 KPIs that nobody guarded got worse\."
    ]
    table = next(block for block in blocks(app) if block["kind"] == "table")
    assert [row["cells"][0]["text"] for row in table["rows"]] == ["Staff turnover", "Cost 2"]
    assert [row["cells"][1]["word"] for row in table["rows"]] == ["Guardrail", "Meanwhile"]
    assert table["rows"][1]["cells"][2] == {"text": "App team", "meta": "“Key result 0”; “Key result 1” and 2 more"}
    none = run(trade_offs, FakeWorkspace(worse=0), {}, View(team="people"))
    assert "None of its KPIs got worse" in " ".join(element.value for element in none.markdown)


def test_a_shared_claim_lists_the_movement_and_who_claims_it() -> None:
    claim = next(block for block in blocks(run(trade_offs, FakeWorkspace(), {})) if block.get("title"))
    assert claim["title"] == "Repeat purchases"
    assert claim["rows"][0]["sentence"] == "It reports: From 40 to 52\u00a0%, now 50; score 1.00."
