"""Why a KPI changed: contributions computed by hand, adding up exactly, the same in any order and against time."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.decomposition import decompose
from models.kpi import Kpi, MadeOf
from models.refused import Refused
from models.shapley import of_product, of_ratio, shapley
from tests.budget import examples

MONTHS = {"before": "2025-07-01", "after": "2026-07-01"}


def table(**series: list[float]) -> pd.DataFrame:
    """Two spans of equal length, a year apart: kpi[segment] = values before, then after. `a_DE` is segment DE of a."""
    rows = []
    for name, values in series.items():
        kpi, _, segment = name.partition("__")
        half = len(values) // 2
        days = [
            *pd.date_range(MONTHS["before"], periods=half, freq="MS"),
            *pd.date_range(MONTHS["after"], periods=half, freq="MS"),
        ]
        rows.append(pd.DataFrame({"kpi": kpi, "segment": segment or "all", "period": days, "value": values}))
    return pd.concat(rows, ignore_index=True).astype({"value": float})


def kpis(**made: tuple[str, str]) -> dict[str, Kpi]:
    return {name: Kpi(id=name, unit=unit, aggregation=how) for name, (how, unit) in made.items()}


def explain(output: Kpi, known: dict[str, Kpi], values: pd.DataFrame, **how):
    return decompose(output, known, values, "2026-07-01", "2026-12-31", **how)


REVENUE = Kpi(id="revenue", name="Revenue", unit="EUR", made_of=MadeOf(how="product", of=["orders", "price"]))
SHOP = {
    "orders": Kpi(id="orders", name="orders", aggregation="sum"),
    "price": Kpi(id="price", name="price per order", unit="EUR", aggregation="mean"),
}


def test_volume_and_price_of_a_product():
    values = table(revenue=[3_000_000, 2_880_000], orders=[60_000, 57_000], price=[50, 2_880_000 / 57_000])
    found = explain(REVENUE, SHOP, values)
    # volume at the mean of both prices, price at the mean of both volumes
    assert found.parts["effect"].round(2).tolist() == [-150789.47, 30789.47]
    assert found.parts["share"].round(4).tolist() == [1.2566, -0.2566]
    assert found.sentence == "Revenue fell 4.0 % (−120,000 EUR): orders −150,800, price per order +30,800."


def test_over_several_periods_the_price_is_weighted_by_the_volume():
    values = table(revenue=[100, 400, 90, 600], orders=[10, 20, 10, 30], price=[10, 20, 9, 20])
    found = explain(REVENUE, SHOP, values)
    assert found.before, found.after == (500, 690)
    before, after = 500 / 30, 690 / 40
    assert found.parts["effect"].tolist() == pytest.approx([10 * (before + after) / 2, (after - before) * 35])
    assert found.parts[["before", "after"]].to_numpy().ravel().tolist() == pytest.approx([30, 40, before, after])
    assert found.periods == 2


def test_a_sum_by_differences_with_what_is_subtracted():
    profit = Kpi(id="p", name="Profit", unit="EUR", made_of=MadeOf(how="sum", of=["a", "b"], less=["c"]))
    known = {name: Kpi(id=name, name=name.upper()) for name in "abc"}
    found = explain(profit, known, table(p=[100, 130], a=[80, 90], b=[50, 70], c=[30, 30]))
    assert found.parts["effect"].tolist() == [10, 20, 0]
    assert found.sentence == "Profit rose 30 % (+30 EUR): A +10, B +20, C 0."


def test_numerator_and_denominator_of_a_ratio():
    share = Kpi(id="r", name="Share", unit="%", aggregation="mean", made_of=MadeOf(how="ratio", of=["n", "d"]))
    known = {"n": Kpi(id="n", name="solved"), "d": Kpi(id="d", name="all")}
    found = explain(share, known, table(r=[40, 50], n=[40, 60], d=[100, 120]))
    assert found.parts["effect"].tolist() == pytest.approx([20 * (1 / 100 + 1 / 120) / 2 * 100, 10 - 100 * 11 / 60])
    assert found.sentence == "Share rose (+10 points): solved +18.3, all −8.33."


def test_what_the_parts_do_not_explain_is_said_and_not_spread():
    total = Kpi(id="t", name="Total", made_of=MadeOf(how="sum", of=["a", "b"]))
    known = {"a": Kpi(id="a", name="A"), "b": Kpi(id="b", name="B")}
    found = explain(total, known, table(t=[100, 80], a=[50, 45], b=[50, 40]))
    assert found.parts["effect"].tolist() == [-5, -10, -5]
    assert found.unexplained == -5
    assert found.sentence == (
        "Total fell 20 % (−20): A −5, B −10. −5 is not explained: the parts do not come to what was recorded."
    )


def test_nothing_changed():
    total = Kpi(id="t", name="Total", made_of=MadeOf(how="sum", of=["a", "b"]))
    found = explain(total, {}, table(t=[10, 10], a=[4, 6], b=[6, 4]))
    assert found.sentence == "Total did not change: a +2, b −2."
    assert found.parts["share"].isna().all()


def test_percentages_count_as_shares_in_a_product():
    sales = Kpi(id="s", name="Sales", made_of=MadeOf(how="product", of=["visits", "rate"]))
    known = {"visits": Kpi(id="visits"), "rate": Kpi(id="rate", unit="%", aggregation="mean")}
    found = explain(sales, known, table(s=[20, 30], visits=[1000, 1000], rate=[2, 3]))
    assert found.parts["effect"].tolist() == [0, 10]
    assert found.unexplained == 0


def test_rates_that_move_together_are_a_contribution_of_their_own():
    known = kpis(v=("sum", ""), c=("mean", ""), p=("mean", ""))
    output = Kpi(id="o", made_of=MadeOf(how="product", of=["v", "c", "p"]))
    values = table(o=[10 * 1 * 1, 10 * 3 * 3, 10 * 2 * 2, 10 * 2 * 2], v=[10] * 4, c=[1, 3, 2, 2], p=[1, 3, 2, 2])
    found = explain(output, known, values)
    assert list(zip(found.parts["part"], found.parts["effect"], strict=True)) == [
        ("v", 0), ("c", 0), ("p", 0), ("together", -20),
    ]  # fmt: skip


def test_volume_mix_and_price_by_segment():
    values = table(
        revenue=[3000, 3600], orders=[200, 220], price=[15, 3600 / 220],
        orders__DE=[100, 60], price__DE=[10, 10], orders__FR=[100, 160], price__FR=[20, 18.75],
        revenue__DE=[1000, 600], revenue__FR=[2000, 3000],
    )  # fmt: skip
    found = explain(REVENUE, SHOP, values, segments=True)
    assert found.segments == ("DE", "FR")
    assert found.parts["part"].tolist() == ["orders", "mix", "price"]
    assert found.parts["effect"].sum() == pytest.approx(600)
    # a shift alone is all mix
    values = table(
        revenue=[3000, 2000], orders=[200, 200], price=[15, 10], orders__DE=[100, 200], price__DE=[10, 10],
        orders__FR=[100, 0], price__FR=[20, 0],
    )  # fmt: skip
    gone = explain(REVENUE, SHOP, values[~((values["segment"] == "FR") & (values["period"] > "2026"))], segments=True)
    assert gone.parts["effect"].tolist() == pytest.approx([0, -1000, 0])


def test_a_ratio_by_segment_is_rate_within_and_mix():
    share = Kpi(id="r", name="Rate", aggregation="mean", made_of=MadeOf(how="ratio", of=["n", "d"]))
    values = table(
        r=[0.3, 0.4], n=[60, 80], d=[200, 200], n__A=[10, 5], d__A=[100, 50], n__B=[50, 75], d__B=[100, 150],
    )  # fmt: skip
    found = explain(share, {}, values, segments=True)
    assert found.parts["part"].tolist() == ["within", "mix"]
    assert found.parts["effect"].tolist() == pytest.approx([0.0, 0.1])


def test_the_period_before_and_the_year_before_hold_as_many_periods():
    days = pd.date_range("2026-01-01", "2026-07-31")
    values = pd.concat(
        [
            pd.DataFrame({"kpi": k, "segment": "all", "period": days, "value": v})
            for k, v in (("t", 3), ("a", 1), ("b", 2))
        ]
    )
    total = Kpi(id="t", cadence="day", made_of=MadeOf(how="sum", of=["a", "b"]))
    known = {name: Kpi(id=name, cadence="day") for name in "ab"}
    missing = values[~((values["kpi"] == "a") & (values["period"] == "2026-06-10"))]
    found = decompose(total, known, missing, "2026-07-01", "2026-07-31", "previous")
    assert (found.periods, found.left_out) == (30, 1)
    assert found.base == (pd.Timestamp("2026-05-31"), pd.Timestamp("2026-06-30"))
    with pytest.raises(Refused, match="have no values a year earlier to compare with"):
        decompose(total, known, values, "2026-07-01", "2026-07-31")


def test_daily_parts_are_put_together_into_months_and_weeks_into_months_are_refused():
    days = pd.date_range("2025-06-30", "2026-07-31")
    daily = pd.DataFrame({"kpi": "a", "segment": "all", "period": days, "value": 1.0})
    values = pd.concat([table(t=[41, 41], b=[10, 10]), daily])
    total = Kpi(id="t", made_of=MadeOf(how="sum", of=["a", "b"]))
    found = explain(total, {"a": Kpi(id="a", cadence="day"), "b": Kpi(id="b")}, values)
    assert found.parts[["before", "after"]].to_numpy().tolist() == [[31, 31], [10, 10]]
    assert found.unexplained == 0
    with pytest.raises(Refused, match="t comes by month and a by week: their periods do not fit into each other"):
        explain(total, {"a": Kpi(id="a", cadence="week"), "b": Kpi(id="b")}, values)


@pytest.mark.parametrize(
    ("kpi", "message"),
    [
        (Kpi(id="x", name="X"), "X is not made of other KPIs"),
        (Kpi(id="t", name="T", made_of=MadeOf(how="sum", of=["a", "b"])), "T and its parts have no complete period"),
    ],
)
def test_what_cannot_be_taken_apart_is_refused(kpi: Kpi, message: str):
    with pytest.raises(Refused, match=message):
        explain(kpi, {}, table(a=[1, 2]))


numbers = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
pairs = st.integers(2, 5).flatmap(
    lambda n: st.tuples(arrays(float, n, elements=numbers), arrays(float, n, elements=numbers))
)


@given(pairs, st.randoms(use_true_random=False))
def test_contributions_add_up_whatever_the_signs_and_zeros_the_order_and_the_way_of_time(sides, random):
    before, after = sides
    found = of_product(before, after)
    size = np.prod(np.maximum(np.abs(before), np.abs(after)).clip(1))
    assert found.sum() == pytest.approx(after.prod() - before.prod(), rel=1e-9, abs=1e-12 * size)
    assert of_product(after, before) == pytest.approx(-found, rel=1e-9, abs=1e-12 * size)
    order = random.sample(range(len(before)), len(before))
    assert of_product(before[order], after[order]) == pytest.approx(found[order], rel=1e-9, abs=1e-12 * size)


@given(arrays(float, (3, 2, 2), elements=st.floats(0.5, 1e6)))
def test_a_ratio_adds_up_too(values):
    before, after = values[:, 0], values[:, 1]
    change = after[:, 0] / after[:, 1] - before[:, 0] / before[:, 1]
    assert of_ratio(before, after).sum(1) == pytest.approx(change, rel=1e-9, abs=1e-9 * np.abs(change).max())
    assert of_ratio(after, before) == pytest.approx(-of_ratio(before, after))


def test_two_factors_are_valued_at_the_mean_of_the_other():
    assert of_product(np.array([2.0, 10.0]), np.array([3.0, 20.0])).tolist() == [15.0, 25.0]
    assert shapley(np.zeros(3), np.ones(3), lambda x: x.max(-1)).tolist() == pytest.approx([1 / 3] * 3)


@settings(max_examples=examples(20), deadline=None)
@given(
    arrays(float, (2, 2, 2, 4), elements=st.floats(0, 1e4).map(lambda x: round(x, 2))),
    st.sampled_from(["product", "ratio"]),
)
def test_segments_add_up_to_the_recorded_change(cells, how):
    """span × segment × part × period, zeros and vanished segments included."""
    if how == "ratio":
        cells = cells + 1.0
    (va, pa), (vb, pb) = (np.concatenate([cells[0, s], cells[1, s]], axis=1) for s in (0, 1))
    if how == "product":
        top = va * pa + vb * pb
        whole = {"revenue": top, "orders": va + vb, "price": np.where(va + vb > 0, top / np.maximum(va + vb, 1e-9), 0)}
        output = REVENUE
    else:
        whole = {"revenue": (va + vb) / (pa + pb), "orders": va + vb, "price": pa + pb}
        output = Kpi(id="revenue", aggregation="mean", made_of=MadeOf(how="ratio", of=["orders", "price"]))
    parts = {"orders__A": va, "price__A": pa, "orders__B": vb, "price__B": pb}
    found = explain(output, SHOP, table(**{k: list(v) for k, v in {**whole, **parts}.items()}), segments=True)
    assert found.parts["effect"].sum() == pytest.approx(found.change, rel=1e-9, abs=1e-6)
    assert abs(found.unexplained) <= 1e-6 * max(1, found.before, found.after)
