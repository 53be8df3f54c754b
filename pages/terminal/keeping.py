"""The store kept safe: backup, restore, check."""

from dataclasses import asdict
from pathlib import Path

import typer

from pages.terminal.answers import (
    AsJson,
    opened,
    say,
)

app = typer.Typer()


@app.command()
def backup(context: typer.Context, file: Path, as_json: AsJson = False) -> None:
    """Copy the store to a file, whole or not at all."""
    result = opened(context).back_up(file)
    say(result, as_json, f"Store copied to {file} ({result['bytes']:,} bytes).")


@app.command()
def restore(context: typer.Context, file: Path, as_json: AsJson = False) -> None:
    """Put a backup in the store's place; the store before stays beside it."""
    result = opened(context).restore(file)
    say(result, as_json, f"Store restored from {file}; {result['rules_checked']} rules checked.")


@app.command()
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Verify that the store holds together."""
    findings = opened(context).check()
    broken = [finding for finding in findings if finding.broken]
    document = {"status": "broken" if broken else "sound", "rules": [asdict(finding) for finding in findings]}
    lines = [f"{finding.broken} break the rule that {finding.rule}: {finding.example}" for finding in broken]
    text = "\n".join(lines) or f"The store holds together: {len(findings)} rules checked."
    say(document, as_json, text, refused=bool(broken))
