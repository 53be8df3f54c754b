"""What got worse beside wins: who is looked at, who is listed, whose it is, and that the chance finding is held."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models import scorecard
from models.company import Company
from models.kpi import Kpi
from models.okr import Cycle, KeyResult, Link, Objective, Team
from models.policy import POLICY
from models.trade_off_matrix import balance, matrix, paid
from models.trade_offs import TradeOffs, costs, trade_offs

CYCLE = Cycle(id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30))
AS_OF = date(2026, 11, 20)
WEEKS = pd.date_range(end="2026-11-09", periods=150, freq="W-MON")


def values(kpi: str, seed: int, push: float = 0.0, segment: str = "all", weeks: int = 150) -> pd.DataFrame:
    noise = np.random.default_rng(seed).normal(0, 1.5, len(WEEKS))
    level = (100 + noise) * (1 + push * (WEEKS >= "2026-07-06"))
    frame = pd.DataFrame({"kpi": kpi, "segment": segment, "period": WEEKS, "value": level})
    return frame.tail(weeks)


def done(name: str, *links: Link) -> KeyResult:
    return KeyResult(id=name, title=f"Launch {name}", kind="yes_no", done=date(2026, 7, 2), links=list(links))


def kpi(name: str, owner: str | None = None, **more) -> Kpi:
    return Kpi(id=name, name=name.title(), cadence="week", owner=owner, aggregation="mean", **more)


def small() -> TradeOffs:
    """Sales won at the cost of support's waiting time; churn rose in nobody's name; rent is quiet."""
    company = Company(
        teams=[Team(id="sales", name="Sales"), Team(id="support", name="Support")],
        cycles=[CYCLE],
        kpis=[
            kpi("orders", "sales"), kpi("waiting", "support", direction="down"), kpi("churn", direction="down"),
            kpi("margin", "sales"), kpi("rent"), kpi("guess", to_be_defined=True), kpi("parts"), kpi("young"), kpi("empty"),
        ],
        objectives=[
            Objective(id="o1", title="Sell", team="sales", cycle=CYCLE.id),
            Objective(id="o2", title="Help", team="support", cycle=CYCLE.id),
        ],
        key_results={
            "o1": [
                done("shop", Link(kpi="orders", role="outcome"), Link(kpi="waiting", role="guardrail")),
                done("ads", Link(kpi="orders", role="outcome"), Link(kpi="rent", role="guardrail")),
            ],
            "o2": [
                done("bot", Link(kpi="waiting", role="outcome", lag=14)),
                KeyResult(id="missed", title="Missed", kind="yes_no", links=[Link(kpi="rent", role="outcome")]),
            ],
        },
    )  # fmt: skip
    observed = pd.concat([
        values("orders", 1, 0.15), values("waiting", 2, 0.15), values("churn", 3, 0.15), values("margin", 4, -0.15),
        values("rent", 5), values("guess", 6, -0.15), values("parts", 7, -0.15, segment="DE"), values("young", 8, weeks=19),
    ])  # fmt: skip
    return trade_offs(_card(company, observed), company, observed)


def _card(company: Company, observed: pd.DataFrame) -> scorecard.Scorecard:
    reported = pd.DataFrame({"key_result": [], "day": [], "value": [], "confidence": []}).astype(
        {"key_result": "str", "day": "datetime64[ns]", "value": float, "confidence": float}
    )
    return scorecard.build(company, CYCLE, observed, reported, AS_OF)


@pytest.fixture(scope="module")
def found() -> TradeOffs:
    return small()


def test_only_passed_key_results_are_wins_each_with_its_window(found):
    assert found.wins["id"].tolist() == ["shop", "ads", "bot"]
    assert [day.isoformat()[:10] for day in found.wins["window_start"]] == ["2026-07-01", "2026-07-01", "2026-07-15"]


def test_guardrails_are_judged_by_themselves(found):
    assert found.guardrails["key_result"].tolist() == ["shop", "ads"]
    assert found.broken["kpi"].tolist() == ["waiting"]
    declared = found.looked[found.looked["window_start"] == pd.Timestamp("2026-07-01")].set_index("kpi")["q"]
    assert declared.isna().to_dict() == {
        "orders": False, "waiting": True, "churn": False, "margin": False, "rent": True,
    }  # fmt: skip
    assert found.tests == 3 + 5  # in the second window, that of the bot, nobody declared a guardrail


def test_each_other_kpi_is_listed_once_with_its_owner(found):
    assert sorted(found.others["kpi"]) == ["churn", "margin"]
    assert found.others.set_index("kpi")["owner_name"].to_dict() == {"churn": "", "margin": "Sales"}


def test_what_cannot_be_looked_at_is_told_with_its_reason(found):
    assert dict(zip(found.not_looked["kpi"], found.not_looked["reason"], strict=True)) == {
        "guess": "to_be_defined", "parts": "no_total", "young": "no_history", "empty": "no_total",
    }  # fmt: skip


def test_one_row_per_win_and_kpi_guardrails_first(found):
    rows = costs(found)
    got = list(zip(rows["key_result"], rows["kpi"], rows["relation"], strict=True))
    assert got[0] == ("shop", "waiting", "guardrail")
    assert got[1:] == [  # churn and margin turned before the window of the bot began
        ("shop", "margin", "own"), ("ads", "margin", "own"), ("shop", "churn", "other"), ("ads", "churn", "other"),
        ("bot", "waiting", "outcome"),
    ]  # fmt: skip
    assert rows["survives"].all()


def test_two_key_results_on_one_moved_kpi_share_a_claim(found):
    assert found.claims["id"].tolist() == ["shop", "ads"]
    assert found.claims["claim"].nunique() == 1
    assert found.of_team("support").claims.empty


def test_a_team_keeps_its_wins_and_the_chance_of_the_company(found):
    mine = found.of_team("support", "Support")
    assert mine.wins["id"].tolist() == ["bot"]
    assert mine.broken.empty
    assert mine.others["kpi"].tolist() == ["waiting"]
    assert (mine.tests, mine.false_worse) == (8, pytest.approx(8 * 0.025))
    assert found.of_team(None) is found


def test_the_matrix_shows_the_gravest_relation_of_each_team(found):
    shown = matrix(found, most_kpis=2, most_teams=1)
    assert shown.teams[["team", "wins", "costs", "costs_declared"]].values.tolist() == [["sales", 2, 3, 1]]
    assert (shown.more_teams, shown.more_kpis) == (1, 1)
    whole = matrix(found, 8, 8)
    assert whole.kpis["kpi"].tolist() == ["churn", "margin", "waiting"]  # by owner: nobody, Sales, Support
    assert {(c.team, c.kpi): (c.relation, c.wins) for c in whole.cells.itertuples()} == {
        ("sales", "churn"): ("other", 2), ("sales", "margin"): ("own", 2), ("sales", "waiting"): ("guardrail", 1),
        ("support", "waiting"): ("outcome", 1),
    }  # fmt: skip


def test_the_reverse_view_and_the_balance_of_each_team(found):
    rows = paid(found, "support")
    assert list(zip(rows["kpi"], rows["key_result"], strict=True)) == [("waiting", "shop")]
    table = balance(found).set_index("team")[["wins", "better", "worse", "doubtful", "paid"]]
    assert table.T.to_dict("list") == {
        "sales": [2, 1, 1, 0, 0], "support": [1, 0, 1, 0, 1], "": [0, 0, 1, 0, 1],
    }  # fmt: skip


def test_the_false_discovery_rate_is_held():
    """400 KPIs, of which 25 got worse by 6 %: all are found, and none of the 375 others."""
    rng = np.random.default_rng(11)
    names = [f"k{n:03}" for n in range(400)]
    noise = rng.normal(0, 1.5, (400, len(WEEKS)))
    step = np.where(np.arange(400) < 25, -6.0, 0.0)[:, None] * (WEEKS >= "2026-07-06")
    observed = pd.DataFrame({
        "kpi": np.repeat(names, len(WEEKS)), "segment": "all", "period": np.tile(WEEKS, 400),
        "value": (100 + noise + step).ravel(),
    })  # fmt: skip
    company = Company(
        cycles=[CYCLE],
        kpis=[kpi(name) for name in names],
        objectives=[Objective(id="o", title="O", team="t", cycle=CYCLE.id)],
        key_results={"o": [done("kr")]},
    )
    found = trade_offs(_card(company, observed), company, observed)
    listed = found.others["kpi"]
    assert (found.tests, found.false_worse) == (400, pytest.approx(10.0))
    assert (len(listed), int((listed >= "k025").sum()), len(found.doubtful)) == (25, 0, 5)
    assert found.looked.loc[found.looked["survives"], "q"].max() <= POLICY.false_discoveries
    assert found.false_listed <= POLICY.false_discoveries * len(listed)


def test_nothing_passed_and_nothing_looked_at():
    company = Company(cycles=[CYCLE], objectives=[Objective(id="o", title="O", team="t", cycle=CYCLE.id)])
    empty = pd.DataFrame({"kpi": [], "segment": [], "period": [], "value": []}).astype(
        {"kpi": "str", "segment": "str", "period": "datetime64[ns]", "value": float}
    )
    nothing = trade_offs(_card(company, empty), company, empty)
    assert (len(nothing.wins), nothing.tests, nothing.false_listed, len(costs(nothing))) == (0, 0, 0.0, 0)
    assert balance(nothing).empty
    assert matrix(nothing, 8, 8).kpis.empty
