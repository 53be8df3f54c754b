"""A store that cannot be used: one clear sentence at the terminal and on the screen, no byte changed, and the backup
brings everything back."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

import cli
from data.store import SCHEMA_VERSION
from workspace import LoadOptions, Workspace

ROOT = Path(__file__).parents[1]
ROWS = b"kpi,period,value\n" + b"".join(b"visits,2026-%02d,%d\n" % (month, month) for month in range(1, 7))
EXTRACT = b"kpi,period,value\nvisits,2026-07,7\n"
FLIPS = int(os.environ.get("NEEDLE_FLIPS", "6"))


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """A folder with a store, its backup, and a file to be loaded."""
    folder = tmp_path_factory.mktemp("sound")
    workspace = Workspace(folder / "s.duckdb", who="ann")
    workspace.load("visits.csv", ROWS, LoadOptions(create_kpis=True, trusted=True))
    workspace.back_up(folder / "backup.duckdb")
    (folder / "more.csv").write_bytes(EXTRACT)
    return folder


@pytest.fixture
def folder(sound, tmp_path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "store"))


@pytest.fixture
def terminal(folder, monkeypatch, capsys):
    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["needle", "--db", str(folder / "s.duckdb"), *words])
        said, code = "", 0
        try:
            cli.run()
        except SystemExit as stop:
            said, code = (str(stop.code), 1) if isinstance(stop.code, str) else ("", stop.code or 0)
        printed = capsys.readouterr()
        return code, said or printed.err or printed.out

    return run


def truncate(path: Path) -> None:
    with path.open("rb+") as file:
        file.truncate(path.stat().st_size // 2)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def foreign(path: Path) -> None:
    path.unlink()
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE orders AS SELECT 1 AS id")


def text(path: Path) -> None:
    path.write_bytes(EXTRACT * 2000)


def newer(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"UPDATE meta SET value = '{SCHEMA_VERSION + 1}' WHERE key = 'schema_version'")


def header(path: Path) -> None:
    with path.open("rb+") as file:
        file.seek(4096 + 100)
        file.write(b"\xff" * 64)


def an_older_copy(path: Path) -> None:
    """The backup put in its place by hand, after another load."""
    Workspace(path, who="ann").load("more.csv", EXTRACT, LoadOptions(trusted=True))
    shutil.copyfile(path.with_name("backup.duckdb"), path)


BROKEN = [
    pytest.param(truncate, r"s\.duckdb (is damaged|cannot be opened).*`restore FILE`", id="truncated"),
    pytest.param(empty, r"s\.duckdb is empty \(0 bytes\).*`restore FILE`", id="empty"),
    pytest.param(
        foreign,
        r"s\.duckdb is a DuckDB file, but not a Needle store: it holds the tables orders.*--db or NEEDLE_DB",
        id="foreign",
    ),
    pytest.param(text, r"s\.duckdb is not a DuckDB file.*--db or NEEDLE_DB", id="no database"),
    pytest.param(newer, r"written by a newer Needle \(schema \d.*Upgrade Needle", id="newer schema"),
    pytest.param(header, r"s\.duckdb (is damaged|cannot be opened).*`restore FILE`", id="header"),
    pytest.param(an_older_copy, r"has lost writes: .*`restore FILE`.*remove s\.duckdb\.head", id="older copy"),
]


@pytest.mark.parametrize(("fault", "sentence"), BROKEN)
def test_a_store_that_cannot_be_used_is_said_in_a_sentence_and_left_alone(
    folder, terminal, monkeypatch, fault, sentence
):
    path = folder / "s.duckdb"
    fault(path)
    before = path.read_bytes()
    for words in (["loads"], ["load", str(folder / "more.csv")]):
        code, said = terminal(*words)
        assert (code, said.count("\n") <= 1, "Traceback" in said) == (1, True, False), said
        assert re.search(sentence, said, re.DOTALL), said
    monkeypatch.setenv("NEEDLE_DB", str(path))
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    assert not app.exception, app.exception
    assert [re.search(sentence, one.value.replace("\\", ""), re.DOTALL) is not None for one in app.error] == [True], (
        app.error
    )
    assert path.read_bytes() == before
    if fault in (foreign, text):
        return  # somebody else's file: another path is to be given, and this one stays
    code, said = terminal("restore", str(folder / "backup.duckdb"))
    assert code == 0, said
    code, said = terminal("load", str(folder / "more.csv"))
    assert code == 0, said
    assert len(Workspace(path).loads()) == 2


def test_a_flipped_byte_anywhere_is_a_sentence_or_harmless(folder, terminal):
    """A byte of a block in use is noticed; one that no block holds changes nothing."""
    path, chance = folder / "s.duckdb", random.Random("unusable")
    sound, whole = path.read_bytes(), terminal("loads", "--json")[1]
    for number in range(FLIPS):
        damaged = bytearray(sound)
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        code, said = terminal("loads", "--json")
        assert "Traceback" not in said, (number, said)
        assert (code == 0 and said == whole) or (code == 1 and said.count("\n") <= 1 and "restore FILE" in said), said
        assert path.read_bytes() == damaged


def test_a_head_that_was_removed_is_noted_again_with_the_next_write(folder, terminal):
    (folder / "s.duckdb.head").unlink()
    assert terminal("loads", "--json")[0] == 0
    assert terminal("load", str(folder / "more.csv"))[0] == 0
    assert json.loads((folder / "s.duckdb.head").read_text())["sequence"] > 1


RUNS = """
    import os, resource, sys
    what, path, extract = sys.argv[1:]
    import cli
    for words in (["loads"], ["load", extract, "--create-kpis"]):
        if what == "full":
            resource.setrlimit(resource.RLIMIT_FSIZE, (min(os.path.getsize(path), 100_000), resource.RLIM_INFINITY))
        sys.argv = ["needle", "--db", path, *words]
        try:
            cli.run()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        print("ended", code, file=sys.stderr, flush=True)
