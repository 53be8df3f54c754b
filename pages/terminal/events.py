"""Events on the timeline: add, list, remove, and many at once from a CSV."""

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from models.event import Kept, kinds
from models.language import tr, trn
from models.refused import Refused
from pages.terminal.answers import AsJson, Day, day_of, opened, readable, say

app = typer.Typer()
event = typer.Typer(no_args_is_help=True, help="What happened: a launch, an outage, a new price; marked on the charts.")
app.add_typer(event, name="event")
COLUMNS = ("id", "day", "end", "title", "note", "kind", "kpis", "team")


@event.command()
def add(
    context: typer.Context,
    title: str,
    day: Annotated[str, typer.Option(help="The day, YYYY-MM-DD; its first day if it lasted.")],
    end: Annotated[str | None, typer.Option(help="Its last day, if it lasted.")] = None,
    kind: Annotated[str, typer.Option(help="launch, outage, price, campaign, policy, data or other.")] = "other",
    kpi: Annotated[list[str] | None, typer.Option(help="A KPI it concerns; may be given several times.")] = None,
    team: Annotated[str | None, typer.Option(help="A team whose KPIs it concerns.")] = None,
    note: Annotated[str, typer.Option(help="More about it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write an event down; with neither KPI nor team it concerns everyone."""
    result = opened(context).add_event(
        title=title, day=day_of(day), end=day_of(end), kind=kind, kpis=kpi or [], team=team, note=note
    )
    say(result, as_json, tr("Event {id} is written down.", id=result["events"][0]))


@event.command("import")
def import_(context: typer.Context, file: Path, as_json: AsJson = False) -> None:
    """Write down all events of a CSV: day, title and, if wanted, end, kind, note, kpis (separated by ;), team, id."""
    with readable(file.name):
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    unknown, missing = set(table.columns) - set(COLUMNS), {"day", "title"} - set(table.columns)
    if unknown or missing:
        found = ", ".join(sorted(unknown)) or tr("none")
        raise Refused(
            tr("{file}: the columns are {columns}; day and title are needed; unknown: {unknown}.",
               file=file.name, columns=", ".join(COLUMNS), unknown=found)
        )  # fmt: skip
    rows: list[dict[str, Any]] = [
        {**row, "kpis": [name.strip() for name in row.get("kpis", "").split(";") if name.strip()]}
        for row in table.to_dict("records")
    ]
    result = opened(context).add_events(rows)
    say(result, as_json, trn("{count} event is written down.", "{count} events are written down.", len(rows)))


@event.command("list")
def list_(
    context: typer.Context,
    kpi: Annotated[str | None, typer.Option(help="Only those that concern this KPI.")] = None,
    as_of: Day = None,
    as_json: AsJson = False,
) -> None:
    """The events, in order of time."""
    workspace, day = opened(context), day_of(as_of)
    found = workspace.events(day) if kpi is None else workspace.events_of(kpi, day)
    document = {"events": [_document(kept) for kept in found]}
    say(document, as_json, "\n".join(_line(kept) for kept in found) or tr("No event is written down."))


@event.command()
def remove(context: typer.Context, identifier: str, as_json: AsJson = False) -> None:
    """Take an event back; it stays on record."""
    result = opened(context).remove_event(identifier)
    say(result, as_json, tr("Event {id} is taken back.", id=identifier))


def _document(kept: Kept) -> dict[str, Any]:
    return {**kept.event.model_dump(mode="json"), "recorded_by": kept.made_by, "recorded_at": kept.made_at}


def _line(kept: Kept) -> str:
    icon, word = kinds()[kept.event.kind]
    ends = f" – {kept.event.end}" if kept.event.end else ""
    about = ", ".join([*kept.event.kpis, *([kept.event.team] if kept.event.team else [])]) or tr("company-wide")
    return f"{kept.event.id:<14} {kept.event.day}{ends}  {icon} {word}: {kept.event.title} ({about})"
