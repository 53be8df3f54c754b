"""What is learned when a cycle closes: retrospectives, lessons, what goes on, surveys, an owner's review."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from models.refused import Refused
from models.retrospective import QUESTIONS
from pages.terminal.answers import AsJson, Day, day_of, opened, records, say

app = typer.Typer()
retro = typer.Typer(no_args_is_help=True, help="A team's look back at a cycle: four questions.")
lesson = typer.Typer(no_args_is_help=True, help="The library of lessons.")
survey = typer.Typer(no_args_is_help=True, help="Feedback surveys, answered without a name.")
app.add_typer(retro, name="retro")
app.add_typer(lesson, name="lesson")
app.add_typer(survey, name="survey")
Team = Annotated[str, typer.Option("--team", help="The team.")]
Cycle = Annotated[str, typer.Option("--cycle", help="The cycle.")]
Texts = list[str] | None


@retro.command("show")
def show_retro(context: typer.Context, cycle: Cycle, team: Team, as_of: Day = None, as_json: AsJson = False) -> None:
    """The four questions with a team's answers."""
    kept = opened(context).retrospective(cycle, team, day_of(as_of))
    answers = kept.retrospective.answers if kept else {}
    document = {
        "cycle": cycle, "team": team, "version": kept.version if kept else 0, "answers": answers,
        "missing": [code for code in QUESTIONS if code not in answers],
        "changed_at": kept.changed_at if kept else None, "changed_by": kept.changed_by if kept else None,
    }  # fmt: skip
    lines = [f"{question}\n  {answers.get(code, '(not answered)')}" for code, question in QUESTIONS.items()]
    say(document, as_json, "\n".join(lines))


@retro.command("answer")
def answer_retro(
    context: typer.Context,
    cycle: Cycle,
    team: Team,
    goals: Annotated[str | None, typer.Option(help="Did we reach our goals?")] = None,
    why: Annotated[str | None, typer.Option(help="What helped, or what stood in the way?")] = None,
    change: Annotated[str | None, typer.Option(help="What would we change in a goal that we fully reached?")] = None,
    learned: Annotated[str | None, typer.Option(help="What did we learn for the next cycle?")] = None,
    as_json: AsJson = False,
) -> None:
    """Answer some of the questions; the other answers stay as they are."""
    workspace = opened(context)
    kept = workspace.retrospective(cycle, team)
    given = {"goals": goals, "why": why, "change": change, "learned": learned}
    answers = {**(kept.retrospective.answers if kept else {}), **{k: v for k, v in given.items() if v is not None}}
    version = workspace.save_retrospective(cycle, team, answers, kept.version if kept else 0)
    document = {"status": "saved", "cycle": cycle, "team": team, "version": version}
    say(document, as_json, f"Saved the retrospective of {team} on {cycle}.")


@lesson.command("add")
def add_lesson(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="What was learned, in a sentence or two.")],
    kpi: Annotated[Texts, typer.Option("--kpi", help="A KPI that it is about; may be repeated.")] = None,
    verdict: Annotated[Texts, typer.Option("--verdict", help="A verdict that it is about; may be repeated.")] = None,
    kr: Annotated[str | None, typer.Option("--kr", help="The key result it was learned from; gives the rest.")] = None,
    tag: Annotated[Texts, typer.Option("--tag", help="A word to find it by; may be repeated.")] = None,
    cycle: Annotated[str | None, typer.Option(help="The cycle.")] = None,
    team: Annotated[str | None, typer.Option(help="The team.")] = None,
    as_json: AsJson = False,
) -> None:
    """Keep a lesson in the library."""
    identifier = opened(context).add_lesson(
        text=text, kpis=kpi or [], verdicts=verdict or [], key_result=kr, tags=tag or [], cycle=cycle, team=team
    )
    say({"status": "kept", "id": identifier}, as_json, f"Kept as {identifier}.")


@lesson.command("list")
def list_lessons(
    context: typer.Context,
    kpi: Annotated[Texts, typer.Option("--kpi", help="About any of these KPIs.")] = None,
    verdict: Annotated[Texts, typer.Option("--verdict", help="About any of these verdicts.")] = None,
    words: Annotated[str, typer.Option("--words", help="Words in text, tags or the names of KPIs.")] = "",
    as_json: AsJson = False,
) -> None:
    """The lessons that fit, newest first."""
    found = opened(context).lessons(words=words, kpis=kpi or [], verdicts=verdict or [])
    rows = [{"id": one.id, **one.lesson.model_dump(), "made_at": one.made_at, "made_by": one.made_by} for one in found]
    lines = [f"{one.id}  {one.lesson.text}  [{', '.join([*one.names, *one.lesson.verdicts])}]" for one in found]
    say({"lessons": rows}, as_json, "\n".join(lines) or "No lesson fits.")


