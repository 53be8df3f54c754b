"""A team's round in a terminal: who is due, the stand-up, actions, statuses, milestones and what waits for what."""

from typing import Annotated, Any

import typer

from pages.terminal.answers import AsJson, Day, day_of, opened, records, say

app = typer.Typer()
action = typer.Typer(no_args_is_help=True, help="Add, list, change and finish actions.")
status = typer.Typer(no_args_is_help=True, help="Say where work stands, in the company's own words.")
app.add_typer(action, name="action")
app.add_typer(status, name="status")

Team = Annotated[str | None, typer.Option(help="One team; default all.")]
Due = Annotated[str | None, typer.Option(help="The day by which it is to be done, YYYY-MM-DD.")]


@app.command()
def due(context: typer.Context, team: Team = None, as_of: Day = None, as_json: AsJson = False) -> None:
    """Who is due to check in, the longest overdue first."""
    workspace = opened(context)
    found = workspace.due_check_ins(day_of(as_of), team)
    said = [
        f"{row['team'] or '':<12} {row['key_result']:<24} {_last(row)}; due {_iso(row['due_on'])} ({row['days']} days)"
        for row in found.to_dict("records")
    ]
    document = {"as_of": day_of(as_of) or workspace.today(), "due": records(found)}
    say(document, as_json, "\n".join(said) or "Nobody is due to check in.")


@app.command(name="stand-up")
def stand_up(
    context: typer.Context,
    team: Annotated[str, typer.Option(help="The team.")],
    since: Annotated[str | None, typer.Option(help="Last time; default the last stand-up, or a round ago.")] = None,
    as_of: Day = None,
    cycle: Annotated[str | None, typer.Option(help="The cycle; default the one that holds the as-of day.")] = None,
    held: Annotated[bool, typer.Option("--held", help="Note that it was held: the next one looks back to it.")] = False,
    as_json: AsJson = False,
) -> None:
    """What moved, what is stuck, what changed since last time, and what to decide."""
    workspace = opened(context)
    found = workspace.stand_up(team, day_of(since), day_of(as_of), cycle)
    if held:
        workspace.hold_stand_up(team, found.as_of)
    document = {
        "team": found.team, "cycle": found.cycle, "since": found.since, "as_of": found.as_of,
        "headline": found.headline,
        **{
            code: [{"code": line.code, "key_result": line.key_result, "sentence": line.text} for line in lines]
            for code, _, lines in found.chapters
        },
        "actions": records(found.actions),
    }  # fmt: skip
    said = [f"{found.team_name}, {found.cycle}: {found.since} to {found.as_of}", found.headline]
    for _, heading, lines in found.chapters:
        said += ["", heading, *(f"  {line.title}: {line.text}" if line.title else f"  {line.text}" for line in lines)]
        said += [] if lines else ["  -"]
    said += ["", "Actions", *(_action_line(row) for row in document["actions"])]
    say(document, as_json, "\n".join(said))


@app.command()
def milestones(
    context: typer.Context,
    cycle: Annotated[str | None, typer.Option(help="The cycle; default the one that holds the as-of day.")] = None,
    team: Team = None,
    as_of: Day = None,
    as_json: AsJson = False,
) -> None:
    """Stages, estimated against actual, and what waits for what."""
    from models.dependencies import waits_for
    from models.stages import stage_sentence

    workspace = opened(context)
    day = day_of(as_of)
    rows = workspace.milestones(cycle, team, day)
    waits = workspace.waits(day)
    if team is not None:
        waits = waits[(waits["team"] == team) | (waits["on_team"] == team)]
    stages = [{**row, "sentence": stage_sentence(row)} for row in rows.to_dict("records")]
    waiting = [{**row, "sentence": waits_for(row)} for row in waits.to_dict("records")]
    said = [f"{row['key_result']:<24} {row['sentence']}" for row in [*stages, *waiting]]
    say({"stages": stages, "waits": waiting}, as_json, "\n".join(said) or "No milestones and nothing that waits.")


