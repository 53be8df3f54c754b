"""Which questions are asked before anybody looks, that the pages then compute nothing, and that errors end nothing."""

import threading
import time
from datetime import date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from data import warming
from data.gate import StoreAway, StoreError
from data.warming import WarmUp, questions
from models.language import ENGLISH, Language, current
from models.refused import Refused
from workspace import Workspace

DAY = datetime(2026, 11, 16, 12)
QUICK = {"every": 0.005, "settled": 0.02, "pause": 0.0}
PATIENCE = 20.0  # seconds


class Store:
    written = 1

    def signature(self):
        return ((self.written, 0, 0), None)


class Company:
    """Answers nothing, and notes what it was asked in which language."""

    def __init__(self, key_results=2, cycle="2026-Q4"):
        self.store, self.asked, self.day, self.cycle = Store(), [], date(2026, 11, 16), cycle
        self.key_results = list(range(key_results))
        self.languages = [ENGLISH]

    def spoken(self):
        return self.languages

    def today(self):
        return self.day

    def default_cycle(self):
        return self.cycle

    def review_day(self):
        return date(2026, 11, 15)

    def __getattr__(self, name):
        def answer(*words, **named):
            self.asked.append((name, *words, *named.items()))
            return self

        return answer


ASKED = [
    ("scorecard", "2026-Q4"),
    ("closing", "2026-Q4"),
    ("since_closing", "2026-Q4"),
    ("okr_rows", "2026-Q4"),
    ("scorecard", "2026-Q4"),
    ("what_changed",),
    ("kpis",),
    ("review", date(2026, 11, 15), ("cycle", "2026-Q4")),
    ("health",),
    ("story", "2026-Q4"),
    ("trade_offs", "2026-Q4"),
    ("truth_gap",),
    ("okr_plan", "2026-Q4"),
    ("okr_map", "2026-Q4"),
    ("hints", "2026-Q4"),
    ("scorecard", "2026-Q4", date(2026, 11, 9)),
    ("compare", "2026-Q4", date(2026, 10, 17)),
    ("owner_review",),
]


def asked_of(company):
    """What was asked, without the answers that were handed on."""
    return [tuple(word for word in words if word is not company) for words in company.asked]


def until(holds):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


@pytest.fixture(autouse=True)
def laid_out(request, monkeypatch):
    """The overview of trade-offs needs real ones."""
    if "copied" not in request.fixturenames:
        monkeypatch.setattr(warming, "overview", lambda found: found)


@pytest.fixture
def warmed():
    """Starts a warm-up of a company; stops it at the end."""
    running = []

    def start(company):
        running.append(WarmUp(company, **QUICK))
        running[-1].start()
        return running[-1]

    yield start
    for one in running:
        one.stop(PATIENCE)
        assert not one._thread.is_alive()


def test_what_the_pages_ask_is_asked_at_the_start_and_once(warmed):
    company = Company()
    warmed(company)
    until(lambda: company.asked and company.asked[-1] == ("owner_review",))
    time.sleep(0.1)
    assert asked_of(company) == ASKED


def test_in_a_big_company_nobody_asks_unasked_what_changed_and_without_a_cycle_only_kpis_are_looked_at():
    big, none = Company(key_results=151), Company(cycle=None)
    big.what_changed = lambda card: pytest.fail("nobody asked")
    big.__dict__["scorecard"] = lambda *_: type("Card", (), {"key_results": big.key_results})
    assert questions(big)["what changed"]() is None
    assert list(questions(none)) == ["KPIs", "KPI review", "data health"]


def test_a_write_and_a_new_day_are_followed_once_nothing_more_comes(warmed):
    company = Company()
    warmed(company)
    until(lambda: company.asked and company.asked[-1] == ("owner_review",))
    company.asked.clear()
    for _ in range(10):  # files of a nightly load
        company.store.written += 1
        time.sleep(0.002)
    until(lambda: company.asked and company.asked[-1] == ("owner_review",))
    assert asked_of(company) == ASKED
    company.asked.clear()
    company.day = date(2026, 11, 17)
    until(lambda: company.asked and company.asked[-1] == ("owner_review",))
    assert asked_of(company)[-2] == ("compare", "2026-Q4", date(2026, 10, 18))


