"""Extracts in: read, load, named sources, loads and taking one back."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from pages.terminal.answers import (
    AsJson,
    Day,
    contents,
    day_of,
    decimal_text,
    moment_of,
    opened,
    placed,
    records,
    say,
    today,
)

app = typer.Typer()


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


def mapping_of(path: Path | None) -> Any:
    from kpi_sources.mapping import Mapping

    return Mapping.from_yaml(contents(path).decode()) if path else None
