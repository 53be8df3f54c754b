"""Movement measured: error rates, calibration and speed, beside other tools on the same series in one run.

    python -m benchmarks.movement [--series 300] [--peer-series 60] [--write docs/measured.json --version 1.0]

With NEEDLE_BENCH_DATA (a folder with cases.csv and values.parquet of real series) those are measured too.
"""

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from benchmarks import simulated
from benchmarks.peers import all_peers, quiet
from benchmarks.summary import note
from models.forecast import forecast
from models.movement import judge
from models.plan_check import plan_check

DATA = os.environ.get("NEEDLE_BENCH_DATA", "../shared/data/movement")
LEVELS = (0.5, 0.8, 0.9, 0.95)


def rates(truth: np.ndarray, lo: np.ndarray, hi: np.ndarray, verdict: np.ndarray | None = None) -> dict[str, float]:
    """Share of windows: false alarms where nothing was done, found by size of effect, intervals that hold the truth."""
    known = np.isfinite(lo) & np.isfinite(hi)
    moved = known & ((lo > 0) | (hi < 0))
    right = moved & (np.sign(lo + hi) == np.sign(truth))
    nothing = truth == 0
    out = {"windows": len(truth), "nothing_done": int(nothing.sum()), "false_alarms": _share(moved[nothing])}
    for size in (0.05, 0.10, 0.20):
        out[f"found_{round(size * 100)}"] = _share(right[np.isclose(np.abs(truth), size, rtol=0.06)])
    out["coverage"] = _share(((lo <= truth) & (truth <= hi))[known])
    out["wrong_direction"] = _share((np.sign(lo + hi) != np.sign(truth))[moved & ~nothing])
    if verdict is not None:
        out["flat_where_nothing_was_done"] = _share(verdict[nothing] == "flat")
        out["flat_where_10_percent_was_done"] = _share(verdict[np.abs(truth) >= 0.095] == "flat")
    return out


def _share(mask: np.ndarray) -> float:
    return round(float(np.mean(mask)), 4) if len(mask) else float("nan")


