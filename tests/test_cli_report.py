"""`report` writes the scorecard in every form, says what it wrote, and refuses what it cannot."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
OKRS = {
    "kpis": [{"id": "nps", "name": "NPS", "cadence": "month", "range": [-100, 100]}],
    "objectives": [
        {
            "id": "o", "title": "Loved", "cycle": "2024-Q1",
            "key_results": [{"id": "kr", "title": "NPS of 50", "kpi": "nps", "baseline": 40, "target": 50}],
        }
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def needle(tmp_path_factory):
    """The terminal over one store for all; a report changes nothing in it."""
    folder = tmp_path_factory.mktemp("report")

    def run(*words: object, code: int = 0) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [sys.executable, ROOT / "cli.py", "--db", folder / "s.duckdb", *map(str, words)],
            capture_output=True, text=True, cwd=folder, env={**os.environ, "PYTHONWARNINGS": "ignore"}, check=False,
        )  # fmt: skip
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
        return done

    (folder / "okrs.yaml").write_text(yaml.safe_dump(OKRS), encoding="utf-8")
    rows = "\n".join(f"{day:%Y-%m},{40 + number / 2}" for number, day in enumerate(_months(), start=1))
    (folder / "nps.csv").write_text(f"period,value\n{rows}\n", encoding="utf-8")
    (folder / "map.yaml").write_text("kpi_const: nps\n", encoding="utf-8")
    run("import-okrs", "okrs.yaml")
    run("load", "nps.csv", "--mapping", "map.yaml")
    return run


def _months():
    import pandas as pd

    return pd.date_range("2022-01-01", "2024-03-01", freq="MS")


@pytest.mark.parametrize(
    ("kind", "starts"),
    [("html", b"<!doctype html>"), ("pdf", b"%PDF-"), ("pptx", b"PK"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbfcycle,")],
)
def test_every_form_is_written_and_told(needle, tmp_path, kind, starts):
    file = tmp_path / f"card.{kind}"
    done = needle("report", "--cycle", "2024-Q1", "--as-of", "2024-05-01", "--to", file, "--json")
    made = file.read_bytes()
    assert made.startswith(starts)
    assert json.loads(done.stdout) == {
        "status": "written", "file": str(file), "bytes": len(made), "cycle": "2024-Q1", "as_of": "2024-05-01",
        "data_version": json.loads(done.stdout)["data_version"], "key_results": 1,
    }  # fmt: skip


def test_what_cannot_be_written_is_refused_in_one_line(needle, tmp_path):
    said = needle("report", "--cycle", "2024-Q1", "--to", "card.docx", code=1).stderr
    assert said == (
        "needle: card.docx: a report is written as .html, .pdf, .pptx, .xlsx, .csv; "
        "let the file's name end with one of them.\n"
    )
    said = needle("report", "--cycle", "2024-Q1", "--to", tmp_path / "no" / "card.csv", code=1).stderr
    assert said == f"needle: cannot write {tmp_path}/no/card.csv: No such file or directory.\n"
    assert "2031" in needle("report", "--cycle", "2031-Q1", "--to", "card.csv", code=1).stderr
