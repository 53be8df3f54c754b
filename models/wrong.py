"""What is wrong with something that was written, as pydantic found it: the first fault, in the language in force."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from models.language import ENGLISH, current, mark, spoken, tr, trn

_PLAIN = {  # the type of a fault: what it says; English is pydantic's own
    "missing": mark("Field required"),
    "extra_forbidden": mark("Extra inputs are not permitted"),
    "string_type": mark("Input should be a valid string"),
    "float_type": mark("Input should be a valid number"),
    "float_parsing": mark("Input should be a valid number"),
    "finite_number": mark("Input should be a finite number"),
    "int_type": mark("Input should be a valid integer"),
    "int_parsing": mark("Input should be a valid integer"),
    "int_from_float": mark("Input should be a valid integer"),
    "bool_type": mark("Input should be a valid boolean"),
    "bool_parsing": mark("Input should be a valid boolean"),
    "date_type": mark("Input should be a valid date"),
    "date_parsing": mark("Input should be a valid date"),
    "date_from_datetime_parsing": mark("Input should be a valid date"),
    "date_from_datetime_inexact": mark("Input should be a valid date"),
    "list_type": mark("Input should be a valid list"),
    "dict_type": mark("Input should be a valid dictionary"),
    "string_pattern_mismatch": mark("String should have the form that is asked for"),
}
_FILLED: dict[str, Callable[[Mapping[str, Any]], str]] = {  # ... with what is allowed
    "string_too_short": lambda allowed: trn(
        "String should have at least {count} character", "String should have at least {count} characters",
        allowed["min_length"],
    ),
    "string_too_long": lambda allowed: trn(
        "String should have at most {count} character", "String should have at most {count} characters",
        allowed["max_length"],
    ),
    "too_short": lambda allowed: trn(
        "List should have at least {count} item", "List should have at least {count} items", allowed["min_length"]
    ),
    "too_long": lambda allowed: trn(
        "List should have at most {count} item", "List should have at most {count} items", allowed["max_length"]
    ),
    "greater_than": lambda allowed: tr("Input should be greater than {limit}", limit=_shown(allowed["gt"])),
    "greater_than_equal": lambda allowed: tr("Input should be {limit} or more", limit=_shown(allowed["ge"])),
    "less_than": lambda allowed: tr("Input should be less than {limit}", limit=_shown(allowed["lt"])),
    "less_than_equal": lambda allowed: tr("Input should be {limit} or less", limit=_shown(allowed["le"])),
    "literal_error": lambda allowed: tr("Input should be one of {known}", known=_listed(allowed["expected"])),
}  # fmt: skip


def said(error: ValueError) -> str:
    """The first fault, without its place."""
    if not isinstance(error, ValidationError):
        return str(error)
    fault = error.errors()[0]
    if current().code != ENGLISH.code:
        if fault["type"] in _PLAIN:
            return spoken(_PLAIN[fault["type"]])
        if fault["type"] in _FILLED:
            return _FILLED[fault["type"]](fault["ctx"])
    return fault["msg"].removeprefix("Value error, ")


def place(error: ValidationError) -> str:
    """Where the first fault is, in the names of the fields; empty where it is in the whole."""
    return ".".join(str(part) for part in error.errors()[0]["loc"])


def sentence(error: ValidationError) -> str:
    """The first fault and its place."""
    where = place(error)
    return f"{where}: {said(error)}" if where else said(error)


def _shown(limit: Any) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit)


def _listed(expected: str) -> str:
    return expected.replace(" or ", ", ")