@action.command(name="add")
def add_action(
    context: typer.Context,
    title: str,
    owner: Annotated[str, typer.Option(help="Who does it.")] = "",
    due: Due = None,
    key_result: Annotated[str | None, typer.Option("--key-result", help="The key result it is for.")] = None,
    team: Team = None,
    as_json: AsJson = False,
) -> None:
    """Write down what somebody will do, by when."""
    done = opened(context).add_action(title, owner, day_of(due), key_result=key_result, team=team)
    say(done, as_json, f"Action {done['id']} recorded.")


@action.command(name="list")
def list_actions(
    context: typer.Context,
    team: Team = None,
    owner: Annotated[str | None, typer.Option(help="One owner; default all.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Those done or dropped too.")] = False,
    as_of: Day = None,
    as_json: AsJson = False,
) -> None:
    """Actions, what is overdue first; carried over until they are done or dropped."""
    rows = opened(context).actions(team, day_of(as_of))
    if owner is not None:
        rows = rows[rows["owner"] == owner]
    if not all_:
        rows = rows[rows["state"].isin(["open", "overdue"])]
    found = records(rows)
    say({"actions": found}, as_json, "\n".join(map(_action_line, found)) or "No open actions.")


@action.command(name="done")
def finish_action(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ID")],
    at: Annotated[str | None, typer.Option("--at", help="The day, YYYY-MM-DD; default today.")] = None,
    as_json: AsJson = False,
) -> None:
    """An action is done."""
    say(opened(context).finish_action(identifier, day_of(at)), as_json, f"Action {identifier} is done.")


@action.command(name="drop")
def drop_action(
    context: typer.Context, identifier: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False
) -> None:
    """An action is no longer wanted."""
    say(opened(context).drop_action(identifier), as_json, f"Action {identifier} is dropped.")


@action.command(name="change")
def change_action(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ID")],
    title: Annotated[str | None, typer.Option(help="What is to be done.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who does it.")] = None,
    due: Due = None,
    reopen: Annotated[bool, typer.Option("--reopen", help="It is not done or dropped after all.")] = False,
    as_json: AsJson = False,
) -> None:
    """Change an action's words, owner or day, or open it again."""
    given = {"title": title, "owner": owner, "due": day_of(due)}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if reopen:
        changes |= {"done": None, "dropped": None}
    say(opened(context).change_action(identifier, **changes), as_json, f"Action {identifier} changed.")


@status.command(name="set")
def set_status(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="KR")],
    to: Annotated[str, typer.Argument(metavar="STATUS")],
    note: Annotated[str, typer.Option(help="Why, in a sentence.")] = "",
    objective: Annotated[bool, typer.Option("--objective", help="The id is an objective's.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say where a key result stands."""
    kind = "objective" if objective else "key_result"
    say(opened(context).set_status(kind, identifier, to, note), as_json, f"{identifier}: {to}.")


@status.command(name="list")
def list_statuses(
    context: typer.Context,
    of: Annotated[str | None, typer.Option("--of", help="The history of one key result.")] = None,
    as_of: Day = None,
    as_json: AsJson = False,
) -> None:
    """The words to choose from and what has been said with them; or the history of one key result."""
    workspace = opened(context)
    if of is not None:
        history = records(workspace.status_history("key_result", of))
        said = [f"{row['at']}  {row['status'] or '-'}  {row['by']}  {row['note']}".rstrip() for row in history]
        say({"history": history}, as_json, "\n".join(said) or "It never had a status.")
        return
    offered = [known.model_dump() for known in workspace.company(day_of(as_of)).status_list]
    given = records(workspace.statuses(day_of(as_of)))
    lines = [f"{row['icon']} {row['id']:<14} {row['name']}" for row in offered]
    lines += ["", *(f"{row['id']:<24} {row['status']}  {row['note']}".rstrip() for row in given)]
    say({"offered": offered, "statuses": given}, as_json, "\n".join(lines).rstrip())


def _action_line(row: dict[str, Any]) -> str:
    about = ", ".join(str(part) for part in (row["owner"], row["due"] and f"by {row['due']}") if part)
    return f"  {row['id']:<5} {row['state']:<8} {row['title']}" + (f" ({about})" if about else "")


def _last(row: dict[str, Any]) -> str:
    return f"last {_iso(row['last'])}" if row["last"] == row["last"] else "never checked in"


def _iso(day: Any) -> str:
    return f"{day:%Y-%m-%d}"
