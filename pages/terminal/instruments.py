"""The instruments by themselves: movement, XmR chart, trend."""

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import typer

from models.refused import Refused
from pages.terminal.answers import AsJson, day_of, opened, plain, readable, say

app = typer.Typer()


@app.command()
def movement(
    cases: Annotated[Path, typer.Option(help="CSV of windows to judge.")],
    values: Annotated[Path, typer.Option(help="CSV or Parquet of case_id, role, date, value.")],
    out: Annotated[Path, typer.Option(help="Write the answers to this CSV.")],
    as_json: AsJson = False,
) -> None:
    """Judge many windows at once: did each KPI move?"""
    from models.movement_cases import judge_cases

    with readable(f"{cases.name}, {values.name}"):
        table = pd.read_parquet(values) if values.suffix == ".parquet" else pd.read_csv(values)
        answers = judge_cases(pd.read_csv(cases), table)
        answers.to_csv(out, index=False)
    counts = {str(name): int(count) for name, count in answers["verdict"].value_counts().items()}
    text = f"{len(answers):,} windows judged: " + ", ".join(f"{count:,} {name}" for name, count in counts.items())
    say({"status": "done", "cases": len(answers), "verdicts": counts}, as_json, text)


@app.command()
def xmr(
    file: Path,
    direction: Annotated[str, typer.Option(help="The better direction: up or down.")] = "up",
    target: Annotated[float | None, typer.Option(help="The target, for the assurance icon.")] = None,
    as_json: AsJson = False,
) -> None:
    """The XmR chart of a CSV with period and value: limits, signals, variation, assurance."""
    from models.xmr import xmr as chart

    with readable(file.name):
        table = pd.read_csv(file)
    missing = {"period", "value"} - set(table.columns)
    if missing:
        raise Refused(f"{file.name}: the columns period and value are needed; missing: {', '.join(sorted(missing))}.")
    with readable(file.name):
        made = chart(table["value"].to_numpy(float), direction=direction, target=target)
    points = [
        {"period": str(period), "value": value, "signal": signal}
        for period, value, signal in zip(table["period"], made.points["value"], made.points["signal"], strict=True)
    ]
    document = {
        "mean": made.mean, "lower": made.lower, "upper": made.upper, "variation": made.variation,
        "assurance": made.assurance, "points": plain(points),
    }  # fmt: skip
    signals = sum(point["signal"] is not None for point in document["points"])
    text = f"mean {made.mean:g}, limits {made.lower:g} to {made.upper:g}; {made.variation.replace('_', ' ')}; "
    say(document, as_json, text + f"{signals} points with a signal")


@app.command()
def trend(
    context: typer.Context,
    kpi: str,
    at: Annotated[str, typer.Option("--at", help="The last day of the review, YYYY-MM-DD.")],
    segment: Annotated[str, typer.Option(help="One segment of the KPI.")] = "all",
    fiscal_year_end: Annotated[str, typer.Option(help="The last month of the fiscal year, like DEC.")] = "DEC",
    months: Annotated[
        Literal["trailing", "fiscal"], typer.Option(help="The twelve months shown: trailing or fiscal.")
    ] = "trailing",
    as_json: AsJson = False,
) -> None:
    """The weekly and monthly review of one KPI: six weeks, twelve months, and the year so far, beside last year."""
    from models.trend import trend_document
    from models.trend_windows import fiscal_month

    day = day_of(at)
    assert day is not None
    try:
        closing = fiscal_month(fiscal_year_end)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    found = opened(context).trend(kpi, day, segment=segment, fiscal_year_end=closing, months=months)
    lines = [found.weeks.to_string(index=False), found.months.to_string(index=False)]
    lines += [f"{name}: {value}" for name, value in found.totals.items()] + list(found.notes)
    say(trend_document(found), as_json, "\n".join(lines))
