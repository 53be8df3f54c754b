"""Who holds what: the key results of each owner, for seeing where help is needed."""

import pandas as pd

COLUMNS = [
    "owner", "key_results", "passed", "in_trouble", "unknown", "overdue_check_ins", "due_month", "late", "verdicts",
]  # fmt: skip


def workload(rows: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """One row per owner, in alphabetical order, those without one last: COLUMNS. `rows` as models.okr_rows makes them.

    in_trouble: behind, at risk or missed by the data; unknown: without a value; due_month: due in today's month and not
    ended; verdicts: {code: how many}. The order is by name on purpose: the frame is not a ranking of people.
    """
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    month = (rows["due"].dt.year == today.year) & (rows["due"].dt.month == today.month)
    facts = pd.DataFrame(
        {
            "owner": rows["owner"],
            "key_results": 1,
            "passed": rows["passed"].fillna(False).astype(bool),
            "in_trouble": rows["suggests"].isin(["behind", "at risk", "missed"]),
            "unknown": rows["score"].isna(),
            "overdue_check_ins": rows["silent"],
            "due_month": month & ~rows["ended"],
            "late": rows["late"],
        }
    )
    out = facts.groupby("owner").sum().astype(int)
    counts = rows.groupby(["owner", "verdict"]).size()
    verdicts: dict[str, dict[str, int]] = {str(owner): {} for owner in out.index}
    for (owner, code), count in counts.items():
        verdicts[str(owner)][str(code)] = int(count)
    out["verdicts"] = pd.Series(verdicts, dtype=object)
    out = out.reset_index()
    out["by"] = out["owner"].str.casefold()
    out["none"] = out["owner"] == ""
    return out.sort_values(["none", "by", "owner"], ignore_index=True)[COLUMNS]
