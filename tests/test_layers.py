"""The rooms keep their doors: who may import whom, held by reading the code."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("models", "data", "kpi_sources", "pages")
OURS = {*ROOMS, "workspace", "dashboard", "cli", "server"}
MAY_IMPORT = {
    "models": {"models"},
    "data": {"data", "models"},
    "kpi_sources": {"kpi_sources", "models"},
    "pages": {"pages", "models", "kpi_sources", "workspace"},
}
# What comes in is read in one room and kept in the other: in these files the two meet.
JOINS = {
    f"data/{name}.py": {"kpi_sources"}
    for name in ("loading", "importing", "pulling", "file_load", "staged_file", "bulk_load", "load_result")
}
SCREEN = {"streamlit", "plotly"}
FORBIDDEN = {
    "models": SCREEN | {"duckdb", "great_expectations", "os", "pathlib", "time", "requests"},
    "data": SCREEN | {"great_expectations"},
    "kpi_sources": SCREEN | {"duckdb", "psycopg"},
    "pages": {"duckdb", "great_expectations"},
}


def imported(path: Path) -> set[str]:
    """Dotted names that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module or "")
    return names


def calls_a_clock(path: Path) -> list[int]:
    """Lines that ask for the time of day or today's date."""
    lines = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"now", "today", "utcnow"}
        ):
            lines.append(node.lineno)
    return lines


FILES = [
    pytest.param(room, path, id=str(path.relative_to(ROOT)))
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
]


@pytest.mark.parametrize(("room", "path"), FILES)
def test_a_room_imports_only_what_it_may(room, path):
    tops = {name.split(".")[0] for name in imported(path)}
    assert tops & OURS <= MAY_IMPORT[room] | JOINS.get(str(path.relative_to(ROOT)), set())
    assert not tops & FORBIDDEN[room]


@pytest.mark.parametrize("path", sorted((ROOT / "models").rglob("*.py")), ids=lambda path: path.name)
def test_models_read_no_clock(path):
    assert calls_a_clock(path) == []


def test_only_the_stores_import_duckdb():
    importers = {
        str(p.relative_to(ROOT)) for room in ROOMS for p in (ROOT / room).rglob("*.py") if "duckdb" in imported(p)
    }
    assert importers | {p for p in ("workspace.py", "cli.py", "dashboard.py") if "duckdb" in imported(ROOT / p)} == {
        "data/store.py",
        "data/file_store.py",
        "data/store_faults.py",
        "data/lake_database.py",
    }


def test_charts_know_no_screen():
    for name in ("charts", "chart_look"):
        assert "streamlit" not in {found.split(".")[0] for found in imported(ROOT / f"pages/parts/{name}.py")}


@pytest.mark.parametrize("room", ["pages/api", "pages/door", "pages/terminal", "pages/exports"])
def test_faces_without_a_screen_know_none(room):
    for path in (ROOT / room).rglob("*.py"):
        assert "streamlit" not in {name.split(".")[0] for name in imported(path)}, path


RUNS_CODE = {"eval", "exec", "compile", "__import__"}
UNPACKS = {"pickle", "cPickle", "dill", "shelve", "marshal", "joblib", "cloudpickle"}


@pytest.mark.parametrize("path", [*(p for _, p in [param.values for param in FILES]), *ROOT.glob("*.py")], ids=str)
def test_nothing_runs_or_unpacks_what_came_from_outside(path):
    assert not {name.split(".")[0] for name in imported(path)} & UNPACKS
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in RUNS_CODE, f"{path}:{node.lineno}"
            own = "samples" in path.parts  # a file of ours, read by a loader of ours
            assert called != "yaml.load" or own
            assert called not in {"yaml.unsafe_load", "yaml.full_load", "os.system", "os.popen"}
            assert not called.endswith("read_pickle")
            assert not any(k.arg == "shell" and ast.unparse(k.value) != "False" for k in node.keywords)


def test_tables_of_streamlit_offer_no_download_of_their_own():
    """It would write formulas as they stand; pages/parts/downloads.py makes every cell harmless."""
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    assert settings["client"]["disableDataExport"] is True


def test_no_file_is_a_drawer_for_everything():
    names = {p.stem for p in ROOT.rglob("*.py") if ".venv" not in p.parts}
    assert not names & {"utils", "util", "helpers", "common", "misc"}
