"""The plan in the terminal."""

import json

import pytest
from typer.testing import CliRunner

import cli
from tests.data.test_planning import OKRS


@pytest.fixture
def needle(tmp_path):
    (tmp_path / "okrs.yaml").write_bytes(OKRS)

    def call(*words: str, ok: bool = True):
        result = CliRunner().invoke(cli.app, ["--db", str(tmp_path / "s.duckdb"), *words, "--json"])
        if not ok:
            assert result.exit_code != 0
            return str(result.exception)
        assert result.exit_code == 0, result.output + str(result.exception)
        return json.loads(result.stdout)

    call("import-okrs", str(tmp_path / "okrs.yaml"))
    return call


def test_an_objective_from_draft_to_scorecard(needle, tmp_path):
    rows = tmp_path / "rows.yaml"
    rows.write_text("- {id: nights, title: Calls at night fall, kpi: crashes, baseline: 40, target: 10}\n")
    made = needle(
        "objective", "add", "Rest at night", "--team", "app", "--cycle", "2026-Q4", "--key-results", str(rows)
    )
    assert made == {
        "status": "saved", "saved": ["objective/rest-at-night-2026-q4", "key_result/nights"],
        "objective": "rest-at-night-2026-q4",
    }  # fmt: skip
    needle("comment", "objective/rest-at-night-2026-q4", "Is ten enough?")
    plan = needle("plan", "--cycle", "2026-Q4", "--team", "app")
    found = {row["id"]: (row["draft"], row["version"], row["comments"]) for row in plan["objectives"]}
    assert found == {"love": (False, 1, 0), "rest-at-night-2026-q4": (True, 1, 1)}
    assert "nights" not in {row["id"] for row in needle("score", "--cycle", "2026-Q4")["key_results"]}
    assert needle("objective", "publish", "rest-at-night-2026-q4")["status"] == "saved"
    assert "nights" in {row["id"] for row in needle("score", "--cycle", "2026-Q4")["key_results"]}
    listed = needle("comment", "objective/rest-at-night-2026-q4")["comments"]
    assert [row["text"] for row in listed] == ["Is ten enough?"]


def test_fields_are_edited_on_the_version_that_was_seen(needle):
    needle("objective", "edit", "love", "--set", "owner=Ada", "--set", "tags=[a, b]")
    needle("objective", "edit", "love", "--key-result", "users", "--set", "target=130", "--based-on", "1")
    row = next(row for row in needle("plan", "--cycle", "2026-Q4")["objectives"] if row["id"] == "love")
    assert (row["owner"], row["tags"], row["version"]) == ("Ada", ["a", "b"], 2)
    assert (row["key_results"][0]["target"], row["key_results"][0]["version"]) == (130.0, 2)
    said = needle(
        "objective", "edit", "love", "--key-result", "users", "--set", "target=150", "--based-on", "1", ok=False
    )
    assert "was changed by" in said
    said = needle("objective", "edit", "love", "--key-result", "users", "--set", "target=100", ok=False)
    assert "the target equals the baseline" in said
    assert "no key result 'gone'" in needle(
        "objective", "edit", "love", "--key-result", "gone", "--set", "a=1", ok=False
    )


def test_retire_and_templates(needle):
    kept = needle("template", "keep", "love", "Our quarter")
    assert kept["template"] == "our-quarter"
    assert needle("template", "list")["templates"][0]["name"] == "Our quarter"
    assert "none of the KPIs" not in str(needle("template", "list"))
    assert needle("template", "use", "our-quarter", "--team", "app", "--cycle", "2027-Q1", ok=False).startswith(
        "none of"
    )
    assert needle("template", "retire", "our-quarter")["status"] == "retired"
    assert needle("objective", "retire", "love", "--key-result", "calm")["saved"] == ["key_result/calm"]
    assert needle("objective", "retire", "love")["saved"] == ["key_result/users", "objective/love"]


def test_hints_and_a_mapped_table(needle, tmp_path):
    found = needle("hints", "--cycle", "2026-Q4", "--team", "app")
    assert {"code", "kind", "id", "team", "objective", "part", "word", "found", "why", "fix"} == set(found["hints"][0])
    assert sum(found["counts"].values()) == len(found["hints"])
    table, mapping = tmp_path / "g.csv", tmp_path / "m.yaml"
    table.write_text("Goal,Target name,Goal figure,Now\nRest,Calls,10,31\n")
    mapping.write_text("columns: {objective: Goal, key_result: Target name, target: Goal figure, current: Now}\n")
    done = needle("import-okrs", str(table), "--mapping", str(mapping), "--draft")
    assert (done["status"], done["check_ins"], [kr["target"] for kr in done["key_results"]]) == ("imported", 1, [10.0])
