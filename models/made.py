"""The values of KPIs that are made of others: sums, products and ratios, period by period and segment by segment."""

import numpy as np
import pandas as pd

from models.amounts import POINTS

KEY = ["kpi", "segment", "period"]


def share_of(unit: object) -> float:
    """What a value is multiplied by before it enters a product or a ratio: a percentage counts as a share."""
    return 0.01 if unit in POINTS else 1.0


def arithmetic(
    how: str, of: list[str], less: list[str], values: pd.DataFrame, units: dict[str, str], unit: str
) -> pd.Series:
    """What the parts (columns of `values`, one per KPI) come to in each row, in the KPI's own unit.

    Unknown where a part is unknown, and where a ratio would divide by zero.
    """
    if how == "sum":
        return values[of].sum(axis=1, skipna=False) - values[less].sum(axis=1, skipna=False)
    shares = values[of] * np.array([share_of(units.get(part, "")) for part in of])
    if how == "product":
        return shares.prod(axis=1, skipna=False) / share_of(unit)
    top, bottom = shares[of[0]], shares[of[1]]
    return (top / bottom.where(bottom != 0)) / share_of(unit)


def with_made(observations: pd.DataFrame, kpis: pd.DataFrame) -> pd.DataFrame:
    """Observations (kpi, segment, period, value, weight) and those of KPIs that are made of others and never arrive.

    A KPI that has values of its own is left as it came. A value is given where every part has one. The weight of a
    computed ratio is its denominator.
    """
    defined = kpis[kpis["made_how"].notna()]
    have = set(observations["kpi"].unique())
    todo = {row["id"]: row for row in defined[~defined["id"].isin(have)].to_dict("records")}
    units = dict(zip(kpis["id"], kpis["unit"], strict=True)) if todo else {}
    found = [observations]
    settled = True
    while todo and settled:  # a part may be computed itself: from the leaves up
        settled = False
        for name, row in list(todo.items()):
            parts = [*row["made_of"], *row["made_less"]]
            if not have.issuperset(parts):
                continue
            rows = pd.concat([frame[frame["kpi"].isin(parts)] for frame in found])
            values = rows.pivot_table(index=["segment", "period"], columns="kpi", values="value", aggfunc="last")
            made = arithmetic(row["made_how"], row["made_of"], row["made_less"], values, units, row["unit"]).dropna()
            weight = values[row["made_of"][1]].loc[made.index] if row["made_how"] == "ratio" else 1.0
            frame = made.rename("value").to_frame().assign(kpi=name, weight=weight).reset_index()
            found.append(frame[list(observations.columns)])
            have.add(name)
            del todo[name]
            settled = True
    return pd.concat(found, ignore_index=True) if len(found) > 1 else observations
