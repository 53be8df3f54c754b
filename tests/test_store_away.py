"""A shared store of which a part is away: what was read before is shown still, what is told, and nothing is changed.

A store in a file plays it here: it is patched to answer as a shared one does (data/lake.py); with a real database in
tests/engines/test_shared_store.py.
"""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data import pulling
from data.catalogue import told
from data.file_store import FileStore
from data.gate import NotDone, NotNow, StoreAway, StoreBusy, StoreError
from kpi_sources.warehouse_file import WarehouseFile
from kpi_sources.warehouses import Answer
from models.kpi import Kpi
from models.refused import Refused, Unavailable
from workspace import Workspace

ROOT = Path(__file__).parents[1]
OKRS = b"""teams: [{id: app}]
objectives:
  - {id: o, team: app, cycle: 2026-Q3, key_results: [{id: k, title: Churn falls, baseline: 0, target: 10}]}
"""


@pytest.fixture
def path(tmp_path) -> Path:
    workspace = Workspace(tmp_path / "s.duckdb", who="ann")
    workspace.import_okrs("o.yaml", OKRS)
    return tmp_path / "s.duckdb"


@pytest.fixture
def gone(monkeypatch):
    """Makes every store as one whose database, or folder, cannot be reached."""

    def go(part: str = "database", monkeypatch: pytest.MonkeyPatch = monkeypatch) -> None:
        def away(*_, **__):
            raise StoreAway(part, "needle on db", "Connection refused", "needle on db cannot be reached.")

        if part == "database":
            monkeypatch.setattr(FileStore, "signature", away)
        monkeypatch.setattr(FileStore, "look", away)
        monkeypatch.setattr(FileStore, "_open", away)

    return go


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            'connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused\n\tIs the server '
            "running on that host and accepting TCP/IP connections?",
            "Connection refused",
        ),
        ("connection timeout expired", "connection timeout expired"),
        (
            "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\t"
            "before or while processing the request.",
            "server closed the connection unexpectedly",
        ),
        (
            'connection to server at "::1", port 5432 failed: Connection refused\n\tIs the server running on that host '
            'and accepting TCP/IP connections?\nconnection to server at "127.0.0.1", port 5432 failed: FATAL:  the '
            "database system is starting up",
            "Connection refused",
        ),
        ("[Errno -2] Name or service not known", "[Errno -2] Name or service not known"),
    ],
)
def test_a_database_that_is_away_is_one_calm_sentence(said, why):
    found = told("needle on db", OSError(said))
    assert isinstance(found, StoreAway)
    assert (found.part, found.name, found.why) == ("database", "needle on db", why)
    assert str(found) == (
        f"the database needle on db of the shared store cannot be reached ({why}). Nothing was changed; "
        "try again in a moment."
    )


def test_pages_go_on_with_what_was_answered_before_and_others_are_told(path, gone):
    workspace = Workspace(path, who="ann", now=lambda: datetime(2026, 9, 1))
    pages = workspace.patient()
    assert pages.away() is None
    before = pages.scorecard("2026-Q3")
    gone()
    assert pages.away().why == "Connection refused"
    assert pages.scorecard("2026-Q3") is before
    assert pages.data_version() == before.data_version
    with pytest.raises(StoreAway):  # was not asked before
        pages.loads()
    with pytest.raises(StoreAway):  # an API, a terminal: rather no answer than an old one
        workspace.scorecard("2026-Q3")
    with pytest.raises(StoreAway):  # nothing was ever answered
        Workspace(path).patient().scorecard("2026-Q3")


def test_a_check_in_while_it_is_away_is_refused_and_kept_once_it_is_back(path, gone, monkeypatch):
    workspace = Workspace(path, who="ann").patient()
    assert workspace.check_ins().empty
    gone()
    with pytest.raises(Refused, match="cannot be reached") as refused:
        workspace.check_in("k", 5.0, date(2026, 8, 1))
    assert isinstance(refused.value, NotNow)
    monkeypatch.undo()
    assert workspace.check_ins().empty
    workspace.check_in("k", 5.0, date(2026, 8, 1))
    assert list(workspace.check_ins()["value"]) == [5.0]


