"""The digest, sent by mail or to a chat; made to be called by cron."""

import os
from enum import StrEnum
from typing import Annotated, Any

import typer

from models.refused import Refused
from pages.terminal.answers import AsJson, Day, day_of, opened, say

app = typer.Typer()


class Format(StrEnum):
    slack = "slack"
    teams = "teams"
    json = "json"


@app.command()
def digest(
    context: typer.Context,
    cycle: Annotated[str | None, typer.Option(help="The cycle; default the one that holds today.")] = None,
    team: Annotated[str | None, typer.Option(help="One team only.")] = None,
    to_email: Annotated[list[str] | None, typer.Option("--to-email", help="A mail address; may be repeated.")] = None,
    webhook: Annotated[
        list[str] | None, typer.Option("--webhook", help="An address to post to; NEEDLE_WEBHOOK.")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="What the webhook understands.")] = Format.slack,
    attach: Annotated[str, typer.Option("--attach", help="Files that go with a mail: html,pdf,pptx,xlsx,csv.")] = "",
    since: Annotated[
        str | None, typer.Option("--since", help="Compare with so many days ago, such as 7d; default the last digest.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print it; send nothing, keep nothing.")] = False,
    as_of: Day = None,
    as_json: AsJson = False,
) -> None:
    """Send what changed and what needs talking about."""
    from pages.exports import delivery
    from pages.exports.digest import as_document, as_text, link_to

    hooks = list(webhook or [])
    if not hooks and not to_email and os.environ.get("NEEDLE_WEBHOOK"):
        hooks = [os.environ["NEEDLE_WEBHOOK"]]
    addresses = list(dict.fromkeys(delivery.address(text) for text in to_email or []))
    if not (hooks or addresses or dry_run):
        raise Refused("nobody to send it to: give --to-email, --webhook or --dry-run.")
    workspace = opened(context)
    told = workspace.digest(cycle, team, _days(since), day_of(as_of))
    link = link_to(os.environ.get("NEEDLE_URL", ""), told, _label(workspace, team))
    document = as_document(told, link)
    if dry_run:
        say({"status": "dry_run", **document, "deliveries": []}, as_json, as_text(told, link))
        return
    done = _delivered(workspace, told, link, addresses, hooks, format_, attach)
    good = [one for one in done if one.status == "sent"]
    status = "sent" if len(good) == len(done) else "partial" if good else "failed"
    if good:
        workspace.keep_digest(told, sorted({one.channel for one in good}), len(good))
    document["deliveries"] = [
        {"channel": one.channel, "to": one.to, "status": one.status, "problem": one.problem or None} for one in done
    ]
    lines = [f"{told.title}: sent to {len(good)} of {len(done)}."]
    lines += [f"{one.channel} {one.to}: {one.problem}" for one in done if one.problem]
    say({"status": status, **document}, as_json, "\n".join(lines), refused=status != "sent")


def _delivered(
    workspace: Any, told: Any, link: str, addresses: list[str], hooks: list[str], format_: Format, attach: str
) -> list[Any]:
    """Everything is made before anything is sent, so that a faulty setting sends nothing at all."""
    from pages.exports import delivery
    from pages.exports.digest import as_document, as_html, as_text
    from pages.exports.digest_chat import as_slack, as_teams

    mails, server = [], None
    files = _files(workspace, told, attach) if attach else []
    if addresses:
        server = delivery.mail_server(os.environ)
        text, html = as_text(told, link), as_html(told, link)
        subject = f"{told.title}: {told.headline}"
        mails = [delivery.message(server.sender, to, subject, text, html, files) for to in addresses]
    forms = {Format.slack: as_slack, Format.teams: as_teams, Format.json: as_document}
    out = delivery.send_mails(server, mails) if server else []
    return [*out, *(delivery.post(hook, forms[format_](told, link)) for hook in hooks)]


def _files(workspace: Any, told: Any, attach: str) -> list[Any]:
    from pages.exports.delivery import Attachment
    from pages.exports.report import KINDS, report_bytes, series_needed

    card = workspace.scorecard(told.cycle, told.as_of, told.team)
    series = workspace.series_many(series_needed(card), card.as_of)
    out = []
    for kind in dict.fromkeys(part.strip().lower() for part in attach.split(",") if part.strip()):
        if kind not in KINDS:
            raise Refused(f"--attach takes {', '.join(KINDS)}; found {kind!r}.")
        out.append(Attachment(f"needle-{told.cycle}.{kind}", KINDS[kind][1], report_bytes(card, series, kind)))
    return out


def _label(workspace: Any, team: str | None) -> str | None:
    """The team as the filter of the screen spells it: its name, with the id where two share one."""
    if team is None:
        return None
    teams = workspace.teams()
    name = dict(zip(teams["id"], teams["name"], strict=True)).get(team, team)
    return f"{name} ({team})" if (teams["name"] == name).sum() > 1 else str(name)


def _days(since: str | None) -> int | None:
    if since is None:
        return None
    number = since.removesuffix("d").strip()
    if not number.isdigit() or not 1 <= int(number) <= 366:
        raise typer.BadParameter(f"--since is a number of days such as 7d, found {since!r}")
    return int(number)
