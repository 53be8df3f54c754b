"""JSON (an array of objects, or one object a line) and, for trusted sources, Parquet: to a grid with typed cells."""

import io
import json
from typing import Any

from kpi_sources.grid import Fault, Grid, Number
from kpi_sources.limits import Limits, Refused, too_large


def read_json(text: str, limits: Limits) -> Grid:
    """The grid of JSON text; the first row are the keys in order of appearance. Raises Refused."""
    if len(text.splitlines()) > 1 and text.lstrip().startswith("{"):
        found = _lines(text, limits)
        if found is not None:
            return found
    value = _parse(text, limits, 1)
    if isinstance(value, dict):
        lists = [v for v in value.values() if isinstance(v, list)]
        value = lists[0] if len(lists) == 1 else [value]
    if not isinstance(value, list):
        raise Refused("layout", "layout not recognised: JSON must be a list of objects, one a row", line=1)
    starts = _starts(text, len(value))
    return _grid(value, starts, limits, "JSON")


def _starts(text: str, count: int) -> list[int]:
    """The physical lines of the objects where each starts on one of its own; else line 1 for all."""
    lines = [n for n, line in enumerate(text.splitlines(), start=1) if line.lstrip(" \t[,").startswith("{")]
    return lines if len(lines) == count else [1] * count


def _lines(text: str, limits: Limits) -> Grid | None:
    rows: list[Any] = []
    starts: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            if not line.lstrip().startswith("{") or not line.rstrip().rstrip(",").endswith("}"):
                return None if number == 2 or not rows else _broken(number)
            rows.append(_parse(line.strip().rstrip(","), limits, number))
            starts.append(number)
    return _grid(rows, starts, limits, "JSON lines")


def _broken(line: int) -> Grid:
    raise Refused("truncated", f"line {line}: incomplete JSON: the line holds no whole object", line=line)


def _parse(text: str, limits: Limits, line: int) -> Any:
    try:
        return json.loads(
            text,
            parse_float=Number,
            parse_int=Number,
            parse_constant=Fault,
            object_pairs_hook=lambda p: _unique(p, line),
        )
    except RecursionError as error:
        raise Refused(
            "too_large",
            f"line {line}: too deep: the JSON nests more than {limits.json_depth} levels, the limit",
            line=line,
        ) from error
    except ValueError as error:
        raise Refused("truncated", f"line {line}: the JSON is incomplete or corrupt: {error}", line=line) from error


def _unique(pairs: list[tuple[str, Any]], line: int) -> dict[str, Any]:
    keys = [k for k, _ in pairs]
    twice = next((k for k in keys if keys.count(k) > 1), None) if len(set(keys)) < len(keys) else None
    if twice is not None:
        raise Refused("duplicate_column", f"line {line}: the key {twice!r} stands twice in one object", line=line)
    return dict(pairs)


def _cell(value: Any, line: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return Fault(str(value).lower())
    if isinstance(value, str):
        return value
    raise Refused(
        "layout", f"line {line}: layout not recognised: a value is a list or an object, not one cell", line=line
    )


def _grid(objects: list[Any], starts: list[int], limits: Limits, how: str) -> Grid:
    if len(objects) > limits.rows:
        raise too_large("rows", len(objects), limits.rows)
    keys: dict[str, int] = {}
    for value, line in zip(objects, starts, strict=True):
        if not isinstance(value, dict):
            raise Refused(
                "layout", f"line {line}: layout not recognised: a row is no object with column names", line=line
            )
        for key in value:
            keys.setdefault(key, len(keys))
    if len(keys) > limits.columns:
        raise too_large("columns", len(keys), limits.columns)
    if not objects:
        raise Refused("no_rows", "no data: the JSON holds no rows")
    rows = [[_cell(v.get(k), line) for k in keys] for v, line in zip(objects, starts, strict=True)]
    for row, line in zip(rows, starts, strict=True):
        longest = max(map(len, row), default=0)
        if longest > limits.cell_length:
            raise too_large(f"characters in one cell (line {line})", longest, limits.cell_length, "shorten it", line)
    return Grid([list(keys), *rows], [starts[0], *starts], [how])


def read_parquet(data: bytes, limits: Limits) -> Grid:
    """The grid of a Parquet file; rows are numbered as if a header stood in line 1. Raises Refused."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError) as error:
        raise Refused("truncated", f"the Parquet file is corrupt: {error}") from error
    if table.num_rows > limits.rows:
        raise too_large("rows", table.num_rows, limits.rows)
    columns: list[list[str]] = []
    for column in table.columns:
        kind = Number if pa.types.is_integer(column.type) or pa.types.is_decimal(column.type) else str
        if pa.types.is_floating(column.type):
            columns.append(
                ["" if v is None else Number(repr(v)) if v - v == 0 else Fault(repr(v)) for v in column.to_pylist()]
            )
            continue
        if pa.types.is_temporal(column.type):
            column = pc.strftime(column, format="%Y-%m-%d")  # noqa: PLW2901 - the same column as text
        columns.append(["" if v is None else kind(v) for v in column.to_pylist()])
    rows = [list(r) for r in zip(*columns, strict=True)]
    return Grid([list(table.column_names), *rows], list(range(1, len(rows) + 2)), ["Parquet"])
