"""The tree as data: places, edges, movement, what is left out; loops and KPIs that nobody defined do no harm."""

from datetime import date

import numpy as np
import pandas as pd

from models.decomposition import Decomposition
from models.kpi import Influence, Kpi, MadeOf
from models.kpi_tree import branches, grow, loose, outputs, reached
from models.okr import Cycle, Team
from models.policy import POLICY

CYCLE = Cycle(id="2026-Q3")
KPIS = [
    Kpi(
        id="profit", unit="EUR", cadence="week", owner="shop", made_of=MadeOf(how="sum", of=["revenue"], less=["cost"])
    ),
    Kpi(id="revenue", unit="EUR", cadence="week", made_of=MadeOf(how="product", of=["orders", "price"])),
    Kpi(id="orders", cadence="week", influenced_by=[Influence(kpi="visits", lag=7)]),
    Kpi(id="price", cadence="week", aggregation="mean"),
    Kpi(id="cost", cadence="week", influenced_by=[Influence(kpi="orders"), Influence(kpi="weather")]),
    Kpi(id="visits", cadence="week"),
    Kpi(id="alone", cadence="week"),
]
KNOWN = {kpi.id: kpi for kpi in KPIS}


def observed() -> pd.DataFrame:
    weeks = pd.date_range("2023-10-02", "2026-09-28", freq="W-MON")
    rng = np.random.default_rng(1)
    values = {name: 100 + rng.standard_normal(len(weeks)) for name in ("orders", "price", "cost", "visits")}
    values["orders"] *= np.where(weeks >= "2026-07-01", 1.3, 1.0)
    values["revenue"] = values["orders"] * values["price"]
    values["profit"] = values["revenue"] - values["cost"]
    rows = [pd.DataFrame({"kpi": k, "segment": "all", "period": weeks, "value": v}) for k, v in values.items()]
    return pd.concat(rows, ignore_index=True).assign(weight=1.0)


def test_outputs_and_loose_kpis():
    assert outputs(KPIS) == ["profit", "cost", "revenue", "orders"]
    assert loose(KPIS) == ["alone"]
    assert reached("profit", KNOWN) == ["profit", "revenue", "cost", "orders", "price", "weather", "visits"]


def test_a_kpi_that_feeds_two_is_drawn_twice_and_taken_further_once():
    nodes, left_out = branches("profit", KNOWN)
    assert left_out == 0
    assert nodes[["kpi", "parent", "depth", "how", "sign", "lag", "again"]].to_numpy().tolist() == [
        ["profit", -1, 0, "", 1, 0, False],
        ["revenue", 0, 1, "sum", 1, 0, False],
        ["orders", 1, 2, "product", 1, 0, False],
        ["visits", 2, 3, "influenced_by", 1, 7, False],
        ["price", 1, 2, "product", 1, 0, False],
        ["cost", 0, 1, "sum", -1, 0, False],
        ["orders", 5, 2, "influenced_by", 1, 0, True],
        ["weather", 5, 2, "influenced_by", 1, 0, False],
    ]


def test_a_loop_ends_and_a_wide_tree_is_cut():
    loop = {name: Kpi(id=name, influenced_by=[Influence(kpi=other)]) for name, other in ("ab", "ba")}
    assert branches("a", loop)[0]["kpi"].tolist() == ["a", "b", "a"]
    wide = {"a": Kpi(id="a", made_of=MadeOf(how="sum", of=[f"k{i}" for i in range(30)]))}
    nodes, left_out = branches("a", wide, most=10)
    assert (len(nodes), left_out) == (10, 21)


def test_every_node_has_its_movement_and_every_edge_its_share():
    tree = grow("profit", KPIS, [Team(id="shop", name="Shop")], CYCLE, observed(), date(2026, 10, 12), POLICY)
    verdicts = dict(zip(tree.nodes["kpi"], tree.nodes["move_verdict"], strict=True))
    assert {k: v for k, v in verdicts.items() if v == "better"} == {
        "profit": "better", "revenue": "better", "orders": "better",
    }  # fmt: skip
    assert verdicts["weather"] == "cannot_tell"
    assert tree.nodes["owner_name"].iloc[0] == "Shop"
    assert not tree.nodes.set_index("kpi").loc["weather", "defined"]
    exact = tree.edges[tree.edges["how"] != "influenced_by"].set_index(["output", "driver"])
    for output in ("profit", "revenue"):
        found = tree.explained[output]
        assert isinstance(found, Decomposition)
        assert abs(exact.loc[output, "contribution"].sum() - found.change) < 1e-9 * found.after
        assert abs(exact.loc[output, "share"].sum() - 1) < 1e-9
    assert set(tree.beliefs) == {("orders", "visits"), ("cost", "orders"), ("cost", "weather")}
    assert tree.beliefs["cost", "weather"].strength == "cannot_tell"
    assert tree.beliefs["orders", "visits"].n > 140
