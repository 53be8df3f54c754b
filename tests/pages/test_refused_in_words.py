"""What is refused is told in the language of whoever is being served: screens in theirs, programs in English."""

import ast
import sys
from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette

import cli
from data.gate import Gate, StoreBusy
from models import language, wrong
from models.event import Event
from models.language import speaking
from models.lesson import Lesson
from models.okr import KeyResult
from pages import admin, plan
from pages.api import routes
from pages.languages.collect import ROOT
from pages.parts import languages
from pages.parts.view import View
from tests.data.test_planning import OKRS
from tests.pages.api.test_api import Client
from tests.pages.test_every_page import run
from tests.pages.test_languages import has_words
from workspace import Workspace

SWEDISH = languages.language("sv")


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: datetime(2026, 9, 1, 12))
    made.import_okrs("okrs.yaml", OKRS)
    return made


@pytest.fixture
def screens_speak_swedish(monkeypatch):
    monkeypatch.setattr(language, "_otherwise", [lambda: SWEDISH])


def _retire(app: Any) -> None:
    next(button for button in app.button if button.key in ("retire key result", "retire objective")).click()


def _name_a_token_again(app: Any) -> None:
    app.text_input[0].set_value("tills")
    next(button for button in app.button if button.label == "Skapa den").click()


@pytest.mark.parametrize(
    ("page", "edit", "act", "said"),
    [
        (plan, "key_result/users", _retire, "nyckelresultatet ”users” inväntas fortfarande av calm."),
        (plan, "objective/top", _retire, "målet ”top” står fortfarande över love."),
        (admin, "", _name_a_token_again,
         "det finns redan en giltig åtkomstnyckel ”tills”; återkalla den, eller ange ett annat namn."),
    ],
)  # fmt: skip
def test_a_screen_in_swedish_is_refused_in_swedish(workspace, screens_speak_swedish, page, edit, act, said):
    workspace.make_token("tills", ["push"])
    app = run(page, workspace, {"edit": edit} if edit else {}, View(cycle="2026-Q4"))
    act(app)
    app.run()
    assert [error.value for error in app.exception] == []
    assert [error.value.replace("\\", "") for error in app.error] == [said]


@pytest.mark.file_store("the locks of a file")
def test_a_busy_store_is_told_in_swedish(tmp_path):
    path, told = tmp_path / "s.duckdb", "^lagret används: väntade 0,05 s på s.duckdb.lock"
    with Gate(path).writing(), speaking(SWEDISH), pytest.raises(StoreBusy, match=told):
        with Gate(path, timeout=0.05).reading():
            pass


def test_programs_are_refused_in_english_whatever_screens_speak(workspace, screens_speak_swedish):
    token = workspace.make_token("tills", ["read"])["token"]
    client = Client(Starlette(routes=routes.all_of(lambda: workspace)))
    answer = client.get("/api/v1/scorecard?cycle=2031-Q1", headers={"authorization": f"Bearer {token}"})
    assert answer.json()["message"] == "cycle '2031-Q1' is not defined; known cycles: 2026-Q4."


def test_the_terminal_is_refused_in_english_unless_asked_otherwise(workspace, monkeypatch, capsys):
    def refused(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["needle", *words, "score", "--cycle", "2031-Q1"])
        with speaking(language.current()), pytest.raises(SystemExit):  # --lang speaks until the block ends
            cli.run()
        return capsys.readouterr().err.strip()

    db = ("--db", str(workspace.store.path))
    assert refused(*db) == "needle: cycle '2031-Q1' is not defined; known cycles: 2026-Q4."
    assert refused(*db, "--lang", "sv") == "needle: cykeln ”2031-Q1” är inte definierad; kända cykler: 2026-Q4."


@pytest.mark.parametrize(
    ("kind", "body", "english", "swedish"),
    [
        (Lesson, {"text": ""}, "String should have at least 1 character", "texten ska ha minst 1 tecken"),
        (Event, {"id": "e", "title": "x"}, "Field required", "fältet måste fyllas i"),
        (Event, {"id": "e", "title": "x", "day": date(2026, 3, 2), "end": date(2026, 3, 1)},
         "the event ends on 2026-03-01, before it begins on 2026-03-02",
         "händelsen slutar den 2026-03-01, innan den börjar den 2026-03-02"),
        (KeyResult, {"id": "k", "kpi": "x", "kind": "increase", "target": 1.5, "baseline": 2},
         "kind is increase, but the target 1.5 is below the baseline 2",
         "slaget är increase, men målvärdet 1,5 ligger under utgångsvärdet 2"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_field(kind, body, english, swedish):
    def said() -> str:
        with pytest.raises(ValidationError) as refused:
            kind.model_validate(body)
        return wrong.said(refused.value)

    assert said() == english
    with speaking(SWEDISH):
        assert said() == swedish


# What only a terminal, a log or the file of an operator shows, and rules that people reach through a page's own fields.
OF_THEIR_OWN = {"backup.py", "access.py", "writing.py", "forecast.py", "movement_cases.py", "trend.py", "trend_values.py",
                "trend_windows.py", "xmr.py"}  # fmt: skip
TOLD = {"Refused", "NotAllowed", "Unavailable", "StoreError", "StoreBusy", "StoreAway", "StoreDamaged", "ValueError"}


@pytest.mark.parametrize("room", ["data", "models"])
def test_every_refusal_passes_through_the_language(room):
    own = [
        f"{path.name}:{node.lineno}: {ast.unparse(argument)}"
        for path in sorted((ROOT / room).glob("*.py"))
        if path.name not in OF_THEIR_OWN
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TOLD
        for argument in node.args
        if has_words(argument) and not (isinstance(argument, ast.Constant) and argument.value in ("database", "folder"))
    ]
    assert own == []
