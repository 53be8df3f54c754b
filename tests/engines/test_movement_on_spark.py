"""Movement in Spark's workers says, cell by cell, what it says on one machine: words and counts the same, figures but for
the rounding of sums that stand beside others in a batch.
"""

import numpy as np
import pandas as pd
import pytest

from benchmarks import simulated
from models.movement import judge
from models.movement_on_spark import FIGURES, _main, movement_on_spark

pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@pytest.fixture(scope="module")
def series(tmp_path_factory) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Three cadences; strange cases among them: no values, dates in the wrong order, a constant, a control, a gap."""
    cases, values = simulated.cases(30)
    cases = cases.drop(columns=["truth", "series_id"])
    first = cases.iloc[0]
    strange = pd.DataFrame(
        [
            {**first, "case_id": "nothing"},
            {**first, "case_id": "backwards", "cycle_start": first.cycle_end, "cycle_end": first.cycle_start},
            {**first, "case_id": "constant"},
            {**first, "case_id": "beside"},
            {**first, "case_id": "in a band", "direction": "in_band"},
            {**first, "case_id": "yearly", "cadence": "year"},
        ]
    )
    cases = pd.concat([cases, strange], ignore_index=True)
    cases["band_low"] = np.where(cases["direction"] == "in_band", 0.0, np.nan)
    cases["band_high"] = np.where(cases["direction"] == "in_band", 1e9, np.nan)
    of = values[values["case_id"] == first.case_id]
    more = [
        of.assign(case_id="backwards"), of.assign(case_id="constant", value=5.0), of.assign(case_id="beside"),
        of.assign(case_id="beside", role="control_1", value=of["value"] * 3.1 + 1), of.assign(case_id="in a band"),
        of.assign(case_id="yearly"), of.assign(case_id="of nobody"),
    ]  # fmt: skip
    values = pd.concat([values, *more], ignore_index=True)
    values.loc[values.index % 37 == 0, "value"] = np.nan
    folder = tmp_path_factory.mktemp("movement")
    cases.to_parquet(folder / "cases.parquet", coerce_timestamps="us")
    values.to_parquet(folder / "values.parquet", coerce_timestamps="us")
    return cases, values, str(folder)


@pytest.mark.parametrize("buckets", [None, 7])
def test_workers_say_what_one_machine_says(spark, series, buckets):
    cases, values, folder = series
    read = spark[0].read.parquet
    found = movement_on_spark(read(f"{folder}/cases.parquet"), read(f"{folder}/values.parquet"), buckets=buckets)
    assert found.columns == list(judge(cases[:0], values).columns)
    got = found.toArrow().to_pandas().set_index("case_id").loc[cases["case_id"]]
    here = judge(cases, values).set_index("case_id")
    for name in ("verdict", "reason", "shape", "n", "n_history"):
        assert got[name].tolist() == here[name].tolist(), name
    assert {"better", "worse", "flat", "cannot_tell"} >= set(here["verdict"]) > {"better", "worse"}
    for name in FIGURES:
        np.testing.assert_allclose(got[name], here[name], rtol=1e-9, atol=1e-12, err_msg=name)


def test_from_parquet_to_parquet(spark, series, tmp_path):
    cases, values, folder = series
    _main([f"{folder}/cases.parquet", f"{folder}/values.parquet", str(tmp_path / "result"), "--buckets", "2"])
    got = pd.read_parquet(tmp_path / "result").set_index("case_id").loc[cases["case_id"]]
    assert got["verdict"].tolist() == judge(cases, values)["verdict"].tolist()
