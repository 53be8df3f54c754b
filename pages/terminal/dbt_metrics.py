"""Metrics that dbt defines, as KPIs to pull: dbt."""

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from models.language import tr, trn
from models.refused import Refused
from pages.terminal.answers import AsJson, say

app = typer.Typer()


@app.command()
def dbt(
    files: Annotated[list[Path], typer.Argument(help="YAML files of dbt's semantic layer, or folders of them.")],
    connection: Annotated[str, typer.Option(help="The connection of the warehouse file that holds the tables.")],
    schema: Annotated[str | None, typer.Option(help="Where dbt builds the tables, such as analytics.marts.")] = None,
    cadence: Annotated[str, typer.Option(help="day, week, month or quarter, where a metric says none.")] = "month",
    segment: Annotated[list[str] | None, typer.Option(help="A dimension to split by; may be said again.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the KPIs here; a warehouse file names it under more.")] = None,
    accept_partial: Annotated[bool, typer.Option("--accept-partial", help="Write although some are refused.")] = False,
    as_json: AsJson = False,
) -> None:
    """Turn the metrics of dbt's semantic layer into KPIs that `pull` computes; nothing is asked or stored."""
    from kpi_sources.dbt_kpis import Terms, kpis_of
    from kpi_sources.dbt_models import read_layer

    layer = read_layer({str(path): _read(path) for given in files for path in _all(given)}, schema)
    kpis, problems = kpis_of(layer, Terms(connection, cadence, tuple(segment or ())))
    refused = [problem for problem in problems if not problem.is_note]
    bodies = [kpi.model_dump(mode="json", exclude_defaults=True) for kpi in kpis]
    stopped = bool(refused) and not accept_partial
    if out and not stopped:
        out.write_text(yaml.safe_dump({"kpis": bodies}, sort_keys=False, allow_unicode=True), encoding="utf-8")
    document = {
        "status": "rejected" if stopped else "partial" if refused else "ok",
        "kpis": bodies,
        "errors": [_entry(one) for one in refused],
        "notes": [_entry(one) for one in problems if one.is_note],
        "written": str(out) if out and not stopped else None,
    }
    lines = [str(one) for one in problems]
    lines.append(trn("{count} metric can be pulled", "{count} metrics can be pulled", len(kpis)))
    if stopped:
        lines.append(tr("Nothing was written. --accept-partial writes those that can be pulled."))
    elif out:
        lines.append(tr("Written to {file}: read it, then name it under more: in the warehouse file.", file=out))
    else:
        lines.append(yaml.safe_dump({"kpis": bodies}, sort_keys=False, allow_unicode=True).rstrip())
    say(document, as_json, "\n".join(lines), refused=stopped or not kpis)


def _all(given: Path) -> list[Path]:
    if given.is_dir():
        return sorted(path for path in given.rglob("*") if path.suffix in (".yml", ".yaml"))
    return [given]


def _read(path: Path) -> str:
    from kpi_sources.okr_yaml import MAX_BYTES

    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refused(tr("{file} is larger than {most} bytes.", file=path, most=f"{MAX_BYTES:,}"))
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Refused(tr("cannot read {file}: {reason}.", file=path, reason=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise Refused(tr("{file} is not UTF-8.", file=path)) from error


def _entry(problem: Any) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "field": problem.field, "message": problem.message}