def test_a_write_in_the_midst_ends_the_round_and_begins_another(warmed):
    company, first = Company(), threading.Event()

    def review(*_, **__):
        if not first.is_set():
            first.set()
            company.store.written += 1
        company.asked.append(("review",))

    company.__dict__["review"] = review
    warmed(company)
    until(lambda: company.asked and company.asked[-1] == ("owner_review",))
    names = [words[0] for words in company.asked]
    begun = [words[0] for words in ASKED[:8]]
    assert names == begun + [words[0] for words in ASKED]


@pytest.mark.parametrize("error", [Refused("no cycle"), StoreError("damaged"), KeyError("a bug")])
def test_an_error_ends_neither_the_thread_nor_the_next_round(warmed, error, caplog):
    company = Company()

    def failing(*_):
        raise error

    company.__dict__["story"] = failing
    running = warmed(company)
    after = "truth_gap" if not isinstance(error, KeyError) else "health"
    until(lambda: any(words[0] == after for words in company.asked))
    assert running._thread.is_alive()
    del company.__dict__["story"]
    company.asked.clear()
    company.store.written += 1
    until(lambda: any(words[0] == "owner_review" for words in company.asked))
    assert [record.message for record in caplog.records] == ["warm-up failed"] * isinstance(error, KeyError)


def test_a_store_that_is_away_is_told_once_and_all_is_asked_when_it_is_back(warmed, caplog):
    company, asked = Company(), 0
    signature = company.store.signature

    def away():
        nonlocal asked
        asked += 1
        raise StoreAway("database", "needle", "refused", "the database cannot be reached.")

    company.store.signature = away
    warmed(company)
    until(lambda: asked > 3)
    company.store.signature = signature
    until(lambda: any(words[0] == "owner_review" for words in company.asked))
    assert [record.message for record in caplog.records] == [
        "warm-up waits for the store: the database cannot be reached."
    ]


def test_it_asks_in_the_languages_of_those_who_asked(warmed):
    company, heard = Company(), []
    company.languages = [Language("sv", ",", " "), ENGLISH]
    company.__dict__["story"] = lambda _: heard.append(current().code)
    warmed(company)
    until(lambda: len(heard) == 2)
    assert heard == ["sv", "en"]


def test_a_store_that_is_not_there_is_not_made(tmp_path, warmed):
    workspace = Workspace(tmp_path / "none.duckdb")
    warmed(workspace)
    time.sleep(0.1)
    assert list(tmp_path.glob("*.duckdb")) == []


def test_it_stops_while_it_waits_for_writes_to_end():
    company = Company()
    one = WarmUp(company, every=0.005, settled=PATIENCE, pause=0.0)
    one.start()
    until(lambda: company.asked and company.asked[-1] == ("owner_review",))
    company.store.written += 1
    time.sleep(0.05)
    begun = time.monotonic()
    one.stop(PATIENCE)
    assert time.monotonic() - begun < 1.0
    assert not one._thread.is_alive()


COMPUTED = {
    "scorecard": ["series"],
    "retrospective": ["records"],
}  # reads of what stands beside the rows that are shown


def page(name):
    from importlib import import_module

    import streamlit as st

    from pages.parts.view import View

    workspace = st.session_state["workspace"]
    import_module(f"pages.{name}").render(workspace, View(cycle=workspace.default_cycle()))


def test_after_it_the_pages_compute_nothing_but_the_lines_beside_their_rows(sample_company, tmp_path, copied):
    workspace = Workspace(copied(sample_company / "needle.duckdb", tmp_path), now=lambda: DAY)
    for ask in questions(workspace).values():
        ask()
    computed, get = [], type(workspace._everything).get

    def noting(self, key, compute, of=()):
        return get(self, key, lambda: computed.append(key[0]) or compute(), of)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(workspace._everything), "get", noting)
        found = {}
        for name in ("scorecard", "okrs", "story", "trade_offs", "trends", "truth_gap", "then_and_now", "hints",
                     "data_health", "retrospective", "owner"):  # fmt: skip
            computed.clear()
            test = AppTest.from_function(page, args=(name,), default_timeout=60)
            test.session_state["workspace"] = workspace
            test.run()
            assert not test.exception, name
            found[name] = list(computed)
    assert {name: keys for name, keys in found.items() if keys} == COMPUTED
