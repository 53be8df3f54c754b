"""The views of OKRs in the terminal: list, workload, map and activity, each as text or as one JSON document."""

from enum import StrEnum
from typing import Annotated, Any

import pandas as pd
import typer

from pages.terminal.answers import AsJson, Day, day_of, opened, records, say

app = typer.Typer()
LIST_COLUMNS = [
    "id", "objective", "title", "team", "owner", "tags", "status", "suggests", "verdict", "flags", "score",
    "confidence", "checked_in", "due", "late",
]  # fmt: skip
NAMED = 20  # ids that a line of text names


class Shape(StrEnum):
    list = "list"
    workload = "workload"
    map = "map"
    activity = "activity"


Several = list[str] | None


@app.command()
def okrs(
    context: typer.Context,
    shape: Annotated[Shape, typer.Option("--view", help="Which view.")] = Shape.list,
    cycle: Annotated[str | None, typer.Option(help="The cycle; default the one that holds the as-of day.")] = None,
    as_of: Day = None,
    team: Annotated[str | None, typer.Option(help="One team only.")] = None,
    owner: Annotated[Several, typer.Option(help="Only of this owner; may be given again; - for none.")] = None,
    status: Annotated[Several, typer.Option(help="Only with this status; may be given again; - for none.")] = None,
    tag: Annotated[Several, typer.Option(help="Only with this tag; may be given again.")] = None,
    verdict: Annotated[Several, typer.Option(help="Only with this verdict or flag; may be given again.")] = None,
    text: Annotated[str, typer.Option(help="Only where all of these words occur.")] = "",
    sort: Annotated[
        str, typer.Option(help="List: objective, title, owner, status, verdict, score, confidence, due.")
    ] = "objective",
    most: Annotated[int, typer.Option(min=1, max=10_000, help="Activity: at most so many changes.")] = 50,
    skip: Annotated[int, typer.Option(min=0, help="Activity: after so many newer ones.")] = 0,
    as_json: AsJson = False,
) -> None:
    """The key results of a cycle: as a list, by owner, as a map down to the KPIs, or what changed."""
    from models import okr_filter
    from models.verdict import VERDICTS

    if sort not in okr_filter.SORTS:
        raise typer.BadParameter(f"there is no order {sort!r}; there are {', '.join(okr_filter.SORTS)}")
    workspace = opened(context)
    found = workspace.okr_rows(cycle, day_of(as_of), team)
    owners, statuses = (tuple("" if value == "-" else value for value in given or ()) for given in (owner, status))
    chosen = okr_filter.Filter(owners, statuses, tuple(tag or ()), tuple(verdict or ()), text)
    rows = chosen.of(found.rows)
    head = {"view": str(shape), "cycle": found.card.cycle.id, "as_of": found.card.as_of, "team": team}
    head["data_version"] = found.card.data_version
    if shape == Shape.list:
        ordered = okr_filter.sort(rows, sort, [s.id for s in found.statuses], list(VERDICTS))
        say({**head, "key_results": _listed(ordered)}, as_json, _list_text(ordered))
    elif shape == Shape.workload:
        _workload(head, rows, as_json)
    elif shape == Shape.map:
        _map(head, workspace.okr_map(cycle, day_of(as_of), team), rows, as_json)
    else:
        only = list(rows["id"]) if chosen else None
        feed = workspace.activity(cycle, day_of(as_of), team, only=only, most=most, skip=skip)
        _activity(head, found, feed, as_json)


def _listed(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """LIST_COLUMNS of each row; what nobody set is null."""
    out = records(rows[LIST_COLUMNS])
    for row in out:
        for name in ("owner", "status", "suggests"):
            row[name] = row[name] or None
    return out


def _list_text(rows: pd.DataFrame) -> str:
    lines = []
    for row in rows.to_dict("records"):
        score = f"{row['score']:.2f}" if pd.notna(row["score"]) else "   –"
        state = row["status"] or (f"({row['suggests']})" if row["suggests"] else "–")
        due = f"{row['due']:%Y-%m-%d}{' overdue' if row['late'] else ''}"
        lines.append(
            f"{score}  {row['verdict_word']:<22} {state:<14} {due:<20} {row['owner'] or '–':<18} {row['title']}"
        )
    return "\n".join(lines) or "No key result fits."


def _workload(head: dict[str, Any], rows: pd.DataFrame, as_json: bool) -> None:
    from models.workload import workload

    owners = workload(rows, pd.Timestamp(head["as_of"]))
    lines = [
        f"{row['owner'] or '–':<24} {row['key_results']:>4} key results, {row['passed']} passed, "
        f"{row['in_trouble']} behind or missed, {row['overdue_check_ins']} check-ins overdue, "
        f"{row['due_month']} due this month"
        for row in owners.to_dict("records")
    ]
    made = [{**row, "owner": row["owner"] or None} for row in records(owners)]
    say({**head, "owners": made}, as_json, "\n".join(lines) or "No key result fits.")


def _map(head: dict[str, Any], found: Any, rows: pd.DataFrame, as_json: bool) -> None:
    """Objectives on their way from the top, their key results and KPIs, and where the chain breaks off."""
    held = set(rows["objective"]) | set(found.empty)
    links = found.links[found.links["key_result"].isin(rows["id"])]
    order = [name for name in found.in_order(found.objectives["id"]) if name in held]
    facts = {row["id"]: row for row in found.objectives.to_dict("records")}
    objectives = [
        {
            "id": name, "title": facts[name]["title"], "team": facts[name]["team"], "parent": found.parents.get(name),
            "way": found.way(name), "score": facts[name]["score"],
        }
        for name in order
    ]  # fmt: skip
    breaks = {name: getattr(found, name) for name in ("orphans", "empty", "unlinked", "loose")}
    columns = ["id", "objective", "title", "verdict", "score"]
    lines = []
    for name in order:
        lines.append(" > ".join(found.way(name)))
        for row in rows[rows["objective"] == name].to_dict("records"):
            lines.append(f"    {row['title']}: {row['verdict_word']}")
            for link in links[links["key_result"] == row["id"]].to_dict("records"):
                moved = link["move_verdict"] if isinstance(link["move_verdict"], str) else "–"
                lines.append(f"        {link['kpi_name']} ({', '.join(link['roles'])}): {moved}")
    lines += [
        f"{name}: {', '.join(held[:NAMED])}{f' and {len(held) - NAMED} more' if len(held) > NAMED else ''}"
        for name, held in breaks.items()
        if held
    ]
    document = {"objectives": objectives, "key_results": records(rows[columns]), "links": records(links), **breaks}
    say({**head, **document}, as_json, "\n".join(lines))


def _activity(head: dict[str, Any], found: Any, feed: Any, as_json: bool) -> None:
    from models.activity import told

    words = {status.id: status.label for status in found.statuses}
    changes, lines = [], []
    for row in feed.rows.to_dict("records"):
        sentence = told(row, words)
        changes.append({name: row[name] for name in ("at", "by", "what", "kind", "subject", "title", "team", "count")})
        changes[-1]["sentence"] = sentence
        lines.append(f"{row['at']:%Y-%m-%d %H:%M}  {row['by']:<12} {row['what']:<10} {row['title']}: {sentence}")
    if feed.total > len(lines):
        lines.append(f"{len(lines)} of {feed.total}; --skip and --most show the rest.")
    document = {**head, "total": feed.total, "changes": changes}
    say(document, as_json, "\n".join(lines) or "Nothing changed that fits.")
