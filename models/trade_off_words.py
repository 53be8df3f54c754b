"""The trade-offs in words: headline, what chance would bring, the sentence of one cost, the whole in a paragraph."""

from typing import Any

import pandas as pd

from models.amounts import Change
from models.language import numeral, tr, trn
from models.trade_offs import TradeOffs
from models.verdict import movement_clause

NAMED = 3  # KPIs that the paragraph names before it says how many more


def headline(found: TradeOffs) -> str:
    """`11 key results passed; meanwhile 1 guardrail and 2 other KPIs got worse.`"""
    guardrails, others = len(found.broken), len(found.others)
    if found.wins.empty:
        return tr("No key result has passed, so nothing can have been paid for.")
    passed = _passed(found)
    if not guardrails and not others:
        return tr("{passed}, and nothing got worse beyond chance.", passed=passed)
    broken = trn("{count} guardrail", "{count} guardrails", guardrails)
    if guardrails and not others:
        return tr("{passed}; meanwhile {guardrails} got worse.", passed=passed, guardrails=broken)
    if not guardrails:
        worse = trn("{count} KPI that nobody guarded", "{count} KPIs that nobody guarded", others)
        return tr("{passed}; meanwhile {others} got worse.", passed=passed, others=worse)
    worse = trn("{count} other KPI", "{count} other KPIs", others)
    return tr(
        "{passed}; meanwhile {guardrails} and {others} got worse.", passed=passed, guardrails=broken, others=worse
    )


def chance(found: TradeOffs) -> str:
    """How many would look worse by chance among those looked at, and how many of those listed are expected false."""
    if found.wins.empty:
        return ""
    if not found.tests:
        return tr("No KPI beside the guardrails had enough values to be looked at.")
    if found.looked.loc[found.looked["q"].notna(), "kpi"].is_unique:
        looked = trn(
            "{count} KPI beside the guardrails was looked at",
            "{count} KPIs beside the guardrails were looked at",
            found.tests,
        )
    else:
        looked = trn(
            "{count} movement beside the guardrails was looked at",
            "{count} movements beside the guardrails, over several windows, were looked at",
            found.tests,
        )
    first = tr(
        "{looked}; if nothing had moved, {false} would still look worse by chance.",
        looked=looked,
        false=_few(found.false_worse),
    )
    listed = int(found.looked["survives"].sum())
    if not listed:
        return first
    rate = f"{found.policy.false_discoveries:.0%}".replace("%", " %")
    kept = trn(
        "{count} is listed, at a false discovery rate of {rate}; of the listed, {false} is expected to be chance.",
        "{count} are listed, at a false discovery rate of {rate}; of the listed, {false} is expected to be chance.",
        listed,
        rate=rate,
        false=_few(found.false_listed),
    )
    return f"{first} {kept}"


def guarded(found: TradeOffs) -> str:
    """How the guardrails of these wins held: `1 of 2 guardrails got worse.`"""
    unknown = int((~found.guardrails["move_verdict"].isin(["better", "worse", "flat"])).sum())
    if found.guardrails.empty:
        return tr("No key result that passed declared a guardrail.")
    total, worse = len(found.guardrails), len(found.broken)
    if worse:
        said = trn(
            "The one guardrail declared got worse.", "{worse} of {count} guardrails got worse.", total, worse=worse
        )
    else:
        said = trn("The one guardrail declared did not get worse.", "None of {count} guardrails got worse.", total)
    if not unknown:
        return said
    return f"{said} {trn('Of {count} it cannot be told.', 'Of {count} it cannot be told.', unknown)}"


def shock(found: TradeOffs) -> str:
    """That most KPIs moved the same way, and what that does to trade-offs; '' when they did not."""
    if not found.shock.direction:
        return ""
    return tr(
        "{shock} Trade-offs are doubtful in this cycle: what pushed everything may have pushed these too.",
        shock=found.shock.sentence(),
    )


def left_out(found: TradeOffs) -> str:
    """Which KPIs were not looked at, and why; '' when all were."""
    if found.not_looked.empty:
        return ""
    missing = trn("{count} KPI was not looked at", "{count} KPIs were not looked at", len(found.not_looked))
    kinds = {
        "no_total": tr("no values for the whole company"),
        "to_be_defined": tr("the better direction is not defined yet"),
        "": tr("too little data in the window or before it"),
    }
    counts = found.not_looked["reason"].where(found.not_looked["reason"].isin(list(kinds)), "").value_counts()
    why = "; ".join(
        tr("{count} ({why})", count=numeral(f"{counts[code]:,}"), why=kinds[code]) for code in kinds if code in counts
    )
    return tr("{missing}: {why}.", missing=missing, why=why)


def cost(row: Any) -> str:
    """One cost (a row of `costs`) in one sentence; it never says because."""
    movement = movement_clause(row)
    owner = row["owner_name"] if isinstance(row["owner_name"], str) else ""
    title = row["title"]
    if row["relation"] == "guardrail" and owner:
        return tr(
            "“{title}” passed, and its guardrail {movement}; {owner} owns that KPI.",
            title=title, movement=movement, owner=owner,
        )  # fmt: skip
    if row["relation"] == "guardrail":
        return tr("“{title}” passed, and its guardrail {movement}.", title=title, movement=movement)
    if row["relation"] == "outcome":
        return tr("“{title}” passed, but what it was to move turned: {movement}.", title=title, movement=movement)
    if row["relation"] == "own":
        return tr("In the window in which “{title}” passed, the team's own {movement}.", title=title, movement=movement)
    if owner:
        return tr(
            "In the window in which “{title}” passed, {movement}; {owner} owns that KPI.",
            title=title, movement=movement, owner=owner,
        )  # fmt: skip
    return tr(
        "In the window in which “{title}” passed, {movement}; nobody owns that KPI.", title=title, movement=movement
    )


def sentence(found: TradeOffs) -> str:
    """The trade-offs in one paragraph: doubt first, then what got worse and whose it is, then chance."""
    said = [shock(found), headline(found)]
    worse = pd.concat([found.broken, found.others], ignore_index=True).drop_duplicates("kpi")
    if len(worse):
        names = [_named(row) for row in worse.head(NAMED).to_dict("records")]
        more = len(worse) - len(names)
        listed = "; ".join([*names, trn("and {count} more", "and {count} more", more)] if more else names)
        said.append(tr("Worse in the same window: {names}.", names=listed))
    said.append(chance(found))
    return " ".join(part for part in said if part)


def moved_by(row: Any) -> str:
    """`rose 13 %`, `fell 0.4 points`."""
    size = Change.of(row).size
    return tr("rose {size}", size=size) if row["effect"] > 0 else tr("fell {size}", size=size)


def strength(row: Any, strong: float) -> str:
    """`strong` or `clear`: by q, for a guardrail by p."""
    surprise = row["p"] if pd.isna(row.get("q")) else row["q"]
    return tr("strong") if surprise <= strong else tr("clear")


def _named(row: Any) -> str:
    owner = row["owner_name"] if isinstance(row["owner_name"], str) and row["owner_name"] else tr("nobody's")
    return tr("{kpi} {moved} ({owner})", kpi=row["kpi_name"], moved=moved_by(row), owner=owner)


def _passed(found: TradeOffs) -> str:
    count = len(found.wins)
    if found.wins["so_far"].all():
        return trn("{count} key result passed so far", "{count} key results passed so far", count)
    return trn("{count} key result passed", "{count} key results passed", count)


def _few(count: float) -> str:
    if count < 0.95:
        return tr("fewer than one")
    return tr("about {count}", count=numeral(f"{count:,.0f}"))
