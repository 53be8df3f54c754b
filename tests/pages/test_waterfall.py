"""The steps from before to now, as data."""

import pandas as pd

from models.decomposition import decompose
from models.kpi import Kpi, MadeOf
from pages.parts.palette import LIGHT
from pages.parts.waterfall import waterfall


def test_steps_begin_where_the_last_one_ended_and_what_is_not_explained_is_hatched():
    days = pd.to_datetime(["2025-07-01", "2026-07-01"] * 3)
    values = pd.DataFrame(
        {"kpi": list("ttaabb"), "segment": "all", "period": days, "value": [100.0, 80, 50, 45, 50, 60]}
    )
    total = Kpi(id="t", made_of=MadeOf(how="sum", of=["a", "b"]))
    found = decompose(total, {}, values, "2026-07-01", "2026-09-30")
    bar = waterfall(found, "up").data[0]
    assert list(bar.y) == ["Before", "a", "b", "not explained", "Now"]
    assert list(bar.x) == [100, -5, 10, -25, 80]
    assert list(bar.base) == [0, 100, 95, 105, 0]
    assert list(bar.text) == ["100", "−5", "+10", "−25", "80"]
    assert list(bar.marker.pattern.shape) == ["", "", "", "/", ""]
    assert list(bar.marker.color) == [LIGHT.neutral, LIGHT.bad, LIGHT.good, LIGHT.muted, LIGHT.neutral]
