"""Which segment made a change: the total's change of a span against another, taken apart by segment so that it adds up.

What adds up (sums, and stocks or means whose segments make the total) is taken apart as it stands. A ratio changes in
two ways: a segment's own rate changes, and the weight of segments with high or low rates changes (the mix). Both are
measured with the averages of before and now, so that swapping the two spans only turns the signs (Marshall-Edgeworth
weights): rate = mean weight × change of the rate; mix = change of the weight × distance of the mean rate from the
total's. A mean of segments of unknown size cannot be taken apart, and that is what is said.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models import amounts
from models.language import tr, trn

REST = ""  # the segment name of what the total has and no segment has
SAME = 1e-9  # relative; a rest as small as this is rounding
MOST = 0.5  # of the change: from here one segment is said to have made most of it
COLUMNS = ["segment", "before", "now", "change", "contribution", "rate", "mix", "share", "state"]


@dataclass(frozen=True)
class Contributions:
    """A change taken apart. `before` and `now` are the total's (NaN where unknown), in the KPI's unit.

    `segments`, the largest contribution first: segment, before, now, change, contribution (in the unit of the total;
    NaN where it cannot be given), rate and mix (of a ratio, together the contribution), share (of the total's change)
    and state (`both`, `new`, `vanished`; `rest` for what no segment has). `method` is sum, ratio or none.
    """

    method: str
    before: float
    now: float
    segments: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def change(self) -> float:
        """Of the total, in the KPI's unit."""
        return self.now - self.before


def contributions(
    before: pd.DataFrame, now: pd.DataFrame, aggregation: str, total: tuple[tuple[float, float], tuple[float, float]]
) -> Contributions:
    """Take the change between two spans apart.

    `before` and `now` have one row per segment: segment, top, bottom. A ratio's value is top / bottom, sums of
    numerators and denominators; for everything else top is the value and bottom is not looked at. `total` holds (top,
    bottom) of the whole before and now, NaN where only segments are given.
    """
    both = before.set_index("segment").join(now.set_index("segment"), how="outer", suffixes=("_before", "_now"))
    was, here = both[["top_before", "bottom_before"]].to_numpy(float), both[["top_now", "bottom_now"]].to_numpy(float)
    there = np.isfinite(was[:, 0]), np.isfinite(here[:, 0])
    state = np.select([~there[0], ~there[1]], ["new", "vanished"], default="both")
    names = both.index.astype(str).tolist()
    if aggregation == "ratio":
        return _ratio(names, was, here, state, total)
    frame = pd.DataFrame({"segment": names, "before": was[:, 0], "now": here[:, 0], "state": state})
    sums = np.array([np.nansum(was[:, 0]), np.nansum(here[:, 0])])
    given = np.array([total[0][0], total[1][0]])
    whole = np.where(np.isfinite(given), given, sums if aggregation == "sum" else np.nan)
    rest = whole - sums
    apart = np.abs(rest) > SAME * np.maximum(np.abs(whole), np.abs(sums))
    if aggregation != "sum" and (apart.any() or not np.isfinite(whole).all()):
        return _each_alone(frame, whole)
    frame["contribution"] = frame["now"].fillna(0) - frame["before"].fillna(0)
    notes: tuple[str, ...] = ()
    if apart.any():
        frame = pd.concat([frame, _rest_row(rest, rest[1] - rest[0])], ignore_index=True)
        notes = (_rest_note(),)
    return _told("sum", float(whole[0]), float(whole[1]), frame, notes)


def _ratio(
    names: list[str], was: np.ndarray, here: np.ndarray, state: np.ndarray,
    total: tuple[tuple[float, float], tuple[float, float]],
) -> Contributions:  # fmt: skip
    was, here = np.nan_to_num(was), np.nan_to_num(here)
    notes: tuple[str, ...] = ()
    rest = []
    for sums, given in zip((was.sum(axis=0), here.sum(axis=0)), np.array(total, dtype=float), strict=True):
        apart = np.isfinite(given).all() and (np.abs(given - sums) > SAME * np.abs(given)).any()
        rest.append(given - sums if apart else np.zeros(2))
    if np.any(rest):
        names, state = [*names, REST], np.append(state, "rest")
        was, here = np.vstack([was, rest[0]]), np.vstack([here, rest[1]])
        notes = (_rest_note(),)
    (top0, size0), (top1, size1) = was.sum(axis=0), here.sum(axis=0)
    if size0 == 0 or size1 == 0:
        frame = pd.DataFrame({"segment": names, "before": _over(*was.T), "now": _over(*here.T), "state": state})
        return _each_alone(frame, np.array([top0 / size0 if size0 else np.nan, top1 / size1 if size1 else np.nan]))
    weight0, weight1 = was[:, 1] / size0, here[:, 1] / size1
    rate0, rate1 = _over(*was.T), _over(*here.T)
    middle = (top0 / size0 + top1 / size1) / 2
    contribution = here[:, 0] / size1 - was[:, 0] / size0 - middle * (weight1 - weight0)
    rate = np.nan_to_num((weight0 + weight1) / 2 * (rate1 - rate0))  # a segment that was not there has no rate then
    frame = pd.DataFrame(
        {
            "segment": names, "before": rate0, "now": rate1, "state": state, "contribution": contribution,
            "rate": rate, "mix": contribution - rate,
        }
    )  # fmt: skip
    return _told("ratio", top0 / size0, top1 / size1, frame, notes)


def _over(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom != 0)


def _each_alone(frame: pd.DataFrame, whole: np.ndarray) -> Contributions:
    """What cannot be taken apart: each segment's own change."""
    said = tr(
        "How large each segment is, is not known, so its part in the change cannot be given; each segment's own "
        "change is shown."
    )
    return _told("none", float(whole[0]), float(whole[1]), frame, (said,))


def _rest_row(rest: np.ndarray, contribution: float) -> pd.DataFrame:
    row = {"segment": REST, "before": rest[0], "now": rest[1], "state": "rest", "contribution": contribution}
    return pd.DataFrame([row])


def _rest_note() -> str:
    return tr(
        "The company's total is not the sum of these segments; what is in none of them stands as a row of its own."
    )


def _told(method: str, before: float, now: float, frame: pd.DataFrame, notes: tuple[str, ...]) -> Contributions:
    frame = frame.assign(change=frame["now"] - frame["before"])
    for name in ("contribution", "rate", "mix"):
        if name not in frame:
            frame[name] = np.nan
    change = now - before
    frame["share"] = frame["contribution"] / change if np.isfinite(change) and change != 0 else np.nan
    size = frame["change" if method == "none" else "contribution"].abs()
    order = size.fillna(-1).sort_values(ascending=False, kind="stable").index
    return Contributions(method, before, now, frame.loc[order, COLUMNS].reset_index(drop=True), notes)


def sentence(found: Contributions, unit: str = "") -> str:
    """Which segment made the change, in one sentence; what cannot be said is said so."""
    rows = found.segments
    if rows.empty or not np.isfinite(found.change):
        return tr("The change cannot be taken apart: a value of this time or of the time before is not known.")
    if found.method == "none":
        return tr(
            "How much each segment had in the change of {change} cannot be given.", change=_by(found.change, unit)
        )
    if found.change == 0:
        return tr("There is no change in total.")
    first = rows.iloc[0]
    name, part = label(first["segment"]), _by(first["contribution"])
    whole = _by(found.change, unit)
    if first["share"] > 1:
        return tr("{segment} made more than the whole change: {part} against {whole} in total.",
                  segment=name, part=part, whole=whole)  # fmt: skip
    if first["share"] >= MOST:
        return tr("Most of the change came from {segment}: {part} of {whole}.", segment=name, part=part, whole=whole)
    if first["share"] < 0:
        return tr("The largest part, {segment} with {part}, goes against the change of {whole} in total.",
                  segment=name, part=part, whole=whole)  # fmt: skip
    needed = int((rows["share"].clip(lower=0).sort_values(ascending=False).cumsum() < MOST).sum()) + 1
    return trn(
        "No one segment made the change of {whole}; the largest part is that of {segment}, {part}.",
        "No one segment made the change of {whole}: {count} together made half of it, {segment} the most, {part}.",
        needed, segment=name, part=part, whole=whole,
    )  # fmt: skip


def label(segment: str) -> str:
    """A segment's name as it is shown."""
    return tr("In no segment") if segment == REST else segment


def _by(value: float, unit: str = "") -> str:
    text = amounts.amount(value, "points" if unit in amounts.POINTS else unit)
    return f"+{text}" if value > 0 else text