@pytest.mark.parametrize(("error", "later"), [(StoreBusy("in use"), True), (StoreError("damaged"), False)])
def test_what_a_store_refuses_is_told_where_it_was_to_be_done(path, monkeypatch, error, later):
    workspace = Workspace(path, who="ann")

    def write(*_, **__):
        raise error

    monkeypatch.setattr(FileStore, "write", write)
    with pytest.raises(NotDone, match=str(error)) as refused:
        workspace.check_in("k", 5.0, date(2026, 8, 1))
    assert isinstance(refused.value, Unavailable) is later


def opened() -> AppTest:
    """The scorecard, as a new visitor sees it."""
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.query_params["cycle"] = "2026-Q3"
    return app.run()


DATABASE = "**The database of the shared store does not answer**: needle on db (Connection refused)."
FOLDER = "**The folder of the shared store is not there**: needle on db (Connection refused). Is it mounted?"
BEFORE = (
    "Pages that were read before are shown as they were then. Nothing can be saved until it is back; what you typed "
    "stays in its fields."
)


@pytest.mark.parametrize(("part", "sentence"), [("database", DATABASE), ("folder", FOLDER)])
def test_a_page_that_was_read_is_shown_still_under_one_sentence(path, gone, monkeypatch, part, sentence):
    monkeypatch.setenv("NEEDLE_DB", str(path))
    before = opened()
    assert (len(before.title), list(before.warning)) == (1, [])
    gone(part)
    app = opened()
    assert [one.value for one in app.title] == [one.value for one in before.title]
    assert [one.value for one in app.warning] == [f"{sentence} {BEFORE}"]
    assert (list(app.error), list(app.exception)) == ([], [])


def test_a_server_that_began_while_the_database_is_away_says_so_and_needs_no_restart(path, gone, monkeypatch):
    monkeypatch.setenv("NEEDLE_DB", str(path))
    with monkeypatch.context() as patched:
        gone(monkeypatch=patched)
        app = opened()
    assert [one.value for one in app.warning] == [f"{DATABASE} {BEFORE}"]
    assert [one.value for one in app.info] == [
        "This was not read before, so there is nothing to show until it is back. Nothing is lost."
    ]
    assert [one.label for one in app.main.button] == ["Try again"]
    assert (list(app.error), list(app.exception), list(app.title)) == ([], [], [])
    app = opened()
    assert (len(app.title), list(app.warning), list(app.info)) == (1, [], [])


def test_a_pull_ends_once_when_the_store_goes_away(path, gone, monkeypatch):
    """What was stored stays; no KPI is called failed for what is not its fault, and no warehouse is asked in vain."""
    asked: list[str] = []

    class Engine:
        def __init__(self, name, connection, environment):
            self.connection = connection

        def ask(self, kpi, since, until):
            asked.append(kpi.kpi)
            return Answer(pd.DataFrame({"segment": ["all"], "period": [pd.Timestamp("2026-08-01")], "value": [1.0]}))

        def close(self):
            pass

    monkeypatch.setattr(pulling, "Warehouse", Engine)
    rows = [{"kpi": kpi, "connection": "dw", "table": "t", "date": "at", "value": {"sum": "x"}} for kpi in "ABC"]
    file = WarehouseFile.model_validate({"connections": {"dw": {"url": "duckdb:facts"}}, "kpis": rows})
    workspace = Workspace(path, who="ann", now=lambda: datetime(2026, 9, 10, 9)).patient()
    workspace.define_kpis([Kpi(id=kpi, cadence="month") for kpi in "ABC"])
    assert workspace.pulled_until(file) == {"dw/A": None, "dw/B": None, "dw/C": None}
    done: list[tuple[str, str]] = []

    def each(one):
        done.append((one.kpi, one.status))
        gone()

    with pytest.raises(NotNow, match="needle on db cannot be reached"):
        workspace.pull(file, each=each)
    assert (done, asked) == ([("A", "stored")], ["A"])
    with pytest.raises(NotNow, match="needle on db cannot be reached"):
        workspace.pull(file, each=each)
    assert asked == ["A"]
    assert workspace.pulled_until(file)["dw/B"] is None, "of before"
