"""The store kept safe: backup, restore, check, recover."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

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
def recover(context: typer.Context, file: Path, as_json: AsJson = False) -> None:
    """Copy what can still be read of a damaged store into a new one."""
    result = opened(context).recover(file)
    rows, lost = sum(result["rows"].values()), sum(result["lost"].values())
    lines = [f"{rows:,} rows copied to {file}; {lost:,} could not be read."]
    lines += [f"{count:,} rows of {table} are lost" for table, count in result["lost"].items()]
    lines += [f"broken: {rule}: {example}" for rule, example in result["broken"].items()]
    say(result, as_json, "\n".join(lines))


@app.command()
def check(
    context: typer.Context,
    head: Annotated[str | None, typer.Option(help="A hash that `audit --head` printed and you kept elsewhere.")] = None,
    as_json: AsJson = False,
) -> None:
    """Verify that the store holds together, and that nothing was changed behind its back."""
    findings = opened(context).check(head)
    broken = [finding for finding in findings if finding.broken]
    document = {"status": "broken" if broken else "sound", "rules": [asdict(finding) for finding in findings]}
    lines = [f"{finding.broken} break the rule that {finding.rule}: {finding.example}" for finding in broken]
    text = "\n".join(lines) or f"The store holds together: {len(findings)} rules checked."
    say(document, as_json, text, refused=bool(broken))
