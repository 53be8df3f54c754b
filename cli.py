"""Needle in a terminal: the same product, thin over workspace.py.

Every command takes --json, which prints one JSON document on stdout and nothing else; messages go to stderr.
Exit 0 when done, 1 when refused with a clear message, 2 for a wrong call.
"""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from models.refused import Refused
from pages.terminal import (
    comparing,
    dbt_metrics,
    definitions,
    digest,
    driving,
    events,
    instruments,
    keeping,
    kpis,
    learning,
    loading,
    okrs,
    planning,
    pulling,
    review,
    running,
    telling,
    tokens,
    tracing,
    trade_offs,
)
from pages.terminal.answers import AsJson, Settings, opened, say

DEFAULT_STORE = Path(__file__).parent / "data" / "needle.duckdb"

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@app.callback()
def main(
    context: typer.Context,
    db: Annotated[Path | None, typer.Option("--db", help="The store; NEEDLE_DB in the environment.")] = None,
    lang: Annotated[
        str | None,
        typer.Option("--lang", help="Language of sentences, such as sv; NEEDLE_LANG in the environment."),
    ] = None,
) -> None:
    """Did the needle move? Key results, their KPIs, and an honest verdict."""
    _speak(lang or os.environ.get("NEEDLE_LANG") or "en")
    context.obj = Settings(db or Path(os.environ.get("NEEDLE_DB") or DEFAULT_STORE), _open)


def _speak(code: str) -> None:
    """Sentences in another language; codes, keys and the numbers of --json are the same in every language."""
    if code == "en":
        return
    from models.language import speak
    from pages.parts import languages  # imported late: Babel takes a while

    if code not in languages.codes():
        raise typer.BadParameter(f"there is no language {code!r}; there are {', '.join(languages.codes())}")
    speak(languages.language(code))


def _open(path: Path) -> Any:
    from workspace import Workspace  # imported late: help and usage errors need none of it

    return Workspace(path)


@app.command()
def sample(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="nordlys, wikimedia or big")] = "nordlys",
    folder: Annotated[Path | None, typer.Option("--from", help="Folder with the downloaded extracts.")] = None,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing where the store holds something.")] = False,
    kpis: Annotated[int, typer.Option(help="Of big: how many KPIs.")] = 1_000,
    days: Annotated[int, typer.Option(help="Of big: how many days of history.")] = 730,
    key_results: Annotated[int, typer.Option(help="Of big: how many key results.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Fill an empty store with a sample company."""
    from data.samples.big import Size

    workspace = opened(context)
    if if_empty and not workspace.is_empty():
        say({"status": "unchanged"}, as_json, "The store holds something already; no sample was added.")
        return
    takes = "seconds to minutes, by its size" if name == "big" else "about half a minute"
    print(f"Filling the store with {name}; this takes {takes}.", file=sys.stderr)
    result = workspace.fill_sample(name, folder, size=Size(kpis, days, key_results))
    say(result, as_json, f"{name}: {result['files']} files, {result['counts']['accepted_new']:,} values.")


for group in (
    loading,
    pulling,
    dbt_metrics,
    definitions,
    planning,
    running,
    review,
    okrs,
    comparing,
    telling,
    digest,
    trade_offs,
    instruments,
    kpis,
    driving,
    learning,
    keeping,
    events,
    tokens,
    tracing,
):
    app.add_typer(group.app)


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
