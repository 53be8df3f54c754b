"""The terminal's contract: one JSON document on stdout, messages on stderr, exit 0, 1 or 2."""

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

import cli

ROOT = Path(__file__).parents[1]
GOOD = "kpi,period,segment,value\nnps,2024-01,all,40\nnps,2024-02,all,41.5\n"
OKRS = {
    "kpis": [{"id": "nps", "name": "NPS", "cadence": "month", "range": [-100, 100]}],
    "objectives": [
        {
            "id": "o", "title": "Loved", "cycle": "2024-Q1",
            "key_results": [{"id": "kr", "kpi": "nps", "segment": "all", "baseline": 40, "target": 50, "weight": 1}],
        }
    ],
}  # fmt: skip


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def needle(tmp_path, monkeypatch, capsys):
    """Runs a command in this process: the checks import seconds of libraries, once is enough."""

    def run(*words: object, code: int = 0, parse: bool = True):
        monkeypatch.setattr(sys, "argv", ["needle", "--db", str(tmp_path / "s.duckdb"), *map(str, words)])
        said, ended = "", 0
        try:
            cli.run()
        except SystemExit as stop:  # a text is what Python prints on stderr before it exits 1
            said, ended = (f"{stop.code}\n", 1) if isinstance(stop.code, str) else ("", stop.code or 0)
        printed = capsys.readouterr()
        done = Done(ended, printed.out, printed.err + said)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if parse else done

    return run


