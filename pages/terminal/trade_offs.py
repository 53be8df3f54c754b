"""What got worse while key results passed, printed."""

from typing import Annotated, Any

import typer

from pages.terminal.answers import AsJson, Day, day_of, opened, records, say

app = typer.Typer()
SHOWN = 20  # costs printed; the JSON has them all
_KPI = ("kpi", "segment", "effect", "effect_relative", "lo", "hi", "p", "q")
_PAID = ["kpi", "key_result", "team", "relation"]


@app.command(name="trade-offs")
def trade_offs(
    context: typer.Context,
    cycle: Annotated[str | None, typer.Option(help="The cycle; default the one that holds the as-of day.")] = None,
    as_of: Day = None,
    team: Annotated[str | None, typer.Option(help="The wins of one team, and what its own KPIs may have paid.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what got worse while key results passed, whose it is, and what chance alone would bring."""
    from models.trade_off_words import sentence
    from models.trade_offs import costs

    workspace = opened(context)
    found = workspace.trade_offs(cycle, day_of(as_of), team)
    company = workspace.trade_offs(cycle, day_of(as_of))
    said, rows = sentence(found), costs(found)
    say(document(found, company, said, rows) if as_json else None, as_json, lines(found, company, said, rows))


def document(found: Any, company: Any, said: str, rows: Any) -> dict[str, Any]:
    """The whole as JSON: changes in percent, unknown as null."""
    from models.trade_off_matrix import balance, paid
    from models.trade_off_words import cost

    return {
        "cycle": found.cycle.id,
        "as_of": found.as_of,
        "team": found.team,
        "data_version": found.data_version,
        "sentence": said,
        "passed": len(found.wins),
        "guardrails": len(found.guardrails),
        "guardrails_worse": len(found.broken),
        "looked_at": found.tests,
        "false_discovery_rate": found.policy.false_discoveries,
        "worse_by_chance": found.false_worse,
        "listed": int(found.looked["survives"].sum()),
        "listed_by_chance": found.false_listed,
        "common_shock": found.shock.direction or None,
        "costs": [
            {
                **{name: row[name] for name in ("key_result", "team", "relation", "owner")},
                **_movement(row),
                "sentence": cost(row),
            }
            for row in rows.to_dict("records")
        ],
        "within_chance": [{"owner": row["owner"], **_movement(row)} for row in found.doubtful.to_dict("records")],
        "not_looked_at": records(found.not_looked[["kpi", "owner", "reason"]]),
        "shared_claims": [
            {"kpi": claim["kpi"].iloc[0], "segment": claim["segment"].iloc[0], "key_results": list(claim["id"]),
             "teams": list(dict.fromkeys(claim["team"]))}
            for _, claim in found.claims.groupby("claim")
        ],
        "paid": [] if found.team is None else records(paid(company, found.team)[_PAID]),
        "teams": [] if found.team else records(balance(found).drop(columns="team_name")),
    }  # fmt: skip


def _movement(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _KPI} | {"effect_relative": 100 * row["effect_relative"]}


def lines(found: Any, company: Any, said: str, rows: Any) -> str:
    from models.trade_off_matrix import paid
    from models.trade_off_words import cost, guarded, left_out
    from models.trade_offs import RELATIONS

    out = [f"{found.cycle.label}, as known on {found.as_of}", said, ""]
    shown = rows.head(SHOWN).to_dict("records")
    out += [f"{RELATIONS[row['relation']].icon} {RELATIONS[row['relation']].word:<10} {cost(row)}" for row in shown]
    if len(rows) > SHOWN:
        out.append(f"... and {len(rows) - SHOWN} more pairs of a key result and a KPI; --json has them all.")
    if found.team is not None:
        kpis = paid(company, found.team).drop_duplicates("kpi")["kpi_name"]
        out += ["", f"Worse while others won: {', '.join(kpis) or 'none of its KPIs'}."]
    return "\n".join([*out, "", *(part for part in (guarded(found), left_out(found)) if part)])