"""


def run_as_owner_without_privileges(what: str, folder: Path, extract: Path) -> list[str]:
    """What the two commands say on stderr, `loads` and `load`, each with how it ended. The superuser may write anything: that right is taken away first."""
    words = [sys.executable, "-c", textwrap.dedent(RUNS), what, str(folder / "s.duckdb"), str(extract)]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("run as the superuser, and setpriv is not here to give rights up")
        words = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", *words]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    first, second, rest = re.split(r"(?<=ended \d)\n", done.stderr)
    assert rest == "", rest
    return [first, second]


def test_a_folder_that_may_not_be_written_is_named(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    folder.chmod(0o555)
    for path in folder.iterdir():
        path.chmod(0o444)
    try:
        said = run_as_owner_without_privileges("rights", folder, folder / "more.csv")
    finally:
        folder.chmod(0o755)
    assert all(one.endswith("ended 1") for one in said), said
    assert all(f"cannot write beside the store in {folder}" in one and "Check the rights" in one for one in said)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_file_that_may_not_be_written_can_be_read(folder):
    path = folder / "s.duckdb"
    path.chmod(0o444)
    before = path.read_bytes()
    reading, writing = run_as_owner_without_privileges("rights", folder, folder / "more.csv")
    assert (reading, writing.endswith("ended 1")) == ("ended 0", True)
    assert "s.duckdb cannot be written: the file or its folder is read-only" in writing
    assert path.read_bytes() == before


def test_a_disk_that_is_full_stops_a_load_and_leaves_the_store(folder):
    many = folder / "many.csv"
    many.write_text(
        "kpi,period,value\n" + "".join(f"k{n},2026-0{m},{n * m}.{n}\n" for n in range(3000) for m in (1, 2))
    )
    said = run_as_owner_without_privileges("full", folder, many)
    assert "there is no room to write s.duckdb" in said[-1], said
    assert "Nothing was changed; free some space" in said[-1]
    assert len(Workspace(folder / "s.duckdb").loads()) == 1