def of_needle(cases: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """One row for all cases and one per cadence."""
    got = judge(cases.drop(columns=["truth"]), values)
    rows = {}
    for name, of in [("all", np.arange(len(cases))), *cases.groupby("cadence", sort=False).indices.items()]:
        part, found = cases.iloc[of], got.iloc[of]
        rows[name] = rates(part["truth"].to_numpy(), found["lo_rel"].to_numpy(), found["hi_rel"].to_numpy(),
                           found["verdict"].to_numpy())  # fmt: skip
    return pd.DataFrame(rows).T


def beside_others(cases: pd.DataFrame, values: pd.DataFrame, few: int) -> pd.DataFrame:
    """Needle on all cases and each peer on the first `few` of every cadence; seconds per 1,000 series, this run."""
    start = perf_counter()
    judge(cases.drop(columns=["truth"]), values)
    cold = perf_counter() - start
    start = perf_counter()
    got = judge(cases.drop(columns=["truth"]), values)
    warm = perf_counter() - start
    sample = cases.groupby("cadence", sort=False).head(few)
    mine = got.loc[sample.index]
    truth = sample["truth"].to_numpy()
    rows = {"Needle": rates(truth, mine["lo_rel"].to_numpy(), mine["hi_rel"].to_numpy())}
    rows["Needle"] |= {
        "seconds_per_1000": round(warm / len(cases) * 1000, 3),
        "cold": round(cold / len(cases) * 1000, 3),
    }
    series = {k: g.set_index("date")["value"] for k, g in values.groupby("case_id")}
    for name, peer in all_peers().items():
        start = perf_counter()
        ends = np.array([quiet(peer, series[c.case_id], _window(series[c.case_id], c)) for c in sample.itertuples()])
        seconds = perf_counter() - start
        rows[name] = rates(truth, ends[:, 0], ends[:, 1]) | {"seconds_per_1000": round(seconds / len(sample) * 1000, 2)}
    out = pd.DataFrame(rows).T
    for name in rows:
        if name != "Needle":
            note(
                "movement", "1,000 series (s)", warm / len(cases) * 1000, f"{name} (s)", rows[name]["seconds_per_1000"]
            )
    out["times_as_long"] = (out["seconds_per_1000"] / out.loc["Needle", "seconds_per_1000"]).round(1)
    return out


def _window(series: pd.Series, case) -> int:
    return int(((series.index >= case.cycle_start) & (series.index <= case.cycle_end)).sum())


def calibration(cases: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Share of windows in which nothing was done whose effect lies inside the interval of each stated level."""
    from models.policy import Policy

    nothing = cases[cases["truth"] == 0].drop(columns=["truth"])
    rows = {}
    for level in LEVELS:
        got = judge(nothing, values, Policy(confidence=level))
        inside = (got["lo_rel"] <= 0) & (got["hi_rel"] >= 0)
        rows[f"{level:.0%}"] = inside.groupby(nothing["cadence"].to_numpy()).mean().to_dict() | {"all": inside.mean()}
    return pd.DataFrame(rows).round(3)


def forecasts(cases: pd.DataFrame, values: pd.DataFrame, at_most: int = 150) -> pd.DataFrame:
    """Chance told at the start of the cycle of ending above a level, against how often it did; by tenths."""
    nothing = cases[cases["truth"] == 0].groupby("cadence", sort=False).head(at_most // 3)
    rng = np.random.default_rng(4)
    told, came, inside = [], [], []
    for case in nothing.itertuples():
        series = values.loc[values["case_id"] == case.case_id].set_index("date")["value"]
        before = series[series.index < case.cycle_start]
        real = series[series.index >= case.cycle_start].mean()
        first = forecast(before, case.cycle_start, case.cycle_end, cadence=case.cadence)
        if first.reason:
            continue
        inside.append(first.lo <= real <= first.hi)
        target = first.expected + (first.hi - first.lo) * rng.uniform(-0.4, 0.4)
        told.append(forecast(before, case.cycle_start, case.cycle_end, cadence=case.cadence, target=target).chance)
        came.append(real >= target)
    frame = pd.DataFrame({"told": told, "came": came})
    table = frame.groupby(pd.cut(frame["told"], [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0], include_lowest=True), observed=True)
    out = table.agg(windows=("came", "size"), told=("told", "mean"), came=("came", "mean")).round(3)
    out.attrs["coverage"] = _share(np.array(inside))
    return out


def plans(cases: pd.DataFrame, values: pd.DataFrame, at_most: int = 60) -> dict[str, float]:
    """How often a change of the size that plan_check calls detectable is then found (it says 80 %)."""
    nothing = cases[cases["truth"] == 0].groupby("cadence", sort=False).head(at_most // 3).assign(direction="up")
    frames, kept = [], []
    for case in nothing.itertuples():
        of = values[values["case_id"] == case.case_id].copy()
        known = of.set_index("date")["value"]
        change = plan_check(known, case.cycle_start, case.cycle_end, cadence=case.cadence,
                            wanted=10.0).smallest_detectable_change  # fmt: skip
        if np.isfinite(change):
            of.loc[of["date"] >= case.cycle_start, "value"] *= 1 + change
            frames.append(of)
            kept.append(case.case_id)
    got = judge(nothing[nothing["case_id"].isin(kept)].drop(columns=["truth"]), pd.concat(frames))
    return {"windows": len(kept), "found": _share((got["verdict"] == "better").to_numpy())}


def promises(chances: pd.DataFrame, plan: dict[str, float]) -> dict[str, dict]:
    """Forecast and plan check as they are published: how often what they promise came true."""
    bands = chances[["windows", "told", "came"]].to_dict("records")
    held = {"windows": int(chances["windows"].sum()), "coverage": chances.attrs["coverage"], "chances": bands}
    return {"forecast": held, "plan_check": plan}


def real(folder: Path) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """The real series of a folder, by kind of case."""
    cases = pd.read_csv(folder / "cases.csv").rename(columns={"truth_effect_relative": "truth"})
    cases["cadence"] = cases["cadence"].replace({"daily": "day", "weekly": "week", "monthly": "month"})
    for name in ("cycle_start", "cycle_end"):
        cases[name] = pd.to_datetime(cases[name])
    values = pd.read_parquet(folder / "values.parquet")
    values["date"] = pd.to_datetime(values["date"])
    values["case_id"] = values["case_id"].astype(str)
    needed = ["case_id", "series_id", "cadence", "cycle_start", "cycle_end", "direction", "min_effect", "truth"]
    return {
        kind: (of[needed].reset_index(drop=True), values[values["case_id"].isin(of["case_id"])])
        for kind, of in cases.groupby("kind", sort=False)
    }


def main() -> None:
    """Print the tables; with --write, keep the rates that the product publishes."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--series", type=int, default=300, help="simulated series per cadence")
    ask.add_argument("--peer-series", type=int, default=40, help="series per cadence that the slower tools see")
    ask.add_argument("--data", type=Path, default=Path(DATA))
    ask.add_argument("--write", type=Path)
    ask.add_argument("--version", default="")
    given = ask.parse_args()
    cases, values = simulated.cases(given.series)
    found = {"simulated": of_needle(cases, values)}
    tables = [
        ("Other tools, simulated series", beside_others(cases, values, given.peer_series)),
        ("Intervals of windows in which nothing was done, simulated series", calibration(cases, values)),
        ("Forecast: chance told and how often it came, simulated series", forecasts(cases, values)),
        ("Plan check: the change called detectable, found (80 % is promised)", plans(cases, values)),
    ]
    if (given.data / "cases.csv").exists():
        kinds = real(given.data)
        found |= {kind: of_needle(*parts) for kind, parts in kinds.items()}
        standard = kinds["standard"]
        tables += [
            ("Intervals of windows in which nothing was done, real series", calibration(*standard)),
            ("Forecast: chance told and how often it came, real series", forecasts(*standard)),
            ("Plan check on real series", plans(*standard)),
        ]
    for name, table in found.items():
        print(f"\nNeedle, {name} windows\n{table.to_string()}")
    for name, table in tables:
        print(f"\n{name}\n{table.to_string() if isinstance(table, pd.DataFrame) else table}")
        if isinstance(table, pd.DataFrame) and table.attrs:
            print(table.attrs)
    if given.write:
        made = {"measured_on": datetime.now(UTC).date().isoformat(), "version": given.version, "confidence": 0.95}
        made["rates"] = {kind: json.loads(table.to_json(orient="index")) for kind, table in found.items()}
        made |= promises(tables[-2][1], tables[-1][1])  # of the real series, if they are there
        given.write.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
