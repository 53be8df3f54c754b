"""Teams that won against KPIs that got worse: a matrix that can be read in one look, and each team's balance."""

from dataclasses import dataclass, field

import pandas as pd

from models.trade_offs import RELATIONS, TradeOffs, costs

MATRIX_KPIS, MATRIX_TEAMS = 8, 12  # columns and rows that a reader takes in at one look
SUREST = 12  # KPIs that are listed before it says how many more
_RANK = {code: place for place, code in enumerate(RELATIONS)}


@dataclass(frozen=True)
class Matrix:
    """teams: team, team_name, wins, costs (KPIs worse beside its wins), costs_declared; the most declared first.

    kpis: the movement of each column, grouped by the team that owns it. cells: team, kpi, relation (the gravest),
    wins (how many of the team's it stands beside), p, q. more_teams and more_kpis were left out.
    """

    teams: pd.DataFrame = field(repr=False)
    kpis: pd.DataFrame = field(repr=False)
    cells: pd.DataFrame = field(repr=False)
    more_teams: int = 0
    more_kpis: int = 0


@dataclass(frozen=True)
class Overview:
    """What a page shows of trade-offs, of which there may be millions: how many `pairs` there are, the matrix, the
    balance of the teams, and the rows of `costs` of the surest KPIs that nobody declared."""

    pairs: int
    matrix: Matrix
    balance: pd.DataFrame = field(repr=False)
    surest: pd.DataFrame = field(repr=False)


def overview(
    found: TradeOffs, most_kpis: int = MATRIX_KPIS, most_teams: int = MATRIX_TEAMS, surest: int = SUREST
) -> Overview:
    """Made once for the same figures: every pair is laid out for it."""
    key = (most_kpis, most_teams, surest)
    if key not in found.made:
        rows = costs(found)
        listed = found.others["kpi"].head(surest)
        found.made[key] = Overview(
            len(rows), matrix(found, most_kpis, most_teams, rows), balance(found, rows), rows[rows["kpi"].isin(listed)]
        )
    made: Overview = found.made[key]
    return made


def matrix(found: TradeOffs, most_kpis: int, most_teams: int, rows: pd.DataFrame | None = None) -> Matrix:
    """The matrix of what survives: guardrails first, then the surest, as many as there is room for.

    `rows`: what `costs` gives, where it is at hand."""
    rows = costs(found) if rows is None else rows
    rows = rows.assign(rank=rows["relation"].map(_RANK))
    rows["declared"] = rows["relation"] == "guardrail"
    order = rows.sort_values(["declared", "p", "kpi"], ascending=[False, True, True], kind="stable")
    columns = order.drop_duplicates("kpi")
    kept = columns.head(most_kpis)
    kept = kept.sort_values(["owner_name", "declared", "p"], ascending=[True, False, True], kind="stable")
    mine = order[order["kpi"].isin(kept["kpi"])].sort_values("rank", kind="stable")
    cells = mine.groupby(["team", "kpi"], sort=False).agg(
        relation=("relation", "first"), wins=("key_result", "nunique"), p=("p", "first"), q=("q", "first")
    )
    teams = found.wins.groupby(["team", "team_name"], sort=False).agg(wins=("id", "size")).reset_index()
    count = rows.groupby("team")["kpi"].nunique()
    declared = rows[rows["declared"]].groupby("team")["kpi"].nunique()
    teams["costs"] = teams["team"].map(count).fillna(0).astype(int)
    teams["costs_declared"] = teams["team"].map(declared).fillna(0).astype(int)
    teams = teams.sort_values(["costs_declared", "wins"], ascending=False, kind="stable", ignore_index=True)
    return Matrix(
        teams.head(most_teams),
        kept.reset_index(drop=True),
        cells.reset_index(),
        max(len(teams) - most_teams, 0),
        max(len(columns) - most_kpis, 0),
    )


def balance(found: TradeOffs, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Each team that won or owns a KPI that moved: team, team_name, wins, better, worse (KPIs of its own, worse only
    when listed), doubtful (looked worse within chance), paid (its KPIs that got worse beside wins of other teams)."""
    wins = found.wins.groupby("team").size()
    names = dict(zip(found.looked["owner"], found.looked["owner_name"], strict=True))
    names |= dict(zip(found.wins["team"], found.wins["team_name"], strict=True))
    listed = pd.concat([found.broken, found.others]).drop_duplicates("kpi")
    kpis = found.looked.drop_duplicates(["kpi", "move_verdict"])
    better = kpis[(kpis["move_verdict"] == "better") & ~kpis["kpi"].isin(listed["kpi"])]
    paid = costs(found) if rows is None else rows
    paid = paid[paid["owner"] != paid["team"]].drop_duplicates("kpi")
    out = pd.DataFrame({
        "wins": wins,
        "better": better.groupby("owner").size(),
        "worse": listed.groupby("owner").size(),
        "doubtful": found.doubtful.groupby("owner").size(),
        "paid": paid.groupby("owner").size(),
    }).fillna(0).astype(int)  # fmt: skip
    out = out.rename_axis("team").reset_index()
    out["team_name"] = out["team"].map(names).fillna("")
    return out.sort_values(["paid", "worse", "wins"], ascending=False, kind="stable", ignore_index=True)


def paid(company: TradeOffs, team: str) -> pd.DataFrame:
    """The reverse view: a team's KPIs that got worse beside wins of others; the columns of `costs`."""
    rows = costs(company)
    return rows[(rows["owner"] == team) & (rows["team"] != team)].reset_index(drop=True)
