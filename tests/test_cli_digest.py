"""`digest` and `story` in the terminal: what is sent, what is kept, and what a failure says."""

import json
import sys
from dataclasses import replace
from datetime import date, datetime

import pytest

import cli
from models.kpi import Kpi
from models.okr import Cycle, KeyResult, Objective, OkrFile
from pages.exports import delivery
from pages.exports.delivery import Delivery
from tests.test_cli import Done
from workspace import Workspace


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "s.duckdb"
    workspace = Workspace(path, who="ada", now=lambda: datetime(2026, 8, 3, 9))
    results = [
        KeyResult(id="guide", title="The guide is out", links=[]),
        KeyResult(id="nps", baseline=40, target=50, kpi="nps"),
    ]
    objective = Objective(id="o", title="Loved", cycle="2026-Q3", key_results=results)
    file = OkrFile(
        cycles=[Cycle(id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30))],
        kpis=[Kpi(id="nps", name="NPS", cadence="month")], objectives=[objective],
    )  # fmt: skip
    assert workspace.import_okrs("okrs.yaml", file.model_dump_json(exclude_defaults=True).encode()).status == "imported"
    return path


@pytest.fixture
def needle(store, monkeypatch, capsys):
    def run(*words: object, code: int = 0):
        monkeypatch.setattr(sys, "argv", ["needle", "--db", str(store), *map(str, words), "--json"])
        ended = 0
        try:
            cli.run()
        except SystemExit as stop:
            ended = stop.code or 0
        printed = capsys.readouterr()
        done = Done(ended, printed.out, printed.err)
        assert done.returncode == code, done
        return json.loads(done.stdout)

    return run


@pytest.fixture
def posted(monkeypatch):
    """What was posted and mailed; addresses with `bad` fail."""
    out = []

    def record(channel, to, what):
        out.append((channel, to, what))
        return Delivery(channel, to, "it failed; try again." if "bad" in to else "")

    monkeypatch.setattr(delivery, "post", lambda url, document: record("webhook", url, document))
    monkeypatch.setattr(delivery, "send_mails", lambda _, mails: [record("email", mail["To"], mail) for mail in mails])
    monkeypatch.setenv("NEEDLE_SMTP_HOST", "mail.example")
    monkeypatch.setenv("NEEDLE_SMTP_FROM", "needle@example.com")
    return out


ASKED = ("digest", "--cycle", "2026-Q3", "--as-of", "2026-08-20")


def test_a_dry_run_sends_and_keeps_nothing(needle, posted, store):
    document = needle(*ASKED, "--dry-run")
    assert (document["status"], document["cycle"], document["as_of"]) == ("dry_run", "2026-Q3", "2026-08-20")
    assert document["sections"][0]["heading"] == "What changed in the last 7 days"
    assert document["sections"][3]["lines"] == ["“The guide is out” (company): never."]
    assert posted == []
    assert Workspace(store)._records("digest") == []


def test_a_digest_by_mail_and_webhook_is_kept_without_addresses(needle, posted, store, monkeypatch):
    monkeypatch.setenv("NEEDLE_URL", "https://needle.example.com")
    document = needle(
        *ASKED, "--to-email", "ada@example.com", "--to-email", "bo@example.com", "--webhook", "https://hook/x",
        "--format", "teams", "--attach", "html",
    )  # fmt: skip
    assert document["status"] == "sent"
    assert [(channel, to) for channel, to, _ in posted] == [
        ("email", "ada@example.com"), ("email", "bo@example.com"), ("webhook", "https://hook/x"),
    ]  # fmt: skip
    assert posted[0][2]["Subject"] == "Needle: 2026-Q3, all teams: None of 2 key results passed so far."
    assert [file.get_filename() for file in posted[0][2].iter_attachments()] == ["needle-2026-Q3.html"]
    assert posted[2][2]["attachments"][0]["content"]["actions"][0]["url"] == (
        "https://needle.example.com/?cycle=2026-Q3&as_of=2026-08-20"
    )
    [kept] = Workspace(store)._records("digest")
    assert (kept.body["recipients"], kept.body["channels"]) == (3, ["email", "webhook"])
    assert "example.com" not in json.dumps(kept.body)


def test_the_next_digest_compares_with_the_last(needle, posted):
    needle(*ASKED, "--webhook", "https://hook/x")
    document = needle(*ASKED, "--dry-run")
    assert document["sections"][0]["heading"].startswith("What changed since the digest of ")
    assert document["sections"][0]["lines"] == []


def test_a_partial_delivery_is_said_and_exits_1(needle, posted, store):
    document = needle(*ASKED, "--to-email", "bad@example.com", "--to-email", "ada@example.com", code=1)
    assert document["status"] == "partial"
    assert document["deliveries"] == [
        {"channel": "email", "to": "bad@example.com", "status": "failed", "problem": "it failed; try again."},
        {"channel": "email", "to": "ada@example.com", "status": "sent", "problem": None},
    ]
    assert Workspace(store)._records("digest")[0].body["recipients"] == 1


def test_a_failed_delivery_is_not_kept(needle, posted, store):
    assert needle(*ASKED, "--webhook", "https://bad/x", code=1)["status"] == "failed"
    assert Workspace(store)._records("digest") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nobody to send it to"),
        (["--to-email", "ada"], "is not a mail address"),
        (["--to-email", "ada@example.com", "--attach", "doc"], "--attach takes html, pdf, pptx, xlsx, csv"),
    ],
)
def test_refusals(needle, posted, words, said):
    assert said in needle(*ASKED, *words, code=1)["message"]
    assert posted == []


def test_the_webhook_may_stand_in_the_environment(needle, posted, monkeypatch):
    monkeypatch.setenv("NEEDLE_WEBHOOK", "https://hook/env")
    assert needle(*ASKED)["status"] == "sent"
    assert posted[0][1] == "https://hook/env"


def test_a_story_in_json(needle):
    told = needle("story", "--cycle", "2026-Q3", "--as-of", "2026-08-20")
    assert [line["code"] for line in told["short"]] == ["real", "vanity", "cost", "ahead", "decide"]
    assert [asked["question"] for asked in told["decide"]] == ["“The guide is out”: which KPI should it move?"]
    assert [kr["id"] for kr in told["key_results"]] == ["guide", "nps"]
    one = needle("story", "--kr", "guide", "--as-of", "2026-08-20")
    assert one["text"].startswith("Unlinked. ")
    assert "ids are shown by `score`" in needle("story", "--cycle", "2026-Q3", "--kr", "gone", code=1)["message"]


def test_a_rewrite_needs_a_model(needle, monkeypatch):
    monkeypatch.delenv("NEEDLE_MODEL_URL", raising=False)
    assert "no language model is configured" in needle("story", "--cycle", "2026-Q3", "--rewritten", code=1)["message"]


def test_a_delivery_names_no_secret():
    assert replace(Delivery("webhook", "hooks.example"), problem="x").status == "failed"
