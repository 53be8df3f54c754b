"""The truth gap: how many wins were claimed, how many are verified, and what nobody can tell.

A claimed win is a key result that passed; it is verified when the KPI it was meant to move got better. Passed and
unproven, unlinked or too early is counted apart: unknown is not false, so a share is of what could be judged.
"""

import pandas as pd

from models.language import tr, trn

COUNTS = {  # verdicts of key results that passed
    "verified": ("real_win",),
    "not_borne_out": ("vanity", "backfired"),
    "untold": ("unproven", "unlinked", "too_early"),
}
TEAM = ["team", "team_name"]


def truth_gap(key_results: pd.DataFrame, by: list[str] | None = None) -> pd.DataFrame:
    """Wins per group of columns `by` (all in one row without), in the order in which the groups come.

    key_results: passed, verdict. Adds key_results, claimed, verified, not_borne_out (vanity or backfired), vanity,
    backfired, untold, unproven, unlinked, too_early, gap (claimed - verified), judged (verified + not borne out) and
    share (verified of judged, missing where nothing could be judged).
    """
    won = key_results["passed"].fillna(False).astype(bool)
    marks = pd.DataFrame({"key_results": 1, "claimed": won.astype(int)}, index=key_results.index)
    for name, codes in COUNTS.items():
        marks[name] = (won & key_results["verdict"].isin(codes)).astype(int)
        if len(codes) > 1:
            for code in codes:
                marks[code] = (won & key_results["verdict"].eq(code)).astype(int)
    groups = [key_results[name] for name in by or []]
    out = marks.groupby(groups, sort=False, dropna=False).sum() if groups else marks.sum().to_frame().T
    out["gap"] = out["claimed"] - out["verified"]
    out["judged"] = out["verified"] + out["not_borne_out"]
    out["share"] = (out["verified"] / out["judged"].where(out["judged"] > 0)).astype(float)
    return out.reset_index(drop=not groups)


def sentence(counts: dict) -> str:
    """`12 wins claimed, 5 verified: 4 did not hold, 3 cannot be told.` from a row of `truth_gap`."""
    claimed, verified, failed, untold = (
        int(counts[name]) for name in ("claimed", "verified", "not_borne_out", "untold")
    )
    if not claimed:
        return tr("No win is claimed.")
    if claimed == verified:
        return trn("{count} win claimed, and it is verified.", "{count} wins claimed, all of them verified.", claimed)
    if failed and untold:
        return trn(
            "{count} win claimed, {verified} verified: {failed} did not hold, {untold} cannot be told.",
            "{count} wins claimed, {verified} verified: {failed} did not hold, {untold} cannot be told.",
            claimed, verified=verified, failed=failed, untold=untold,
        )  # fmt: skip
    if failed:
        return trn(
            "{count} win claimed, {verified} verified: {failed} did not hold.",
            "{count} wins claimed, {verified} verified: {failed} did not hold.",
            claimed, verified=verified, failed=failed,
        )  # fmt: skip
    return trn(
        "{count} win claimed, {verified} verified: {untold} cannot be told.",
        "{count} wins claimed, {verified} verified: {untold} cannot be told.",
        claimed, verified=verified, untold=untold,
    )  # fmt: skip
