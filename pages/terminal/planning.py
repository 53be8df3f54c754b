"""The plan: objectives and key results with their versions, drafts, comments, templates; hints on all of it."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from models.refused import Refused
from pages.terminal.answers import AsJson, contents, opened, say

app = typer.Typer()
objective = typer.Typer(no_args_is_help=True, help="Add, edit, publish or retire one objective.")
template = typer.Typer(no_args_is_help=True, help="List, keep, use or retire templates.")
app.add_typer(objective, name="objective")
app.add_typer(template, name="template")
Cycle = Annotated[str | None, typer.Option(help="The cycle; default the one that holds today.")]
Team = Annotated[str | None, typer.Option(help="One team.")]
Based = Annotated[int | None, typer.Option(help="The version that you saw; refused if it is no longer the last.")]


@app.command()
def plan(context: typer.Context, cycle: Cycle = None, team: Team = None, as_json: AsJson = False) -> None:
    """The objectives of a cycle, drafts too, with their versions and how much was said about them."""
    workspace = opened(context)
    held = cycle or workspace.default_cycle()
    found = workspace.plan(held, team)
    said: dict[str, int] = {}
    for record in workspace.comments():
        said[record.body["on"]] = said.get(record.body["on"], 0) + 1
    rows = [plan_document(planned, said) for planned in found]
    lines = [f"{held}: {len(found)} objectives"]
    for row in rows:
        draft = " [draft]" if row["draft"] else ""
        lines.append(f"\n{row['id']}{draft}  {row['title']}  ({row['team']}, version {row['version']})")
        lines += [f"   {kr['id']}  {kr['title']}  (version {kr['version']})" for kr in row["key_results"]]
    say({"cycle": held, "objectives": rows}, as_json, "\n".join(lines))


def plan_document(planned: Any, said: dict[str, int]) -> dict[str, Any]:
    """The JSON of one objective: its definition, versions, who published it when, comments."""
    one, published = planned.objective, planned.published
    key_results = [
        {
            **kr.model_dump(mode="json", exclude_defaults=True), "kind": kr.kind, "title": kr.label,
            "version": stamp.version, "changed_by": stamp.by, "comments": said.get(f"key_result/{kr.id}", 0),
        }
        for kr, stamp in planned.key_results
    ]  # fmt: skip
    return {
        "id": one.id, "title": one.label, "team": one.team, "cycle": one.cycle, "level": one.level, "owner": one.owner,
        "parent": one.parent, "tags": one.tags, "draft": one.draft, "version": planned.stamp.version,
        "changed_by": planned.stamp.by, "changed_at": planned.stamp.at,
        "published_by": published.by if published else None, "published_at": published.at if published else None,
        "comments": said.get(f"objective/{one.id}", 0), "key_results": key_results,
    }  # fmt: skip


@app.command()
def hints(
    context: typer.Context,
    cycle: Cycle = None,
    team: Team = None,
    check_plans: Annotated[
        bool, typer.Option("--check-plans", help="Check every target against its KPI's past first; seconds each.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What could be better in the OKRs of a cycle: why it matters, and how to mend it."""
    from models.hints import as_rows

    workspace = opened(context)
    if check_plans:
        for done, count in workspace.check_plans(cycle, team):
            print(f"Checked {done} of {count} targets.", file=sys.stderr)
    found = workspace.hints(cycle, team)
    counts: dict[str, int] = {}
    for hint in found:
        counts[hint.part] = counts.get(hint.part, 0) + 1
    lines = [f"{hint.team or '-'}  {hint.id}  [{hint.part}] {hint.word}: {hint.sentence}" for hint in found]
    lines.append(f"{len(found)} hints")
    say({"hints": as_rows(found), "counts": counts}, as_json, "\n".join(lines))


