"""Values from a warehouse: pull."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from models.language import tr
from models.refused import Refused
from pages.terminal.answers import AsJson, day_of, opened, placed, say

app = typer.Typer()
FILE = "NEEDLE_WAREHOUSES"
SHOWN = 20


@app.command()
def pull(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(help="Only the KPIs of this connection.")] = None,
    kpi: Annotated[str | None, typer.Option(help="Only this KPI.")] = None,
    since: Annotated[str | None, typer.Option(help="From this day on, instead of what is new.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="YAML of connections and KPIs; NEEDLE_WAREHOUSES in the environment.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask and check, but store nothing.")] = False,
    create_kpis: Annotated[bool, typer.Option("--create-kpis", help="Define KPIs that are not known yet.")] = False,
    accept_partial: Annotated[bool, typer.Option("--accept-partial", help="Store the good rows of bad ones.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the warehouses for what is new of each KPI, and store it like a file."""
    from kpi_sources.warehouse_file import read_warehouse_file

    path = file or (Path(os.environ[FILE]) if os.environ.get(FILE) else None)
    if path is None:
        raise Refused(tr("name the file of connections and KPIs with --file, or {name} in the environment.", name=FILE))

    def each(one: Any) -> None:
        """As soon as it is done: a hundred KPIs can take an hour."""
        if not as_json:
            text = "\n".join(_lines(one, dry_run))
            print(text, file=sys.stdout if one.is_good else sys.stderr, flush=True)

    found = opened(context).pull(
        read_warehouse_file(path),
        connection=source,
        kpi=kpi,
        since=day_of(since),
        dry_run=dry_run,
        create_kpis=create_kpis,
        accept_partial=accept_partial,
        each=each,
    )
    if as_json:
        say({"dry_run": dry_run, "pulls": [_entry(one) for one in found]}, as_json, "")
    if not all(one.is_good for one in found):
        raise typer.Exit(1)


def _entry(one: Any) -> dict[str, Any]:
    return {**vars(one), "seconds": round(one.seconds, 3)}


def _lines(one: Any, dry_run: bool) -> list[str]:
    counts = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in one.counts.items() if value)
    number = f" as load {one.load_id}" if one.load_id else ""
    status = f"would be {one.status}" if dry_run and one.status in ("stored", "partial") else one.status
    lines = [f"{one.source}: {status}{number}" + (f" ({counts})" if counts else "")]
    if one.message and not one.rejected:
        lines.append(f"  {one.message}")
    lines += [f"  {placed(row['row'], row['reason'])}" for row in one.rejected[:SHOWN]]
    more = len(one.rejected) - SHOWN
    return lines + ([f"  {tr('and {count} more; --json shows all', count=more)}"] if more > 0 else [])
