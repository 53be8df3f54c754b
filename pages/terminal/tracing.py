"""Who changed what, and where a figure comes from."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.refused import Refused
from pages.terminal.answers import AsJson, day_of, opened, records, say

app = typer.Typer()


@app.command()
def audit(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(help="Changes of this day (YYYY-MM-DD) and later.")] = None,
    who: Annotated[str | None, typer.Option(help="Changes of one person.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="One kind: key_result, kpi, load, undo, value, check_in, ...")
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", help="Write them to this file, .csv or .jsonl.")] = None,
    head: Annotated[
        bool, typer.Option("--head", help="Print the hash of the last write, to be kept elsewhere.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List every change: who, when, from what to what; newest first."""
    workspace = opened(context)
    last = workspace.audit_head()
    if head:
        say(last, as_json, last["hash"])
        return
    found = workspace.audit(day_of(since), who, kind)
    if to:
        _write(found, to)
        say(
            {"status": "written", "file": str(to), "changes": len(found), "head": last},
            as_json,
            f"{len(found):,} changes written to {to}.",
        )
        return
    lines = [
        f"{row['at']:%Y-%m-%d %H:%M}  {row['by']}  {row['kind'].replace('_', ' ')} {row['subject']}"
        + (f" {row['field']}" if row["field"] else "")
        + f": {_shown(row['before'])} → {_shown(row['after'])}"
        for row in found.to_dict("records")
    ]
    say({"changes": records(found), "head": last}, as_json, "\n".join(lines) or "No changes.")


def _write(found: Any, to: Path) -> None:
    from pages.exports.neutral import csv_cell

    ending = to.suffix.lower()
    if ending not in (".csv", ".jsonl"):
        raise Refused(f"the audit is written to .csv or .jsonl, found {to.name}.")
    try:
        if ending == ".jsonl":
            found.to_json(to, orient="records", lines=True, date_format="iso", force_ascii=False)
        else:
            found.map(lambda cell: csv_cell(cell) if isinstance(cell, str) else cell).to_csv(
                to, index=False, encoding="utf-8-sig"
            )
    except OSError as error:
        raise Refused(f"cannot write {to}: {error.strerror}.") from error


def _shown(text: str | None, most: int = 60) -> str:
    if not isinstance(text, str):
        return "nothing"
    return text if len(text) <= most else text[: most - 1] + "…"


@app.command()
def trace(
    context: typer.Context,
    kpi: str,
    period: Annotated[str, typer.Argument(help="Its first day, or a name like 2026-07 or 2026-Q3.")],
    segment: Annotated[str, typer.Option(help="The segment.")] = "all",
    as_json: AsJson = False,
) -> None:
    """List every version of a value: load, file, SHA-256, who, when. The line in the file is not stored."""
    found = opened(context).trace(kpi, period, segment)
    versions = records(found["versions"])
    lines = [f"{kpi}, {segment}, {found['period']}: {'nothing in force' if found['value'] is None else found['value']}"]
    for row in versions:
        undone = f", taken back by {row['undone_by']} on {row['undone_at']}" if row["undone_at"] else ""
        now = "*" if row["load_id"] == found["load_id"] else " "
        lines.append(
            f"{now} {row['exact'] or row['value']}  load {row['load_id']}: {row['file']} (sha256 {row['sha256'][:12]})"
            f", by {row['recorded_by']} on {row['recorded_at']}{undone}"
        )
    again = records(found["confirmed_by"])
    if again:
        lines.append(f"  brought again unchanged by the loads {', '.join(str(row['load_id']) for row in again)}")
    say({**found, "versions": versions, "confirmed_by": again, "line": None}, as_json, "\n".join(lines))