@app.command()
def comment(
    context: typer.Context,
    on: Annotated[str, typer.Argument(help="objective/ID or key_result/ID")],
    text: Annotated[str | None, typer.Argument(help="What to say; without it the comments are listed.")] = None,
    reply_to: Annotated[str | None, typer.Option(help="The id of the comment that it answers.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say something about an objective or a key result, or list what was said."""
    workspace = opened(context)
    if text is not None:
        say(workspace.add_comment(on, text, reply_to), as_json, "Comment kept.")
        return
    rows = [
        {"id": r.id, "by": r.made_by, "at": r.made_at, "text": r.body["text"], "reply_to": r.body.get("reply_to")}
        for r in workspace.comments(on)
    ]
    lines = [f"{row['at']:%Y-%m-%d %H:%M}  {row['by']}: {row['text']}  ({row['id']})" for row in rows]
    say({"on": on, "comments": rows}, as_json, "\n".join(lines) or "Nothing was said yet.")


@objective.command("add")
def add(
    context: typer.Context,
    title: str,
    team: Annotated[str, typer.Option(help="Whose it is.")],
    cycle: Annotated[str, typer.Option(help="The cycle, like 2027-Q1.")],
    key_results: Annotated[
        Path | None, typer.Option("--key-results", help="YAML: a list of key results, as in okrs.yaml.")
    ] = None,
    parent: Annotated[str | None, typer.Option(help="The objective that it supports.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
    level: Annotated[str, typer.Option(help="committed or aspirational")] = "committed",
    publish: Annotated[bool, typer.Option("--publish", help="Put it on the scorecard at once.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write an objective; a draft unless it is published at once."""
    from models.planned import Edit, fresh_id

    workspace = opened(context)
    identifier = fresh_id(f"{title} {cycle}", workspace.taken_ids())
    body = {
        "id": identifier, "title": title, "team": team, "cycle": cycle, "parent": parent, "owner": owner,
        "level": level, "draft": not publish, "key_results": _yaml(key_results) if key_results else [],
    }  # fmt: skip
    made = _objective(body)
    edits = [Edit("key_result", kr.id, kr, 0, identifier) for kr in made.key_results]
    result = workspace.save_many([Edit("objective", identifier, made, 0), *edits])
    say({**result, "objective": identifier}, as_json, f"{identifier} saved{'' if publish else ' as a draft'}.")


@objective.command("edit")
def edit(
    context: typer.Context,
    identifier: str,
    set_: Annotated[list[str], typer.Option("--set", help="FIELD=VALUE, such as owner=Ada; the value in YAML.")],
    key_result: Annotated[str | None, typer.Option(help="Edit this key result of it instead.")] = None,
    based_on: Based = None,
    as_json: AsJson = False,
) -> None:
    """Change fields of an objective, or of one of its key results; every version is kept."""
    from models.okr import KeyResult, Objective

    workspace = opened(context)
    fields = dict(_field(text) for text in set_)
    planned = workspace.planned(identifier)
    if key_result is None:
        body = planned.objective.model_dump(exclude={"key_results"}) | fields
        made, seen = _checked(Objective, body), planned.stamp.version
        result = workspace.save_objective(made, seen if based_on is None else based_on)
    else:
        held = next(((kr, stamp) for kr, stamp in planned.key_results if kr.id == key_result), None)
        if held is None:
            raise Refused(f"the objective {identifier!r} has no key result {key_result!r}.")
        kr, stamp = held
        result = workspace.save_key_result(
            _checked(KeyResult, kr.model_dump() | fields), stamp.version if based_on is None else based_on
        )
    say(result, as_json, f"{key_result or identifier}: {result['status']}.")


@objective.command("publish")
def publish(context: typer.Context, identifier: str, based_on: Based = None, as_json: AsJson = False) -> None:
    """Put a draft on the scorecard; who published it when is kept."""
    result = opened(context).publish(identifier, based_on)
    say(result, as_json, f"{identifier}: {'published' if result['saved'] else 'was published already'}.")


@objective.command("retire")
def retire(
    context: typer.Context,
    identifier: str,
    key_result: Annotated[str | None, typer.Option(help="Retire this key result of it alone.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take an objective with its key results out of use; its history stays."""
    workspace = opened(context)
    planned = workspace.planned(identifier)
    if key_result is None:
        result = workspace.retire_objective(identifier, planned.stamp.version)
    else:
        stamp = next((stamp for kr, stamp in planned.key_results if kr.id == key_result), None)
        if stamp is None:
            raise Refused(f"the objective {identifier!r} has no key result {key_result!r}.")
        result = workspace.retire_key_result(key_result, stamp.version)
    say(result, as_json, f"Retired: {', '.join(result['saved'])}.")


@template.command("list")
def list_templates(context: typer.Context, as_json: AsJson = False) -> None:
    """The templates: your own, then the built-in ones."""
    rows = [found.model_dump(mode="json", exclude_defaults=True) for found in opened(context).templates()]
    lines = [f"{row['id']}  {row['name']}: {row['objective']}" for row in rows]
    say({"templates": rows}, as_json, "\n".join(lines))


@template.command("keep")
def keep(context: typer.Context, identifier: str, name: str, as_json: AsJson = False) -> None:
    """Keep an objective with its key results as a template."""
    result = opened(context).save_template(identifier, name)
    say(result, as_json, f"Kept as the template {result['template']}.")


@template.command("use")
def use(
    context: typer.Context,
    identifier: str,
    team: Annotated[str, typer.Option(help="Whose it is.")],
    cycle: Annotated[str, typer.Option(help="The cycle, like 2027-Q1.")],
    as_json: AsJson = False,
) -> None:
    """Make a draft of a template: KPIs found by name, targets proposed; what has none is left out and named."""
    result = opened(context).use_template(identifier, team, cycle)
    left = "".join(f"\nLeft out, it needs a KPI or a target: {title}" for title in result["left_out"])
    say(result, as_json, f"Draft {result['objective']} with {result['key_results']} key results.{left}")


@template.command("retire")
def retire_template(context: typer.Context, identifier: str, as_json: AsJson = False) -> None:
    """Offer one of your own templates no longer."""
    say(opened(context).retire_template(identifier), as_json, f"{identifier} is offered no longer.")


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(contents(path).decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refused(f"{path.name} cannot be read as YAML: {error}") from error


def _field(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"--set is written FIELD=VALUE, found {text!r}")
    try:
        found = yaml.safe_load(value)
    except yaml.YAMLError:
        found = value
    return name.strip(), float(found) if isinstance(found, int) and not isinstance(found, bool) else found


def _objective(body: dict[str, Any]) -> Any:
    from models.okr import Objective

    rows = body["key_results"]
    if not isinstance(rows, list):
        raise Refused("the file of key results holds no list.")
    body["key_results"] = [_floats(row) for row in rows]
    return _checked(Objective, body)


def _floats(row: Any) -> Any:
    """Whole numbers of YAML as the figures that a key result holds."""
    if not isinstance(row, dict):
        return row
    figures = ("baseline", "target", "weight")
    return {name: float(value) if name in figures and isinstance(value, int) else value for name, value in row.items()}


def _checked(kind: Any, body: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    try:
        return kind.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        message = str(first["msg"]).removeprefix("Value error, ")
        raise Refused(f"nothing was saved: {place + ': ' if place else ''}{message}.") from error
