"""Scorecards beside one another: a cycle closed, then and now, claimed wins against verified ones."""

import sys
from typing import Annotated, Any

import typer

from pages.terminal.answers import AsJson, Day, day_of, opened, records, say

app = typer.Typer()
Team = Annotated[str | None, typer.Option(help="One team only.")]
COUNTS = [
    "key_results", "claimed", "verified", "not_borne_out", "vanity", "backfired", "untold", "unproven", "unlinked",
    "too_early", "gap", "judged", "share",
]  # fmt: skip


@app.command()
def close(
    context: typer.Context,
    cycle: str,
    note: Annotated[str, typer.Option(help="What was agreed.")] = "",
    as_of: Day = None,
    reason: Annotated[str, typer.Option(help="Why it is closed again; asked for where it was closed before.")] = "",
    as_json: AsJson = False,
) -> None:
    """Close a cycle: freeze its scorecard as it is agreed, whatever is loaded later."""
    closed = opened(context).close_cycle(cycle, note, day_of(as_of), reason)
    document = {
        "status": "closed", "cycle": cycle, "at": closed.at, "by": closed.by, "as_of": closed.card.as_of,
        "data_version": closed.card.data_version, "note": closed.note, "reason": closed.reason,
        "key_results": len(closed.card.key_results), "versions": closed.versions,
    }  # fmt: skip
    text = f"{closed.card.cycle.label} closed as known on {closed.card.as_of} by {closed.by}: {closed.card.headline}"
    say(document, as_json, text)


@app.command()
def closings(context: typer.Context, as_json: AsJson = False) -> None:
    """List every closing ever, oldest first."""
    found = records(opened(context).closings())
    lines = [
        f"{row['cycle']}  {str(row['at'])[:10]} by {row['by']}, as known on {row['as_of']} (data version "
        f"{row['data_version']}){'' if row['stands'] else ', closed again later'}"
        + "".join(f"\n    {label}: {row[label]}" for label in ("note", "reason") if row[label])
        for row in found
    ]
    say({"closings": found}, as_json, "\n".join(lines) or "No cycle has been closed.")


@app.command()
def compare(
    context: typer.Context,
    as_of: Annotated[str, typer.Option("--as-of", help="The first day, YYYY-MM-DD.")],
    cycle: Annotated[str | None, typer.Option(help="The cycle; default the one that holds today.")] = None,
    with_: Annotated[str | None, typer.Option("--with", help="The second day; default today.")] = None,
    team: Team = None,
    as_json: AsJson = False,
) -> None:
    """Then and now: which key results differ between two days, and which restated values made it so."""
    first = day_of(as_of)
    assert first is not None
    found = opened(context).compare(cycle, first, day_of(with_), team)
    rows = [_difference(row) for row in records(found.rows)]
    restated = records(found.restated)
    document = {
        "cycle": found.after.cycle.id, "as_of": found.before.as_of, "with": found.after.as_of, "team": team,
        "verdicts": found.verdicts, "key_results": rows, "restated": restated,
    }  # fmt: skip
    lines = [f"{found.after.cycle.label}, as known on {found.before.as_of} and on {found.after.as_of}"]
    lines += [line for row in rows for line in _lines(row)]
    lines += [
        f"{row['kpi']} ({row['segment']}) {row['period']}: {_value(row['old'])} -> {_value(row['new'])} "
        f"(load {row['load_id']}, {row['file']})"
        for row in restated
    ]
    say(document, as_json, "\n".join(lines) if rows else f"{lines[0]}: nothing differs.")


def _difference(row: dict[str, Any]) -> dict[str, Any]:
    names = ("verdict", "sentence", "score", "current", "actual", "baseline", "target")
    return {
        **{name: row[name] for name in ("id", "title", "team", "only", "verdict_differs", "why")},
        "before": {name: row[f"{name}_before"] for name in names},
        "after": {name: row[f"{name}_after"] for name in names},
    }


def _lines(row: dict[str, Any]) -> list[str]:
    before, after = row["before"], row["after"]
    changed = f"{before['verdict']} -> {after['verdict']}" if row["verdict_differs"] else after["verdict"]
    score = f"{_value(before['score'])} -> {_value(after['score'])}"
    return [f"{row['id']}: {changed}, score {score}. {' '.join(row['why'])}"]


def _value(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.6g}"


@app.command("truth-gap")
def truth_gap(context: typer.Context, team: Team = None, as_of: Day = None, as_json: AsJson = False) -> None:
    """Wins claimed against wins verified, by cycle and by team; a closed cycle counts as it was closed."""

    def tell(_: float, cycle: str) -> None:
        print(f"Scoring {cycle}.", file=sys.stderr)

    cycles, teams = opened(context).truth_gap(team, day_of(as_of), tell)
    document = {
        "team": team,
        "cycles": [_counts(row, ("cycle", "start", "end", "closed", "so_far")) for row in records(cycles)],
        "teams": [_counts(row, ("cycle", "team", "team_name")) for row in records(teams)],
    }
    lines = [f"{'cycle':<10} {'claimed':>8} {'verified':>9} {'did not hold':>13} {'cannot tell':>12} {'gap':>5}"]
    lines += [
        f"{row['cycle']:<10} {row['claimed']:>8} {row['verified']:>9} {row['not_borne_out']:>13} {row['untold']:>12} "
        f"{row['gap']:>5}"
        for row in records(cycles)
    ]
    say(document, as_json, "\n".join(lines))


def _counts(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    counts = {**{name: row[name] for name in (*names, *COUNTS)}}
    counts["share"] = None if counts["share"] is None else 100 * counts["share"]  # shares are in percent
    return counts
