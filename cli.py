"""Needle in a terminal: the same product, thin over workspace.py.

Every command takes --json, which prints one JSON document on stdout and nothing else; messages go to stderr.
Exit 0 when done, 1 when refused with a clear message, 2 for a wrong call.
"""

import json
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import typer

from models.refused import Refused

DEFAULT_STORE = Path(__file__).parent / "data" / "needle.duckdb"

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Day = Annotated[str | None, typer.Option("--as-of", help="As known at the end of this day, YYYY-MM-DD.")]


@dataclass
class Settings:
    db: Path


@app.callback()
def main(
    context: typer.Context,
    db: Annotated[Path | None, typer.Option("--db", help="The store; NEEDLE_DB in the environment.")] = None,
) -> None:
    """Did the needle move? Key results, their KPIs, and an honest verdict."""
    context.obj = Settings(db or Path(os.environ.get("NEEDLE_DB") or DEFAULT_STORE))


def opened(context: typer.Context) -> Any:
    from workspace import Workspace  # imported late: help and usage errors need none of it

    return Workspace(context.obj.db)


@app.command()
def sample(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="nordlys or wikimedia")] = "nordlys",
    folder: Annotated[Path | None, typer.Option("--from", help="Folder with the downloaded extracts.")] = None,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing where the store holds something.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fill an empty store with a sample company."""
    workspace = opened(context)
    if if_empty and not workspace.is_empty():
        say({"status": "unchanged"}, as_json, "The store holds something already; no sample was added.")
        return
    print(f"Filling the store with {name}; this takes about half a minute.", file=sys.stderr)
    result = workspace.fill_sample(name, folder)
    say(result, as_json, f"{name}: {result['files']} files, {result['counts']['accepted_new']:,} values.")


@app.command()
def read(
    context: typer.Context,
    file: Path,
    out: Annotated[Path | None, typer.Option(help="Write the tidy rows to this CSV.")] = None,
    catalog: Annotated[Path | None, typer.Option(help="CSV of the KPIs that exist.")] = None,
    segments: Annotated[Path | None, typer.Option(help="CSV of the segments that exist.")] = None,
    as_of: Day = None,
    mapping: Annotated[Path | None, typer.Option(help="YAML that names columns and formats.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read an extract without storing it."""
    from kpi_sources.catalog import Catalog
    from kpi_sources.extract import read_extract

    extract = read_extract(
        contents(file),
        file.name,
        mapping=mapping_of(mapping),
        catalog=Catalog.from_csv(catalog, segments) if catalog else None,
        as_of=day_of(as_of) or today(),
        trusted=True,
    )
    if out and extract.status == "ok":
        exact = [
            text or decimal_text(value)
            for text, value in zip(extract.rows["exact"], extract.rows["value"], strict=True)
        ]
        rows = extract.rows.assign(value=exact)
        rows[["kpi", "period", "value", "segment"]].to_csv(out, index=False)
    errors = [
        {"line": p.line, "cell": p.cell, "column": p.column, "code": p.code, "message": p.message}
        for p in extract.errors
    ]
    document = {
        "status": extract.status,
        "rows": len(extract.rows) if extract.status == "ok" else 0,
        "layout": extract.layout,
        "errors": errors,
        "questions": [asdict(question) for question in extract.questions],
        "warnings": [problem.message for problem in extract.warnings],
    }
    lines = [extract.layout, f"{extract.status}: {document['rows']} rows"]
    lines += [placed(p.line, p.message) for p in extract.errors] + [q.message for q in extract.questions]
    say(document, as_json, "\n".join(lines), refused=extract.status != "ok")


