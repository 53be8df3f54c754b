"""The scorecard, printed and written to take along."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from pages.terminal.answers import (
    AsJson,
    Day,
    day_of,
    opened,
    records,
    say,
)

app = typer.Typer()
AsClosed = Annotated[bool, typer.Option("--as-closed", help="As the cycle was closed, whatever is known now.")]


@app.command()
def score(
    context: typer.Context,
    cycle: Annotated[str | None, typer.Option(help="The cycle; default the one that holds the as-of day.")] = None,
    as_of: Day = None,
    team: Annotated[str | None, typer.Option(help="One team only.")] = None,
    as_closed: AsClosed = False,
    as_json: AsJson = False,
) -> None:
    """Print the scorecard."""
    workspace = opened(context)
    card = shown(workspace, cycle, day_of(as_of), team, as_closed)
    say({**score_document(card), "closed": closed_document(workspace, card)}, as_json, score_lines(card))


def shown(workspace: Any, cycle: str | None, as_of: date | None, team: str | None, as_closed: bool) -> Any:
    """The scorecard asked for: as known on a day, or as it was closed."""
    if as_closed and as_of:
        raise typer.BadParameter("a closed scorecard has its own day; leave out --as-of or --as-closed")
    return workspace.as_closed(cycle, team) if as_closed else workspace.scorecard(cycle, as_of, team)


def closed_document(workspace: Any, card: Any) -> dict[str, Any] | None:
    """When and by whom the cycle was closed, and how many verdicts would differ today; None for an open cycle."""
    found = workspace.closing(card.cycle.id)
    if found is None:
        return None
    differ = int(workspace.since_closing(card.cycle.id)["verdict_differs"].sum())
    return {"at": found.at, "by": found.by, "data_version": found.card.data_version, "differs": differ}


def score_document(card: Any) -> dict[str, Any]:
    """The contract's JSON of a scorecard."""
    key_results = []
    for row in records(card.key_results):
        entry = {
            name: row[name]
            for name in (
                "id", "objective", "title", "team", "score", "score_original_target", "progress", "pace", "pace_word",
                "passed", "baseline", "target", "current", "verdict", "flags", "flag_notes", "so_far", "sentence",
                "told_from", "confidence", "illustrative",
            )
        }  # fmt: skip
        entry["movement"] = None
        if row["move_verdict"] is not None:
            names = ("kpi", "segment", "effect", "effect_relative", "lo", "hi", "expected", "actual", "n")
            entry["movement"] = {"verdict": row["move_verdict"], **{name: row[name] for name in names}}
            entry["movement"]["n"] = int(row["n"] or 0)
            share = entry["movement"]["effect_relative"]
            entry["movement"]["effect_relative"] = None if share is None else 100 * share  # changes are in percent
        key_results.append(entry)
    objectives = records(card.objectives[["id", "title", "team", "level", "score", "band", "unknown", "hints"]])
    return {
        "cycle": card.cycle.id,
        "start": card.cycle.start,
        "end": card.cycle.end,
        "as_of": card.as_of,
        "team": card.team,
        "data_version": card.data_version,
        "policy": card.policy.as_dict(),
        "headline": card.headline,
        "notes": card.notes,
        "objectives": objectives,
        "key_results": key_results,
    }


def score_lines(card: Any) -> str:
    from models.verdict import FLAGS, VERDICTS

    lines = [f"{card.cycle.label}, as known on {card.as_of}", card.headline, ""]
    for objective in card.objectives.to_dict("records"):
        known = "unknown" if pd.isna(objective["score"]) else f"{objective['score']:.2f}"
        lines.append(f"{known:>7}  {objective['title']} ({objective['team_name'] or 'no team'})")
        mine = card.key_results[card.key_results["objective"] == objective["id"]]
        for row in mine.to_dict("records"):
            value = "unknown" if pd.isna(row["score"]) else f"{row['score']:.2f}"
            flags = "".join(f" [{FLAGS[flag].word}]" for flag in row["flags"])
            lines.append(f"{value:>9}  {VERDICTS[row['verdict']].icon} {row['verdict_word']}{flags}: {row['title']}")
            lines.append(f"           {row['sentence']}")
    return "\n".join([*lines, "", *card.notes])


@app.command()
def report(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--to", help="The file; its name ends with .html, .pdf, .pptx, .xlsx or .csv.")],
    cycle: Annotated[str | None, typer.Option(help="The cycle; default the one that holds the as-of day.")] = None,
    as_of: Day = None,
    team: Annotated[str | None, typer.Option(help="One team only.")] = None,
    as_closed: AsClosed = False,
    as_json: AsJson = False,
) -> None:
    """Write the scorecard to print or send."""
    from pages.exports.report import kind_of, report_bytes, series_needed

    kind = kind_of(to.name)
    workspace = opened(context)
    card = shown(workspace, cycle, day_of(as_of), team, as_closed)
    pairs = series_needed(card)
    series = workspace.closed_series(card.cycle.id, pairs) if as_closed else workspace.series_many(pairs, card.as_of)
    made = report_bytes(card, series, kind)
    try:
        to.write_bytes(made)
    except OSError as error:
        raise SystemExit(f"needle: cannot write {to}: {error.strerror}.") from error
    document = {
        "status": "written", "file": str(to), "bytes": len(made), "cycle": card.cycle.id, "as_of": card.as_of,
        "data_version": card.data_version, "key_results": len(card.key_results),
    }  # fmt: skip
    say(document, as_json, f"{card.cycle.label} as known on {card.as_of}: {to} ({len(made):,} bytes).")
