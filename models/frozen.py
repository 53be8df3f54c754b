"""A scorecard as JSON and back without loss: what a closed cycle keeps.

Every frame returns with its columns, types, index and values, the unknown ones included; what JSON has no form for
(a day, an infinite number, a missing number among texts) is written in one of its own.
"""

from dataclasses import asdict, fields
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from models.okr import Cycle
from models.policy import Policy
from models.scorecard import Scorecard
from models.signals import CommonShock

FORM = 1  # of the JSON; raised when it changes, so that older records can still be read
FRAMES = ("objectives", "key_results", "links")


def freeze(card: Scorecard) -> dict[str, Any]:
    """The whole scorecard as one JSON object."""
    return {
        "form": FORM,
        "cycle": card.cycle.model_dump(mode="json"),
        "as_of": card.as_of.isoformat(),
        "data_version": card.data_version,
        "team": card.team,
        "policy": card.policy.as_dict(),
        "shock": None if card.shock is None else {name: _cell(value) for name, value in asdict(card.shock).items()},
        **{name: _frame(getattr(card, name)) for name in FRAMES},
    }


def thaw(body: dict[str, Any]) -> Scorecard:
    """The scorecard that `freeze` wrote. A threshold that did not exist then has its present value."""
    known = {threshold.name for threshold in fields(Policy)}
    shock = body["shock"]
    return Scorecard(
        cycle=Cycle.model_validate(body["cycle"]),
        as_of=date.fromisoformat(body["as_of"]),
        data_version=body["data_version"],
        policy=Policy(**{name: value for name, value in body["policy"].items() if name in known}),
        **{name: _thawed(body[name]) for name in FRAMES},
        team=body["team"],
        shock=None if shock is None else CommonShock(**{name: _value(cell) for name, cell in shock.items()}),
    )


def _frame(frame: pd.DataFrame) -> dict[str, Any]:
    plain = frame.index.equals(pd.RangeIndex(len(frame)))
    return {
        "rows": len(frame),
        "index": None if plain else [int(label) for label in frame.index],
        "columns": [
            {"name": name, "type": str(frame[name].dtype), "values": _column(frame[name])} for name in frame.columns
        ],
    }


def _column(column: pd.Series) -> list[Any]:
    if column.dtype.kind == "M":
        days = np.datetime_as_string(column.to_numpy()).tolist()
        return [None if day == "NaT" else day for day in days]
    if column.dtype.kind == "f":
        return [_cell(value) for value in column.tolist()]
    if column.dtype == object:
        return [_cell(value) for value in column]
    return column.astype(object).where(column.notna(), None).tolist()


def _cell(value: Any) -> Any:
    """One cell as JSON holds it; raises TypeError for what could not be read back."""
    if isinstance(value, float) and not np.isfinite(value):
        return {"number": str(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [_cell(entry) for entry in value]
    raise TypeError(f"a {type(value).__name__} cannot be frozen: {value!r}")


def _value(cell: Any) -> Any:
    if isinstance(cell, dict):
        return float(cell["number"])
    return [_value(entry) for entry in cell] if isinstance(cell, list) else cell


def _thawed(frame: dict[str, Any]) -> pd.DataFrame:
    index = pd.RangeIndex(frame["rows"]) if frame["index"] is None else pd.Index(frame["index"], dtype="int64")
    columns = {
        column["name"]: pd.Series(
            [_value(cell) for cell in column["values"]], index=index, dtype=object, name=column["name"]
        ).astype(column["type"])
        for column in frame["columns"]
    }
    return pd.DataFrame(columns, index=index)