@app.command()
def load(
    context: typer.Context,
    files: Annotated[list[Path] | None, typer.Argument(help="None: what waits in the source's folder.")] = None,
    create_kpis: Annotated[bool, typer.Option("--create-kpis", help="Define KPIs that are not known yet.")] = False,
    accept_partial: Annotated[bool, typer.Option("--accept-partial", help="Store the good rows of bad files.")] = False,
    recorded_at: Annotated[str | None, typer.Option(help="Moment of the load, for replaying history.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="YAML that names columns and formats.")] = None,
    source: Annotated[str | None, typer.Option(help="Name of the source the files come from.")] = None,
    catalog: Annotated[
        Path | None, typer.Option(help="CSV of KPI definitions, recorded before the files load.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read, check and store extracts; each file is all or nothing."""
    from workspace import LoadOptions

    options = LoadOptions(
        mapping_of(mapping), source, create_kpis, accept_partial, moment_of(recorded_at), trusted=True
    )
    workspace = opened(context)
    if catalog:
        from kpi_sources.kpi_definitions import read_kpi_definitions

        workspace.define_kpis(read_kpi_definitions(catalog))
    if not files:
        if not source:
            raise typer.BadParameter("give files, or --source NAME of a source whose folder is watched")
        files = workspace.waiting_files(source)
        accepts = next(s for s in workspace.sources() if s.id == source).accept_partial
        options = replace(options, accept_partial=accept_partial or accepts)
    results = [workspace.load_path(file, options) for file in files]
    document = {"loads": [load_document(result) for result in results]}
    lines = [load_lines(entry) for entry in document["loads"]]
    good = {"stored", "partial", "already_loaded"}
    say(document, as_json, "\n".join(lines), refused=any(result.status not in good for result in results))


def load_document(result: Any) -> dict[str, Any]:
    extract = result.intake.extract
    return {
        "load_id": result.load_id,
        "file": result.file,
        "sha256": extract.sha256,
        "status": result.status,
        "layout": extract.layout,
        "counts": result.counts,
        "rejected": result.rejected,
        "questions": [asdict(question) for question in extract.questions],
        "warnings": [problem.message for problem in result.intake.warnings],
    }


def load_lines(entry: dict[str, Any]) -> str:
    number = f" as load {entry['load_id']}" if entry["load_id"] else ""
    counts = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in entry["counts"].items() if value)
    lines = [f"{entry['file']}: {entry['status'].replace('_', ' ')}{number}" + (f" ({counts})" if counts else "")]
    lines += [f"  {placed(row['row'], row['reason'])}" for row in entry["rejected"][:20]]
    if len(entry["rejected"]) > 20:
        lines.append(f"  and {len(entry['rejected']) - 20} more; --json shows all")
    return "\n".join(lines + [f"  {question['message']}" for question in entry["questions"]])


@app.command(name="define-source")
def define_source(
    context: typer.Context,
    name: str,
    folder: Annotated[Path | None, typer.Option(help="The folder in which its files arrive.")] = None,
    pattern: Annotated[str, typer.Option(help="Which files of the folder, like sales_*.csv.")] = "*",
    mapping: Annotated[Path | None, typer.Option(help="YAML that names columns and formats.")] = None,
    expect: Annotated[Path | None, typer.Option(help="YAML of what is expected of its files.")] = None,
    create_kpis: Annotated[bool, typer.Option("--create-kpis", help="Define KPIs that are not known yet.")] = False,
    accept_partial: Annotated[bool, typer.Option("--accept-partial", help="Store the good rows of bad files.")] = False,
    as_json: AsJson = False,
) -> None:
    """Keep how a source is read and where its files arrive; `load --source NAME` then loads what is new."""
    from kpi_sources.source_expectations import SourceExpectations
    from models.source import Source

    declared = mapping_of(mapping)
    expected = SourceExpectations.from_yaml(contents(expect).decode()) if expect else SourceExpectations()
    source = Source(
        id=name,
        folder=str(folder.resolve()) if folder else None,
        pattern=pattern,
        mapping=declared.to_dict() if declared else {},
        expectations=expected.model_dump(mode="json", exclude_defaults=True),
        create_kpis=create_kpis,
        accept_partial=accept_partial,
    )
    result = opened(context).define_source(source)
    say(result, as_json, f"Source {name}: {result['status']}.")


@app.command()
def undo(context: typer.Context, load_id: int, as_json: AsJson = False) -> None:
    """Take a load back; it stays on record."""
    result = opened(context).undo(load_id)
    say(result, as_json, f"Load {load_id} ({result['file']}) taken back: {result['values']:,} values.")


@app.command()
def loads(context: typer.Context, as_json: AsJson = False) -> None:
    """List the loads, newest first."""
    frame = opened(context).loads()
    shown = frame[["load_id", "recorded_at", "file", "status", "accepted_new", "restated", "rejected", "undone_at"]]
    say({"loads": records(frame)}, as_json, shown.to_string(index=False) if len(frame) else "No loads yet.")


@app.command(name="import-okrs")
def import_okrs(
    context: typer.Context,
    file: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; store nothing.")] = False,
    catalog: Annotated[Path | None, typer.Option(help="With --dry-run: CSV of the KPIs that exist.")] = None,
    segments: Annotated[Path | None, typer.Option(help="With --dry-run: CSV of the segments that exist.")] = None,
    recorded_at: Annotated[str | None, typer.Option(help="Moment of the import, for replaying history.")] = None,
    as_json: AsJson = False,
) -> None:
    """Import OKR definitions; prints what changes first."""
    if dry_run and catalog:  # judges a file without a store
        from kpi_sources.extract import Catalog
        from kpi_sources.okr_file import read_okr_file

        known = Catalog.from_csv(catalog, segments)
        reading = read_okr_file(contents(file), file.name, as_of=today(), catalog=known)
        status, errors, notes, changes = ("dry_run" if reading.file else "rejected"), reading.errors, reading.notes, []
        key_results = [kr for o in reading.file.objectives for kr in o.key_results] if reading.file else []
    else:
        done = opened(context).import_okrs(
            file.name, contents(file), dry_run=dry_run, recorded_at=moment_of(recorded_at)
        )
        status, errors, notes = done.status, done.errors, done.notes
        changes, key_results = done.changes, done.key_results
    document = {
        "status": status,
        "errors": [asdict(error) for error in errors],
        "notes": notes,
        "changes": [asdict(change) for change in changes],
        "key_results": [
            {"id": kr.id, "kpi": kr.kpi, "segment": kr.segment, "baseline": kr.baseline, "target": kr.target}
            for kr in key_results
        ],
    }
    lines = (
        [f"{placed(error.line, error.message)}" for error in errors] + [change.sentence for change in changes] + notes
    )
    lines.append(f"{file.name}: {status.replace('_', ' ')}")
    say(document, as_json, "\n".join(lines), refused=status == "rejected")


@app.command(name="check-in")
def check_in(
    context: typer.Context,
    key_result: str,
    value: Annotated[float | None, typer.Option(help="The key result's value on that day.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="The day, YYYY-MM-DD; default today.")] = None,
    confidence: Annotated[float | None, typer.Option(help="The owner's confidence, 0 to 10.")] = None,
    note: Annotated[str, typer.Option(help="A sentence on what happened.")] = "",
    as_json: AsJson = False,
) -> None:
    """Record a check-in on a key result."""
    result = opened(context).check_in(key_result, value, day_of(at) or today(), confidence, note)
    say(result, as_json, f"Check-in on {key_result} recorded for {result['at']}.")


@app.command()
def score(
    context: typer.Context,
    cycle: Annotated[str | None, typer.Option(help="The cycle; default the one that holds the as-of day.")] = None,
    as_of: Day = None,
    team: Annotated[str | None, typer.Option(help="One team only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the scorecard."""
    card = opened(context).scorecard(cycle, day_of(as_of), team)
    say(score_document(card), as_json, score_lines(card))


def score_document(card: Any) -> dict[str, Any]:
    """The contract's JSON of a scorecard."""
    key_results = []
    for row in records(card.key_results):
        entry = {
            name: row[name]
            for name in (
                "id", "objective", "title", "team", "score", "score_original_target", "progress", "pace", "pace_word",
                "passed", "baseline", "target", "current", "verdict", "flags", "flag_notes", "so_far", "sentence",
                "told_from", "confidence", "illustrative",
            )
        }  # fmt: skip
        entry["movement"] = None
        if row["move_verdict"] is not None:
            names = ("kpi", "segment", "effect", "effect_relative", "lo", "hi", "expected", "actual", "n")
            entry["movement"] = {"verdict": row["move_verdict"], **{name: row[name] for name in names}}
            entry["movement"]["n"] = int(row["n"] or 0)
            share = entry["movement"]["effect_relative"]
            entry["movement"]["effect_relative"] = None if share is None else 100 * share  # changes are in percent
        key_results.append(entry)
    objectives = records(card.objectives[["id", "title", "team", "level", "score", "band", "unknown", "hints"]])
    return {
        "cycle": card.cycle.id,
        "start": card.cycle.start,
        "end": card.cycle.end,
        "as_of": card.as_of,
        "team": card.team,
        "data_version": card.data_version,
        "policy": card.policy.as_dict(),
        "headline": card.headline,
        "notes": card.notes,
        "objectives": objectives,
        "key_results": key_results,
    }


def score_lines(card: Any) -> str:
    from models.verdict import FLAGS, VERDICTS

    lines = [f"{card.cycle.label}, as known on {card.as_of}", card.headline, ""]
    for objective in card.objectives.to_dict("records"):
        known = "unknown" if pd.isna(objective["score"]) else f"{objective['score']:.2f}"
        lines.append(f"{known:>7}  {objective['title']} ({objective['team_name'] or 'no team'})")
        mine = card.key_results[card.key_results["objective"] == objective["id"]]
        for row in mine.to_dict("records"):
            value = "unknown" if pd.isna(row["score"]) else f"{row['score']:.2f}"
            flags = "".join(f" [{FLAGS[flag].word}]" for flag in row["flags"])
            lines.append(f"{value:>9}  {VERDICTS[row['verdict']].icon} {row['verdict_word']}{flags}: {row['title']}")
            lines.append(f"           {row['sentence']}")
    return "\n".join([*lines, "", *card.notes])


@app.command()
def report(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--to", help="The file; its name ends with .html, .pdf, .pptx, .xlsx or .csv.")],
    cycle: Annotated[str | None, typer.Option(help="The cycle; default the one that holds the as-of day.")] = None,
    as_of: Day = None,
    team: Annotated[str | None, typer.Option(help="One team only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the scorecard to print or send."""
    from pages.exports.report import kind_of, report_bytes, series_needed

    kind = kind_of(to.name)
    workspace = opened(context)
    card = workspace.scorecard(cycle, day_of(as_of), team)
    made = report_bytes(card, workspace.series_many(series_needed(card), card.as_of), kind)
    try:
        to.write_bytes(made)
    except OSError as error:
        raise SystemExit(f"needle: cannot write {to}: {error.strerror}.") from error
    document = {
        "status": "written", "file": str(to), "bytes": len(made), "cycle": card.cycle.id, "as_of": card.as_of,
        "data_version": card.data_version, "key_results": len(card.key_results),
    }  # fmt: skip
    say(document, as_json, f"{card.cycle.label} as known on {card.as_of}: {to} ({len(made):,} bytes).")


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


@app.command(name="plan-check")
def plan_check(
    context: typer.Context,
    kpi: Annotated[str, typer.Option(help="The KPI that the key result is to move.")],
    cycle: Annotated[str, typer.Option(help="The cycle, like 2027-Q1.")],
    target: Annotated[float | None, typer.Option(help="The value to be reached.")] = None,
    segment: Annotated[str, typer.Option(help="One segment of the KPI.")] = "all",
    reading: Annotated[
        Literal["last", "mean", "sum", "trailing"], typer.Option(help="How the key result reads the KPI.")
    ] = "last",
    trailing: Annotated[int | None, typer.Option(help="With reading trailing: how many periods.")] = None,
    as_json: AsJson = False,
) -> None:
    """Is a target worth setting? What could be seen, and what luck alone would bring."""
    found = opened(context).plan_check(kpi, cycle, target, segment=segment, reading=reading, trailing=trailing)
    document = {
        "smallest_detectable_change": 100 * found.smallest_detectable_change,
        "weeks_needed": found.weeks_needed,
        "chance_by_luck": found.chance_by_luck,
        "chance_of_target": found.chance_of_target,
        "n": found.n,
        "wanted_change": 100 * found.wanted,
        "reason": found.reason,
        "sentence": found.sentence(kpi),
    }
    say(document, as_json, document["sentence"])


@app.command()
def export(context: typer.Context, file: Path, as_json: AsJson = False) -> None:
    """Write the definitions in force as an OKR file."""
    text = opened(context).export()
    file.write_text(text, encoding="utf-8")
    say(
        {"status": "exported", "file": str(file), "lines": text.count("\n")}, as_json, f"Definitions written to {file}."
    )


@app.command()
def backup(context: typer.Context, file: Path, as_json: AsJson = False) -> None:
    """Copy the store to a file, whole or not at all."""
    result = opened(context).back_up(file)
    say(result, as_json, f"Store copied to {file} ({result['bytes']:,} bytes).")


@app.command()
def restore(context: typer.Context, file: Path, as_json: AsJson = False) -> None:
    """Put a backup in the store's place; the store before stays beside it."""
    result = opened(context).restore(file)
    say(result, as_json, f"Store restored from {file}; {result['rules_checked']} rules checked.")


@app.command()
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Verify that the store holds together."""
    findings = opened(context).check()
    broken = [finding for finding in findings if finding.broken]
    document = {"status": "broken" if broken else "sound", "rules": [asdict(finding) for finding in findings]}
    lines = [f"{finding.broken} break the rule that {finding.rule}: {finding.example}" for finding in broken]
    text = "\n".join(lines) or f"The store holds together: {len(findings)} rules checked."
    say(document, as_json, text, refused=bool(broken))


# -- what all commands share -------------------------------------------------------------------------------------------


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


def mapping_of(path: Path | None) -> Any:
    from kpi_sources.mapping import Mapping

    return Mapping.from_yaml(contents(path).decode()) if path else None


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
        from datetime import UTC

        return moment.astimezone(UTC).replace(tzinfo=None)
    return moment


def today() -> date:
    from workspace import utc_now

    return utc_now().date()


def placed(line: int | None, text: str) -> str:
    """A message with its line in front, unless it names its place itself."""
    return text if line is None or text.startswith(("line ", "cell ", "row ")) else f"line {line}: {text}"


def run() -> None:
    """Run a command; our own refusals are one line, anything else is a bug and keeps its traceback."""
    from data.gate import StoreError
    from kpi_sources.catalog import CatalogError
    from kpi_sources.mapping import MappingError
    from kpi_sources.source_expectations import SourceExpectationsError

    try:
        app()
    except (Refused, StoreError, MappingError, CatalogError, SourceExpectationsError) as error:
        if "--json" in sys.argv:
            print(json.dumps({"status": "rejected", "message": str(error)}, ensure_ascii=False))
        print(f"needle: {error}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    run()
