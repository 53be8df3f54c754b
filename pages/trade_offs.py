"""Trade-offs: what got worse while key results passed, whose it is, and how sure one can be among so many KPIs."""

from typing import Any

import pandas as pd
import streamlit as st

from models import trade_off_words as words
from models.language import tr, trn
from models.trade_off_matrix import SUREST, Matrix, overview, paid
from models.trade_offs import RELATIONS, TradeOffs, costs
from pages.parts import amounts, empty, sheet, trade_off_rows
from pages.parts.escape import one_line, plain
from pages.parts.view import View

SHOWN = SUREST  # rows of a list before it says how many more
PAIRS_SHOWN = 50  # rows of a page of the table of all pairs
TEAMS_SHOWN = 50  # teams of the table of balances


def render(workspace: Any, view: View) -> None:
    if workspace.is_empty():
        empty.no_data(workspace, view)
        return
    if workspace.default_cycle(view.as_of) is None:
        empty.no_okrs(workspace)
        return
    count = len(workspace.kpis())
    with st.spinner(
        trn(
            "Looking at {count} KPI in the windows of the wins.",
            "Looking at {count} KPIs in the windows of the wins.",
            count,
        )
    ):
        found = workspace.trade_offs(view.cycle, view.as_of, view.team)
        shown = overview(found)
    company = workspace.trade_offs(view.cycle, view.as_of) if view.team else found
    team = found.team_name if view.team else tr("all teams")
    about = tr("{cycle} · {team} · as known on {day}", cycle=found.cycle.label, team=team, day=amounts.day(found.as_of))
    with st.container(gap=None):
        st.caption(plain(about))
        st.title(plain(words.headline(found)), anchor=False)
    if words.shock(found):
        st.warning(plain(words.shock(found)), icon=":material/waves:")
    if len(found.wins):
        st.caption(plain(" ".join(part for part in (words.chance(found), words.guarded(found)) if part)))
        _matrix(found, shown.matrix, view)
        _kpis(workspace, view, found, shown.surest)
        _pairs(view, found, shown.pairs)
    if view.team:
        _paid(view, company, found)
    _claims(view, found)
    if not view.team and len(found.wins):
        st.header(tr("Team by team"), anchor=False)
        sheet.show([trade_off_rows.balance_table(shown.balance, TEAMS_SHOWN)], view, key="trade_balance")
    if words.left_out(found):
        st.caption(plain(words.left_out(found)))


def _matrix(found: TradeOffs, shown: Matrix, view: View) -> None:
    st.header(tr("Who won, and what got worse meanwhile"), anchor=False)
    if shown.kpis.empty:
        st.markdown(tr("Nothing did, beyond what chance brings."))
        return
    block = trade_off_rows.matrix_block(shown, found.policy.strong_evidence, view)
    sheet.show([block], view, key="trade_matrix")
    used = [code for code in RELATIONS if code in set(shown.cells["relation"])]
    said = [f"**{RELATIONS[code].icon} {RELATIONS[code].word}** {plain(RELATIONS[code].meaning)}" for code in used]
    said.append(plain(tr("Strong and clear say how sure the worsening is. In the same window is not a cause.")))
    if shown.more_kpis:
        said.append(plain(trn("And {count} more KPI, below.", "And {count} more KPIs, below.", shown.more_kpis)))
    if shown.more_teams:
        said.append(plain(trn("And {count} more team that won.", "And {count} more teams that won.", shown.more_teams)))
    st.caption(" ".join(said))


def _kpis(workspace: Any, view: View, found: TradeOffs, rows: pd.DataFrame) -> None:
    """The KPIs that got worse, with their picture: a guardrail opens its key result, any other its own page."""
    broken, others = found.broken, found.others
    series = _series(workspace, view, pd.concat([broken.head(SHOWN), others.head(SHOWN)]))
    if len(broken):
        st.header(tr("Guardrails that got worse"), anchor=False)
        won = found.wins.set_index("id")[["title", "team_name"]]
        blocks = [
            trade_off_rows.guardrail(row, won.loc[row["key_result"]], view, series)
            for row in broken.head(SHOWN).to_dict("records")
        ]
        sheet.show([sheet.group("", "", blocks)], view, key="trade_guardrails")
        _more(len(broken))
    if len(others):
        st.header(tr("Also worse in the same window"), anchor=False)
        shown = others.head(SHOWN)
        beside = dict(iter(rows[rows["kpi"].isin(shown["kpi"])].groupby("kpi")))
        strong = found.policy.strong_evidence
        blocks = [
            trade_off_rows.other(row, beside[row["kpi"]], strong, view, series) for row in shown.to_dict("records")
        ]
        sheet.show([sheet.group("", "", blocks)], view, key="trade_others")
        _more(len(others))
    if len(found.doubtful):
        names = ", ".join(one_line(name) for name in found.doubtful["kpi_name"].head(SHOWN))
        said = trn(
            "{count} KPI looked worse too, but no more than chance brings among so many: {names}.",
            "{count} KPIs looked worse too, but no more than chance brings among so many: {names}.",
            len(found.doubtful),
            names=names + (", …" if len(found.doubtful) > SHOWN else ""),
        )
        st.caption(plain(said))


def _pairs(view: View, found: TradeOffs, count: int) -> None:
    """Every key result with every KPI, a page at a time."""
    if not count:
        return
    label = trn("The one pair of a key result and a KPI", "All {count} pairs of a key result and a KPI", count)
    box = st.expander(label, on_change="rerun", key="trade_pairs_box")
    if not box.open:
        return
    with box:
        rows, pages = costs(found), -(-count // PAIRS_SHOWN)
        page = st.pagination(pages, key="trade_pairs_page") if pages > 1 else 1
        shown = rows.iloc[(page - 1) * PAIRS_SHOWN : page * PAIRS_SHOWN]
        sheet.show([trade_off_rows.pairs(shown, view)], view, key="trade_pairs")


def _paid(view: View, company: TradeOffs, found: TradeOffs) -> None:
    """The reverse view of a team: which of its KPIs got worse while others won."""
    st.header(plain(tr("What {team} may have paid for others' wins", team=found.team_name)), anchor=False)
    rows = paid(company, str(found.team))
    if rows.empty:
        st.markdown(tr("None of its KPIs got worse, beyond chance, while another team's key result passed."))
        return
    sheet.show([trade_off_rows.paid_table(rows, view)], view, key="trade_paid")


def _claims(view: View, found: TradeOffs) -> None:
    if found.claims.empty:
        return
    st.header(tr("Shared claims"), anchor=False)
    st.caption(tr("One movement, claimed by several key results: it can be credited once."))
    claims = found.claims[found.claims["claim"].isin(found.claims["claim"].unique()[:SHOWN])]
    blocks = [trade_off_rows.claim(rows.to_dict("records"), view) for _, rows in claims.groupby("claim")]
    sheet.show(blocks, view, key="trade_claims")
    _more(found.claims["claim"].nunique())


def _series(workspace: Any, view: View, rows: pd.DataFrame) -> trade_off_rows.Series:
    pairs = list(dict.fromkeys(zip(rows["kpi"], rows["segment"], strict=True)))
    if not pairs:
        return {}
    return dict(iter(workspace.series_many(pairs, view.as_of).groupby(["kpi", "segment"], sort=False)))


def _more(count: int) -> None:
    if count > SHOWN:
        st.caption(trn("And {count} more.", "And {count} more.", count - SHOWN))


if __name__ == "__main__":
    st.switch_page("dashboard.py")