def test_a_process_of_its_own_prints_one_document_and_nothing_else(tmp_path):
    words = ["--db", tmp_path / "s.duckdb", "load", write(tmp_path / "nps.csv", GOOD), "--json"]
    done = subprocess.run(
        [sys.executable, ROOT / "cli.py", *words], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["loads"][0]["status"] == "rejected"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_load_score_undo(needle, tmp_path):
    needle("import-okrs", write(tmp_path / "okrs.yaml", yaml.safe_dump(OKRS)), "--json")
    [load] = needle("load", write(tmp_path / "nps.csv", GOOD), "--json")["loads"]
    assert (load["load_id"], load["status"]) == (1, "stored")
    assert load["counts"] == {
        "accepted_new": 2, "unchanged": 0, "restated": 0, "repeated": 0, "rejected": 0, "absent": 0,
    }  # fmt: skip
    card = needle("score", "--cycle", "2024-Q1", "--json")
    [kr] = card["key_results"]
    assert (card["cycle"], kr["id"], kr["progress"], kr["verdict"], kr["so_far"]) == (
        "2024-Q1",
        "kr",
        0.15,
        "unproven",
        False,
    )
    assert kr["movement"]["kpi"] == "nps"
    assert card["policy"]["confidence"] == 0.95
    assert needle("load", tmp_path / "nps.csv", "--json")["loads"][0]["status"] == "already_loaded"
    assert needle("undo", 1, "--json") == {"status": "undone", "load_id": 1, "file": "nps.csv", "values": 2}
    assert needle("score", "--cycle", "2024-Q1", "--json")["key_results"][0]["score"] is None
    assert needle("check", "--json")["status"] == "sound"


def test_a_bad_file_stops_whole_and_says_all_that_is_wrong(needle, tmp_path):
    needle("import-okrs", write(tmp_path / "okrs.yaml", yaml.safe_dump(OKRS)), "--json")
    bad = write(tmp_path / "bad.csv", GOOD + "nps,2024-03,all,many\nnps,2024-04,all,999\n")
    [load] = needle("load", bad, "--json", code=1)["loads"]
    assert load["status"] == "rejected"
    assert load["counts"]["accepted_new"] == 2
    assert [entry["row"] for entry in load["rejected"]] == [4, 5]
    assert needle("score", "--cycle", "2024-Q1", "--json")["key_results"][0]["score"] is None
    [load] = needle("load", bad, "--accept-partial", "--json")["loads"]
    assert (load["status"], load["counts"]["rejected"]) == ("partial", 2)


def test_an_unknown_kpi_is_refused_or_created(needle, tmp_path):
    extract = write(tmp_path / "nps.csv", GOOD)
    [load] = needle("load", extract, "--json", code=1)["loads"]
    assert {entry["code"] for entry in load["rejected"]} == {"unknown_kpi"}
    assert needle("load", extract, "--create-kpis", "--json")["loads"][0]["status"] == "stored"
    text = needle("export", tmp_path / "out.yaml", "--json")
    assert text["status"] == "exported"
    [kpi] = yaml.safe_load((tmp_path / "out.yaml").read_text())["kpis"]
    assert (kpi["id"], kpi.get("cadence", "month"), kpi["to_be_defined"]) == ("nps", "month", True)


def test_read_writes_tidy_rows_or_nothing(needle, tmp_path):
    out = tmp_path / "rows.csv"
    assert needle("read", write(tmp_path / "nps.csv", GOOD), "--out", out, "--json")["rows"] == 2
    assert out.read_text().splitlines() == ["kpi,period,value,segment", "nps,2024-01,40,all", "nps,2024-02,41.5,all"]
    out.unlink()
    read = needle("read", write(tmp_path / "bad.csv", GOOD + "nps,2024-02,all,7\n"), "--out", out, "--json", code=1)
    assert (read["status"], read["rows"]) == ("rejected", 0)
    assert not out.exists()


def test_backup_and_restore(needle, tmp_path):
    needle("load", write(tmp_path / "nps.csv", GOOD), "--create-kpis", "--json")
    needle("backup", tmp_path / "copy.duckdb", "--json")
    needle("undo", 1, "--json")
    assert needle("restore", tmp_path / "copy.duckdb", "--json")["status"] == "restored"
    assert needle("loads", "--json")["loads"][0]["undone_at"] is None


def test_refusals_are_one_line_and_exit_1(needle, tmp_path):
    done = needle("undo", 7, code=1, parse=False)
    assert done.stderr == "needle: there is no load 7; the Loads page and `loads` list them.\n"
    assert needle("score", "--json", code=1)["status"] == "rejected"
    assert "cannot read" in needle("load", tmp_path / "none.csv", code=1, parse=False).stderr


def test_a_refusal_prints_its_json_too(needle, tmp_path):
    gone = needle("load", tmp_path / "none.csv", "--json", code=1)
    assert gone == {"status": "rejected", "message": f"cannot read {tmp_path / 'none.csv'}: No such file or directory."}
    words = write(tmp_path / "x.csv", "period,value\n2024-01,many\n")
    assert "x.csv: could not convert" in needle("xmr", words, "--json", code=1)["message"]
    cases = write(tmp_path / "cases.csv", "case_id\n1\n")
    refused = needle("movement", "--cases", cases, "--values", cases, "--out", tmp_path / "o.csv", "--json", code=1)
    assert refused["message"].startswith("cases.csv, cases.csv: cases: no column cadence")


def test_a_wrong_call_exits_2(needle):
    assert needle("score", "--as-of", "yesterday", code=2, parse=False).stdout == ""
    needle("nothing", code=2, parse=False)


def test_xmr_of_a_file(needle, tmp_path):
    lines = "\n".join(f"2024-01-{day:02},{value}" for day, value in enumerate([10, 12, 11, 13, 12, 11, 10, 30], 1))
    chart = needle("xmr", write(tmp_path / "x.csv", f"period,value\n{lines}\n"), "--target", "5", "--json")
    assert chart["points"][-1] == {"period": "2024-01-08", "value": 30.0, "signal": "above_upper"}
    assert (chart["variation"], chart["assurance"]) == ("improvement_high", "pass")


def test_every_command_has_help_and_stands_in_the_readme(needle):
    shown = needle("--help", parse=False).stdout
    commands = set(re.findall(r"^\W*│\s+([a-z][a-z-]+)\s{2,}\S", shown, re.MULTILINE))
    assert {"load", "score", "undo"} <= commands
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {name for name in commands if f"`{name}" not in readme} == set()


def test_trend_of_a_kpi(needle, tmp_path):
    days = "\n".join(f"2024-01-{day:02},{day}" for day in range(1, 32))
    needle("load", write(tmp_path / "visits.csv", f"period,visits\n{days}\n"), "--create-kpis", "--json")
    shown = needle("trend", "visits", "--at", "2024-01-31", "--fiscal-year-end", "DEC", "--json")
    assert shown["weeks"][-1] == {"end": "2024-01-31", "value": 196.0, "last_year": None}
    assert shown["months"][-1] == {"month": "2024-01", "value": 496.0, "last_year": None}
    assert shown["totals"]["week_change"] == pytest.approx(100 * (196 / 147 - 1))
    assert (
        "there is no KPI 'sales'; known KPIs: visits"
        in needle("trend", "sales", "--at", "2024-01-31", code=1, parse=False).stderr
    )


def test_trade_offs(needle, tmp_path):
    weeks = [date(2023, 1, 2) + timedelta(weeks=week) for week in range(146)]
    level = {"orders": (0.3, 100), "waiting": (0.3, 50), "rent": (0.0, 80)}
    rows = [
        f"{kpi},{week},all,{base * (1 + push * (at >= 131)) + (at * 7 % 5) / 10}"
        for kpi, (push, base) in level.items()
        for at, week in enumerate(weeks)
    ]
    links = [{"kpi": "orders", "role": "outcome"}, {"kpi": "waiting", "role": "guardrail"}]
    key_results = [{"id": "shop", "title": "Shop", "kind": "yes_no", "done": "2025-07-02", "links": links}]
    okrs = {
        "teams": [{"id": "sales", "name": "Sales"}, {"id": "support", "name": "Support"}],
        "kpis": [
            {"id": "orders", "cadence": "week", "owner": "sales"},
            {"id": "waiting", "cadence": "week", "direction": "down", "owner": "support"},
            {"id": "rent", "cadence": "week"},
        ],
        "objectives": [{"id": "o", "title": "Sell", "team": "sales", "cycle": "2025-Q3", "key_results": key_results}],
    }
    needle("import-okrs", write(tmp_path / "okrs.yaml", yaml.safe_dump(okrs)), "--json")
    needle("load", write(tmp_path / "kpis.csv", "kpi,period,segment,value\n" + "\n".join(rows) + "\n"), "--json")
    asked = ("trade-offs", "--cycle", "2025-Q3")
    found = needle(*asked, "--json")
    assert (found["passed"], found["guardrails"], found["guardrails_worse"]) == (1, 1, 1)
    assert (found["looked_at"], found["listed"], found["common_shock"]) == (2, 0, None)
    assert [(c["key_result"], c["kpi"], c["relation"], c["owner"], c["q"]) for c in found["costs"]] == [
        ("shop", "waiting", "guardrail", "support", None)
    ]
    assert found["costs"][0]["effect_relative"] == pytest.approx(30, abs=2)
    mine = needle(*asked, "--team", "support", "--json")
    assert (mine["costs"], mine["paid"]) == (
        [], [{"kpi": "waiting", "key_result": "shop", "team": "sales", "relation": "guardrail"}]
    )  # fmt: skip
    printed = needle(*asked, parse=False).stdout
    assert "1 key result passed; meanwhile 1 guardrail got worse." in printed
    assert "⚠ Guardrail  “Shop” passed, and its guardrail waiting got worse: it rose" in printed
    assert "Worse while others won: waiting." in needle(*asked, "--team", "support", parse=False).stdout


def test_a_source_loads_what_is_new_in_its_folder_and_is_safe_to_run_again(needle, tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    for name, text in (("nps_1.csv", GOOD), ("nps_2.csv", GOOD.replace("41.5", "42")), ("notes.txt", "hello")):
        os.utime(write(folder / name, text), (1, 1))
    later = time.time() + 3600
    os.utime(write(folder / "nps_3.csv", GOOD), (later, later))  # being written still: it waits for the next time
    write(tmp_path / "expect.yaml", "rows_at_least: 2\nmust_have: [nps]\n")
    words = ("--folder", folder, "--pattern", "nps_*.csv", "--expect", tmp_path / "expect.yaml", "--create-kpis")
    assert needle("define-source", "survey", *words, "--json") == {"status": "defined", "source": "survey"}
    assert needle("define-source", "survey", *words, "--json") == {"status": "unchanged", "source": "survey"}
    loads = needle("load", "--source", "survey", "--json")["loads"]
    assert [(load["file"], load["status"], load["counts"]["restated"]) for load in loads] == [
        ("nps_1.csv", "stored", 0), ("nps_2.csv", "stored", 1),
    ]  # fmt: skip
    again = needle("load", "--source", "survey", "--json")["loads"]
    assert [load["status"] for load in again] == ["already_loaded", "already_loaded"]
    os.utime(write(folder / "nps_4.csv", "kpi,period,value\nnps,2024-05,1\n"), (1, 1))
    for _ in range(2):  # a refused file is tried again and noted once
        needle("load", "--source", "survey", "--json", code=1)
    assert [load["status"] for load in needle("loads", "--json")["loads"]] == ["rejected", "stored", "stored"]
    assert "no folder is watched" in needle("load", "--source", "other", code=1, parse=False).stderr
