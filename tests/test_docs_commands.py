"""What the documents tell people to type exists: every command, and every option of it."""

import re
from pathlib import Path

import pytest
import typer

import cli

ROOT = Path(__file__).parents[1]
COMMANDS = typer.main.get_command(cli.app).commands
DOCUMENTS = (
    "docs/language-model.md",
    "docs/digest.md",
    "docs/example-review.md",
    "docs/okr-tables.md",
    "docs/warehouses.md",
    "docs/scale.md",
)


def typed(document: str) -> list[str]:
    """Every call of cli.py in a document, without comments."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [call.partition("#")[0].strip() for call in re.findall(r"cli\.py ([^\n`]+)", text)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_and_options_exist(document):
    calls = typed(document)
    assert len(calls) >= 2
    for call in calls:
        words = re.sub(r"^--db \S+ ", "", call).split()
        known = {option for parameter in COMMANDS[words[0]].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, call


def test_links_between_documents_lead_somewhere():
    for document in (*DOCUMENTS, "README.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert ((ROOT / document).parent / target).exists(), (document, target)
