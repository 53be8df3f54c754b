"""Definitions in and out, check-ins, and whether a plan is worth making."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from pages.terminal.answers import (
    AsJson,
    contents,
    day_of,
    moment_of,
    opened,
    placed,
    say,
    today,
)

app = typer.Typer()


@app.command(name="import-okrs")
def import_okrs(
    context: typer.Context,
    file: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; store nothing.")] = False,
    catalog: Annotated[Path | None, typer.Option(help="With --dry-run: CSV of the KPIs that exist.")] = None,
    segments: Annotated[Path | None, typer.Option(help="With --dry-run: CSV of the segments that exist.")] = None,
    recorded_at: Annotated[str | None, typer.Option(help="Moment of the import, for replaying history.")] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="YAML that says which column of a table means what (columns, types, layout).")
    ] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Keep new objectives as drafts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import OKR definitions; prints what changes first."""
    columns = contents(mapping).decode("utf-8", "replace") if mapping else None
    if dry_run and catalog:  # judges a file without a store
        from kpi_sources.extract import Catalog
        from kpi_sources.okr_columns import OkrMapping
        from kpi_sources.okr_file import read_okr_file

        known = Catalog.from_csv(catalog, segments)
        said = OkrMapping.from_yaml(columns) if columns else None
        reading = read_okr_file(contents(file), file.name, as_of=today(), catalog=known, mapping=said)
        status, errors, notes, changes = ("dry_run" if reading.file else "rejected"), reading.errors, reading.notes, []
        key_results = [kr for o in reading.file.objectives for kr in o.key_results] if reading.file else []
        check_ins = len(reading.reported)
    else:
        done = opened(context).import_okrs(
            file.name,
            contents(file),
            dry_run=dry_run,
            recorded_at=moment_of(recorded_at),
            mapping=columns,
            draft=draft,
        )
        status, errors, notes = done.status, done.errors, done.notes
        changes, key_results, check_ins = done.changes, done.key_results, done.check_ins
    document = {
        "status": status,
        "errors": [asdict(error) for error in errors],
        "notes": notes,
        "changes": [asdict(change) for change in changes],
        "key_results": [
            {"id": kr.id, "kpi": kr.kpi, "segment": kr.segment, "baseline": kr.baseline, "target": kr.target}
            for kr in key_results
        ],
        "check_ins": check_ins,
    }
    lines = (
        [f"{placed(error.line, error.message)}" for error in errors] + [change.sentence for change in changes] + notes
    )
    lines.append(f"{file.name}: {status.replace('_', ' ')}")
    say(document, as_json, "\n".join(lines), refused=status == "rejected")


@app.command(name="check-in")
def check_in(
    context: typer.Context,
    key_result: str,
    value: Annotated[float | None, typer.Option(help="The key result's value on that day.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="The day, YYYY-MM-DD; default today.")] = None,
    confidence: Annotated[float | None, typer.Option(help="The owner's confidence, 0 to 10.")] = None,
    note: Annotated[str, typer.Option(help="A sentence on what happened.")] = "",
    blocker: Annotated[str | None, typer.Option(help="What holds it up; '' for nothing any more.")] = None,
    status: Annotated[str | None, typer.Option(help="Where it stands; `status list` shows the words.")] = None,
    as_json: AsJson = False,
) -> None:
    """Record a check-in on a key result."""
    workspace = opened(context)
    day = day_of(at) or workspace.today()
    result = workspace.check_in(key_result, value, day, confidence, note, blocker, status)
    say(result, as_json, f"Check-in on {key_result} recorded for {result['at']}.")


@app.command(name="plan-check")
def plan_check(
    context: typer.Context,
    kpi: Annotated[str, typer.Option(help="The KPI that the key result is to move.")],
    cycle: Annotated[str, typer.Option(help="The cycle, like 2027-Q1.")],
    target: Annotated[float | None, typer.Option(help="The value to be reached.")] = None,
    segment: Annotated[str, typer.Option(help="One segment of the KPI.")] = "all",
    reading: Annotated[
        Literal["last", "mean", "sum", "trailing"], typer.Option(help="How the key result reads the KPI.")
    ] = "last",
    trailing: Annotated[int | None, typer.Option(help="With reading trailing: how many periods.")] = None,
    as_json: AsJson = False,
) -> None:
    """Is a target worth setting? What could be seen, and what luck alone would bring."""
    found = opened(context).plan_check(kpi, cycle, target, segment=segment, reading=reading, trailing=trailing)
    document = {
        "smallest_detectable_change": 100 * found.smallest_detectable_change,
        "weeks_needed": found.weeks_needed,
        "chance_by_luck": found.chance_by_luck,
        "chance_of_target": found.chance_of_target,
        "n": found.n,
        "wanted_change": 100 * found.wanted,
        "reason": found.reason,
        "sentence": found.sentence(kpi),
    }
    say(document, as_json, document["sentence"])


@app.command()
def export(context: typer.Context, file: Path, as_json: AsJson = False) -> None:
    """Write the definitions in force as an OKR file."""
    text = opened(context).export()
    file.write_text(text, encoding="utf-8")
    say(
        {"status": "exported", "file": str(file), "lines": text.count("\n")}, as_json, f"Definitions written to {file}."
    )
