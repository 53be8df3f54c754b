"""What changed of each key result: since a week before, since the last check-in, and since the last cycle."""

import pandas as pd

from models.amounts import MINUS, signed
from models.company import Company
from models.language import numeral, tr
from models.okr import Cycle
from models.scorecard import Scorecard
from models.verdict import VERDICTS

WEEK = 7  # days
UNASKED_UP_TO = 150  # key results up to which it is looked up unasked: it takes two more scorecards
SAME = 0.005  # score; a smaller step is not seen at two digits


def cycle_before(company: Company, cycle: Cycle) -> Cycle | None:
    """The cycle with objectives that ended last before this one began; of several the one nearest in length."""
    used = {objective.cycle for objective in company.objectives}
    over = [other for other in company.cycles if other.id in used and other.end < cycle.start]
    days = cycle.end - cycle.start
    return max(over, key=lambda other: (other.end, -abs((other.end - other.start) - days)), default=None)


def since_week(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Per key result, indexed by id: step (of the score), verdict_before (code, where it differs)."""
    then = before.set_index("id")[["score", "verdict"]].reindex(now["id"])
    verdicts = then["verdict"].where(then["verdict"].ne(now.set_index("id")["verdict"]))
    return pd.DataFrame({"step": now.set_index("id")["score"] - then["score"], "verdict_before": verdicts})


def since_check_in(now: pd.DataFrame, check_ins: pd.DataFrame) -> pd.DataFrame:
    """Per key result with two reported values, indexed by id: step (of the value).

    check_ins: key_result, day, value; sorted by both.
    """
    reported = check_ins[check_ins["key_result"].isin(now["id"])].dropna(subset=["value"])
    last = reported.groupby("key_result").tail(2)
    twice = last.groupby("key_result").filter(lambda rows: len(rows) == 2).groupby("key_result")
    first, second = twice.first(), twice.last()
    return (second["value"] - first["value"]).rename("step").to_frame()


def last_cycle(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """The key result of the last cycle that each one continues, indexed by id: verdict (code), same (id or kpi).

    The same id, else the same outcome KPI and segment; of several the own team's first.
    """
    columns = ["id", "team", "kpi", "segment", "verdict"]
    same_id = now[["id"]].merge(before[columns], on="id").assign(same="id")
    others = now.loc[now["kpi"].notna() & ~now["id"].isin(same_id["id"]), ["id", "team", "kpi", "segment"]]
    pairs = others.merge(before[columns], on=["kpi", "segment"], suffixes=("", "_before"))
    pairs = pairs.assign(other=pairs["team"] != pairs["team_before"], same="kpi")
    pairs = pairs.sort_values("other", kind="stable").drop_duplicates("id")
    wanted = ["id", "verdict", "same"]
    return pd.concat([same_id[wanted], pairs[wanted]]).set_index("id").reindex(now["id"])


def sentences(now: Scorecard, week: Scorecard | None, before: Scorecard | None, check_ins: pd.DataFrame) -> pd.Series:
    """What changed of each key result, as a list of sentences; indexed by id. Empty where nothing is known to have."""
    rows = now.key_results
    said: dict[str, list[str]] = {identifier: [] for identifier in rows["id"]}
    if before is not None:
        for identifier, row in last_cycle(rows, before.key_results).dropna(subset=["verdict"]).iterrows():
            words = {"cycle": before.cycle.label, "verdict": VERDICTS[row["verdict"]].word}
            if row["same"] == "id":
                said[identifier].append(tr("{cycle}: {verdict}.", **words))
            else:
                said[identifier].append(tr("{cycle}: {verdict} on the same KPI.", **words))
    if week is not None:
        for identifier, row in since_week(rows, week.key_results).iterrows():
            step = row["step"]
            if pd.notna(step) and abs(step) >= SAME:
                sign = "+" if step > 0 else MINUS
                said[identifier].append(tr("Score {step} in a week.", step=numeral(f"{sign}{abs(step):.2f}")))
            if pd.notna(row["verdict_before"]):
                word = VERDICTS[row["verdict_before"]].word
                said[identifier].append(tr("A week before: {verdict}.", verdict=word))
    for identifier, row in since_check_in(rows, check_ins).iterrows():
        if row["step"]:
            said[identifier].append(tr("Reported value {step} since the check-in before.", step=signed(row["step"])))
    return pd.Series(said, dtype=object)
