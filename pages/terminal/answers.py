"""What all commands of the terminal share: the two forms of an answer, days and moments, files that cannot be read."""

import json
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from models.refused import Refused

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Day = Annotated[str | None, typer.Option("--as-of", help="As known at the end of this day, YYYY-MM-DD.")]


@dataclass
class Settings:
    """What stands before the command. `open` makes the workspace of the store `db`, only when a command needs it."""

    db: Path
    open: Callable[[Path], Any]


def opened(context: typer.Context) -> Any:
    """The workspace of the store that the command was called with."""
    return context.obj.open(context.obj.db)


def say(document: Any, as_json: bool, text: str, *, refused: bool = False) -> None:
    """Print the answer in the form asked for; exit 1 when it is a refusal."""
    if as_json:
        print(json.dumps(plain(document), ensure_ascii=False, allow_nan=False))
    else:
        print(text, file=sys.stderr if refused else sys.stdout)
    if refused:
        raise typer.Exit(1)


def plain(value: Any) -> Any:
    """The JSON form: dates in ISO, unknown as null, numpy numbers as Python's."""
    if isinstance(value, dict):
        return {str(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp | datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def decimal_text(value: float) -> str:
    """The shortest plain decimal that reads back as the same number: no exponent, no grouping."""
    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [plain(row) for row in frame.to_dict("records")]


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Turns what a library says of a plain input file into a refusal that names the file."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise Refused(f"{name}: {str(error).splitlines()[0]}") from error


def contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"cannot read {path}: {error.strerror}.") from error


def day_of(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"a day is written YYYY-MM-DD, found {text!r}") from None


def moment_of(text: str | None) -> datetime | None:
    """A moment in UTC, without zone; a day alone means its start."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"a moment is written YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS, found {text!r}") from None
    if moment and moment.tzinfo:
        return moment.astimezone(UTC).replace(tzinfo=None)
    return moment


def today() -> date:
    return datetime.now(UTC).date()


def placed(line: int | None, text: str) -> str:
    """A message with its line in front, unless it names its place itself."""
    return text if line is None or text.startswith(("line ", "cell ", "row ")) else f"line {line}: {text}"
