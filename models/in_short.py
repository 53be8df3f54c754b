"""A cycle in five lines: the real wins, the vanity, what it cost, where the rest will land, what to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.decide import Question, costs
from models.forecast import Forecast, chance_in_words
from models.language import tr, trn
from models.policy import POLICY, Policy
from models.sentences import listed, title_of, titled


@dataclass(frozen=True)
class Line:
    """`code`: real, vanity, cost, ahead or decide; `key_results`: the ids that the text names."""

    code: str
    text: str
    key_results: tuple[str, ...] = ()


def in_short(
    key_results: pd.DataFrame,
    links: pd.DataFrame,
    ends: Mapping[str, Forecast] | None,
    asked: Sequence[Question],
    policy: Policy = POLICY,
) -> tuple[Line, ...]:
    """The lines. `ends` holds forecasts by key result, None where nobody worked them out; `asked`: all questions."""
    if key_results.empty:
        return ()
    rows = key_results.to_dict("records")
    lines = [_real(rows), _vanity(rows), _cost(rows, links), _ahead(rows, ends, policy.likely), _decide(asked)]
    return tuple(line for line in lines if line)


def _of(rows: list[Any], *codes: str) -> list[Any]:
    return [row for row in rows if row["verdict"] in codes]


def _passed(row: Any) -> bool:
    return bool(pd.notna(row["passed"]) and row["passed"])


def _line(code: str, text: str, rows: Sequence[Any] = ()) -> Line:
    return Line(code, text, tuple(row["id"] for row in rows))


def _real(rows: list[Any]) -> Line:
    won = _of(rows, "real_win")
    if not won:
        unknown = [row for row in rows if _passed(row) and row["verdict"] in ("unproven", "too_early")]
        if unknown:
            text = trn(
                "No real win is proven: of {count} that passed the data cannot tell whether its KPI moved.",
                "No real win is proven: of {count} that passed the data cannot tell whether their KPIs moved.",
                len(unknown),
            )
            return _line("real", text)
        return _line("real", tr("No real win: nothing both passed and moved its KPI."))
    named = titled(won)
    if all(row["so_far"] for row in rows):
        text = trn(
            "{count} real win so far: {names} passes, and its KPI got better.",
            "{count} real wins so far: {names} pass, and their KPIs got better.",
            len(won),
            names=named,
        )
    else:
        text = trn(
            "{count} real win: {names} passed, and its KPI got better.",
            "{count} real wins: {names} passed, and their KPIs got better.",
            len(won),
            names=named,
        )
    return _line("real", text, won)


def _vanity(rows: list[Any]) -> Line:
    vain, fired = _of(rows, "vanity"), _of(rows, "backfired")
    passed = [row for row in rows if _passed(row)]
    said = []
    if vain:
        said.append(
            trn(
                "{count} vanity win: {names} passed while its KPI stood still.",
                "{count} vanity wins: {names} passed while their KPIs stood still.",
                len(vain),
                names=titled(vain),
            )
        )
    if fired:
        said.append(
            trn(
                "{count} win backfired: {names} passed while its KPI got worse.",
                "{count} wins backfired: {names} passed while their KPIs got worse.",
                len(fired),
                names=titled(fired),
            )
        )
    unproven = _of(passed, "unproven", "too_early")
    if not said and unproven and any(row["verdict"] == "real_win" for row in passed):
        text = trn(
            "No vanity win is known; of {count} that passed the data cannot tell.",
            "No vanity win is known; of {count} that passed the data cannot tell.",
            len(unproven),
        )
        said.append(text)
    if not said and any(row["verdict"] == "real_win" for row in passed):
        said.append(tr("No vanity win: nothing passed while its KPI stood still."))
    elif not said and passed:
        said.append(tr("Whether a win is vanity cannot be told: of nothing that passed is it known how its KPI moved."))
    elif not said:
        said.append(tr("No vanity win, for nothing passed."))
    return _line("vanity", " ".join(said), [*vain, *fired])


def _cost(rows: list[Any], links: pd.DataFrame) -> Line:
    paid = [row for row in rows if "at_a_cost" in row["flags"]]
    guards = links[links["role"] == "guardrail"] if "role" in links else links.head(0)
    if not paid and guards.empty:
        return _line("cost", tr("What it cost is not known: no guardrail is linked."))
    if not paid and not guards["move_verdict"].isin(["better", "flat"]).any():
        return _line("cost", tr("What it cost is not known: of no guardrail can it be said whether it moved."))
    if not paid:
        text = trn(
            "No cost was found: the {count} guardrail did not get worse.",
            "No cost was found: none of {count} guardrails got worse.",
            len(guards.drop_duplicates(["kpi_name"])),
        )
        return _line("cost", text)
    worse = costs(links, [row["id"] for row in paid])
    if worse.empty:
        return _line("cost", tr("It had a price: a guardrail got worse beside {names}.", names=titled(paid)), paid)
    owned = [
        tr("{kpi} (owned by {team})", kpi=link["kpi_name"], team=link["team_name"])
        if link["team_name"]
        else link["kpi_name"]
        for link in worse.drop_duplicates("kpi_name").to_dict("records")
    ]
    return _line(
        "cost", tr("It had a price: {kpis} got worse beside {names}.", kpis=listed(owned), names=titled(paid)), paid
    )


def _ahead(rows: list[Any], ends: Mapping[str, Forecast] | None, bound: float) -> Line | None:
    open_ones = [row for row in rows if row["so_far"] and not _passed(row)]
    if not open_ones:
        return None
    if ends is None:
        text = trn(
            "{count} is not there yet; where it will land stands with its evidence.",
            "{count} are not there yet; where each will land stands with its evidence.",
            len(open_ones),
        )
        return _line("ahead", text)
    told = [(row, ends[row["id"]].chance) for row in open_ones if row["id"] in ends]
    known = [(row, chance) for row, chance in told if chance is not None]
    if not known:
        text = trn(
            "{count} is not there yet; where it will land cannot be foretold from its figures.",
            "{count} are not there yet; where they will land cannot be foretold from their figures.",
            len(open_ones),
        )
        return _line("ahead", text)
    likely = [row for row, chance in known if chance >= bound]
    last, least = min(known, key=lambda pair: pair[1])
    if likely:
        opening = trn(
            "{count} that is not there yet has a forecast: {likely} is likely to reach its target.",
            "{count} that are not there yet have a forecast: {likely} of them are likely to reach their targets.",
            len(known),
            likely=len(likely),
        )
    else:
        opening = trn(
            "{count} that is not there yet has a forecast: none is likely to reach its target.",
            "{count} that are not there yet have a forecast: none of them are likely to reach their targets.",
            len(known),
        )
    if last in likely:
        return _line("ahead", opening, likely)
    closing = tr("Furthest from it: “{title}”, chance {chance}.", title=title_of(last), chance=chance_in_words(least))
    return _line("ahead", f"{opening} {closing}", [last])


def _decide(asked: Sequence[Question]) -> Line:
    if not asked:
        return Line("decide", tr("Nothing to decide: no verdict asks for it."))
    text = trn(
        "{count} question to decide: {first}",
        "{count} questions to decide, first: {first}",
        len(asked),
        first=asked[0].text,
    )
    return Line("decide", text, (asked[0].key_result,))


def landing(found: Forecast | None, row: Any) -> str:
    """Where one key result will land, as a sentence; nothing where nothing can be said."""
    if found is None or found.reason or found.chance is None or _passed(row):
        return ""
    goal = chance_in_words(found.chance)
    if row["kind"] == "maintain":
        return tr("The chance that it stays inside its band is {chance}.", chance=goal)
    return tr("The chance that it reaches its target is {chance}.", chance=goal)


def label(code: str) -> str:
    """The icon and word that a line stands under."""
    return {
        "real": tr("▲ Real"),
        "vanity": tr("◇ Vanity"),
        "cost": tr("⚠ Cost"),
        "ahead": tr("→ Ahead"),
        "decide": tr("☐ Decide"),
    }[code]