@app.command()
def carry(
    context: typer.Context,
    cycle: Cycle,
    team: Annotated[str | None, typer.Option(help="One team only.")] = None,
    keep: Annotated[Texts, typer.Option("--keep", help="A key result to keep; may be repeated.")] = None,
    change: Annotated[Texts, typer.Option("--change", help="ID or ID=TARGET: go on with another one.")] = None,
    drop: Annotated[Texts, typer.Option("--drop", help="A key result to drop; may be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Keep the decisions, make no draft yet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Keep, change or drop key results, and carry what goes on into the next cycle as drafts."""
    workspace = opened(context)
    decided: dict[str, dict[str, Any]] = {name: {"decision": "keep"} for name in keep or []}
    decided |= {name: {"decision": "drop"} for name in drop or []}
    for text in change or []:
        name, equals, target = text.rpartition("=")
        try:
            decided[name or text] = {"decision": "change", "target": float(target) if equals else None}
        except ValueError:
            raise typer.BadParameter(f"--change is written ID=TARGET, found {text!r}") from None
    if decided:
        workspace.decide(cycle, decided)
    plan = (workspace.carry_plan if dry_run else workspace.carry_over)(cycle, team)
    document = {
        "status": "dry_run" if dry_run else "carried" if plan.drafts.became else "unchanged",
        "into": plan.into.id, "became": plan.drafts.became, "carried_before": plan.carried,
        "dropped": plan.dropped, "undecided": plan.undecided,
    }  # fmt: skip
    lines = [f"{old} -> {new}" for old, new in plan.drafts.became.items()] or ["Nothing to carry over."]
    say(document, as_json, "\n".join([f"Into {plan.into.id}:", *lines]))


@survey.command("create")
def create_survey(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="What it is called.")],
    cycle: Annotated[str | None, typer.Option(help="The cycle it is about.")] = None,
    team: Annotated[str | None, typer.Option(help="The team that is asked.")] = None,
    closes: Annotated[str | None, typer.Option(help="Last day, YYYY-MM-DD; default no end.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a survey of the usual questions after a cycle; prints its link."""
    token = opened(context).create_survey(title=title, cycle=cycle, team=team, closes=day_of(closes))
    say({"status": "created", "id": token, "path": f"survey?id={token}"}, as_json, f"survey?id={token}")


@survey.command("results")
def survey_results(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ID", help="The id in the survey's link.")],
    as_json: AsJson = False,
) -> None:
    """What was answered, counted; nothing before enough have answered."""
    workspace = opened(context)
    asked, found = workspace.survey(identifier), workspace.survey_results(identifier)
    document = {"title": asked.title, "answers": found.n, "needed": found.needed}
    document["questions"] = [asdict(question) for question in found.questions]
    lines = [f"{asked.title}: {found.n} answered"]
    if not found.questions:
        lines.append(f"Results show from {found.needed} answers on.")
    for counted in found.questions:
        told = ", ".join(f"{word}: {count}" for word, count in counted.counts) or "; ".join(counted.texts)
        lines.append(f"{counted.text} ({counted.n}) {told}")
    say(document, as_json, "\n".join(lines))


@app.command()
def owner(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The owner; without one, the owners are listed.")] = None,
    forecasts: Annotated[bool, typer.Option("--forecasts", help="With what the data foretold half-way.")] = False,
    as_of: Day = None,
    as_json: AsJson = False,
) -> None:
    """An owner's key results over the cycles, what was verified, and how well it was foreseen."""
    workspace, day = opened(context), day_of(as_of)
    if name is None:
        names = workspace.owners()
        say({"owners": names}, as_json, "\n".join(names) or "No key result has an owner.")
        return
    if name not in workspace.owners():
        raise Refused(f"nobody called {name!r} answers for a key result; `owner` without a name lists the owners.")
    found = workspace.owner_review(name, day)
    document: dict[str, Any] = {"owner": name, "tally": asdict(found.tally), "sentence": found.tally.sentence()}
    document["key_results"] = records(found.rows.drop(columns=["cycle_name"]))
    document["confidence"] = _foresight(found.foresight)
    if forecasts:
        parts = [(cycle, workspace.owner_forecasts(name, cycle, day)) for cycle in workspace.owner_cycles(name, day)]
        document["forecasts"] = [{"cycle": cycle, **row} for cycle, part in parts for row in records(part)]
    lines = [found.tally.sentence(), *(f"{r.cycle}  {r.verdict_word}: {r.title}" for r in found.rows.itertuples())]
    say(document, as_json, "\n".join([*lines, found.foresight.sentence()]))


def _foresight(found: Any) -> dict[str, Any]:
    """The JSON of chances against outcomes; shares in percent."""
    table = found.table.assign(**{name: 100 * found.table[name] for name in ("low", "high", "said", "happened")})
    return {
        "n": found.n, "enough": found.enough, "brier": found.brier if found.enough else None,
        "always_the_share": found.always if found.enough else None, "table": records(table),
        "sentence": found.sentence(),
    }  # fmt: skip
