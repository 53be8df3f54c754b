"""Nordlys, the company that ships: generated extracts, OKRs over five cycles, and the truth about what was done.

Everything is made from a seed, so the same seed gives the same company; nothing depends on the day it is made.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import yaml

from data.definitions import CheckIn
from data.samples import Sample
from data.samples.nordlys import running, story
from data.samples.nordlys.extracts import DELIVERIES, extract_files
from data.samples.nordlys.reports import check_ins
from data.samples.nordlys.series import make, observations, planted
from models.periods import named_cycle

SEED = 7
EDITED = {"uninstalls-15": (35700, 37800)}  # target before and after story.EDIT_DAY
DRAFTED = timedelta(days=2)  # OKRs are entered this long before their cycle begins


@dataclass(frozen=True)
class Company:
    """A generated company. `extracts` maps file names to their text, `okrs_yaml` is the file as it stands at the end.

    values: kpi, segment, period, value. check_ins: key_result, at, value, confidence, note. truth, one row a key
    result: key_result, cycle, kpi, moved, start, effect_relative (planted, of the window's mean), verdict, flags.
    """

    sample: Sample
    extracts: dict[str, str]
    okrs_yaml: str
    values: pd.DataFrame
    check_ins: pd.DataFrame
    truth: pd.DataFrame


def generate(seed: int = SEED) -> Company:
    """The company of a seed."""
    made = make(seed)
    rng = np.random.default_rng([seed, 1])
    values = observations(made, rng)
    files = extract_files(values, rng)
    okrs = [(f"okrs_{day}.yaml", _okrs_as_of(day).encode(), datetime.combine(day, time(9))) for day in _import_days()]
    reports = check_ins(np.random.default_rng([seed, 2]))
    entries = [
        (
            CheckIn(row.key_result, row.at.date(), row.value, row.confidence, row.note, _blocker(row)),
            row.at + pd.Timedelta(hours=16),
        )
        for row in reports.astype({"value": object}).itertuples(index=False)
    ]
    sample = Sample(files, okrs, [(entry, moment.to_pydatetime()) for entry, moment in entries], then=running.write)
    texts = {file.name: file.data.decode() for file in files}
    return Company(sample, texts, _okrs_as_of(story.LAST_DAY), values, reports, _truth(made))


def _blocker(row: Any) -> str | None:
    return running.BLOCKED.get((row.key_result, row.at.date()))


def sample(seed: int = SEED) -> Sample:
    """What to load into an empty store, as if recorded at the time."""
    return generate(seed).sample


@cache
def _written() -> dict[str, Any]:
    return yaml.load(Path(__file__).with_name("okrs.yaml").read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506


class _Loader(yaml.SafeLoader):
    """Safe, and without the old reading of `on` (the field of a checkpoint) and `no` as true and false."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:bool"]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _window(cycle: str) -> tuple[date, date]:
    window = named_cycle(cycle)
    if window is None:
        raise ValueError(f"okrs.yaml: the cycle {cycle!r} has no usual name")
    return window.start, window.end


def _import_days() -> list[date]:
    """Before every cycle, on the day of the edit, and with every delivery of values (stages done meanwhile)."""
    begins = {_window(str(objective["cycle"]))[0] - DRAFTED for objective in _written()["objectives"]}
    return sorted(begins | {story.EDIT_DAY} | {day.date() for day in DELIVERIES})


def _okrs_as_of(day: date) -> str:
    """okrs.yaml as it stood at the end of a day: begun cycles, stages done by then, targets as edited by then."""
    written = _written()
    objectives = [
        {**objective, "key_results": [_key_result_as_of(kr, day) for kr in objective.get("key_results", [])]}
        for objective in written["objectives"]
        if _window(str(objective["cycle"]))[0] - DRAFTED <= day
    ]
    return yaml.safe_dump({**written, "objectives": objectives}, sort_keys=False, allow_unicode=True, width=110)


def _key_result_as_of(key_result: dict[str, Any], day: date) -> dict[str, Any]:
    out = _without_later(key_result, day)
    if "stages" in out:
        out["stages"] = [_without_later(stage, day) for stage in out["stages"]]
    if out["id"] in EDITED:
        out["target"] = EDITED[out["id"]][day >= story.EDIT_DAY]
    return out


def _without_later(row: dict[str, Any], day: date) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "done" or value <= day}


def _truth(made: dict[str, Any]) -> pd.DataFrame:
    rows = []
    for objective in _written()["objectives"]:
        first, last = _window(str(objective["cycle"]))
        for key_result in objective.get("key_results", []):
            link: dict[str, Any] = next((link for link in key_result.get("links", []) if link["role"] == "outcome"), {})
            kpi = key_result.get("kpi", link.get("kpi"))
            lag = timedelta(days=link.get("lag", 0))
            starts = [push.start for push in story.PUSHES if push.kpi == kpi and first <= push.start <= last]
            effect = planted(made, kpi, first + lag, last + lag) if kpi else np.nan
            verdict, flags = story.MEANT[key_result["id"]]
            start = starts[0] if starts else None
            rows.append((key_result["id"], objective["cycle"], kpi, bool(starts), start, effect, verdict, list(flags)))
    columns = ["key_result", "cycle", "kpi", "moved", "start", "effect_relative", "verdict", "flags"]
    return pd.DataFrame(rows, columns=columns).astype({"start": "datetime64[ns]", "cycle": str})
