"""What drives what: the KPI tree, and why a KPI changed."""

from typing import Annotated, Any

import pandas as pd
import typer

from pages.terminal.answers import AsJson, Day, day_of, opened, records, say

app = typer.Typer()
Against = Annotated[str, typer.Option(help="year: the same span a year earlier; previous: the periods just before.")]
_WORDS = {"sum": "part", "product": "factor", "ratio": "part", "influenced_by": "belief"}


@app.command("kpi-tree")
def kpi_tree(
    context: typer.Context,
    kpi: Annotated[str | None, typer.Option(help="The output; default the largest tree.")] = None,
    cycle: Annotated[str | None, typer.Option(help="The cycle; default the one that holds the as-of day.")] = None,
    against: Against = "year",
    as_of: Day = None,
    as_json: AsJson = False,
) -> None:
    """What feeds a KPI, how each moved this cycle, and how well the beliefs hold (correlation, not proof)."""
    tree = opened(context).kpi_tree(kpi, cycle, day_of(as_of), against)
    say(tree_document(tree), as_json, tree_lines(tree))


@app.command()
def decompose(
    context: typer.Context,
    kpi: Annotated[str, typer.Argument(help="A KPI that is made of others.")],
    start: Annotated[str, typer.Option("--from", help="First day of the span.")],
    end: Annotated[str, typer.Option("--to", help="Last day of the span.")],
    against: Against = "year",
    by_segment: Annotated[bool, typer.Option("--by-segment", help="Volume, mix and price between segments.")] = False,
    as_of: Day = None,
    as_json: AsJson = False,
) -> None:
    """Why a KPI changed: what each of its parts brought, adding up exactly."""
    first, last = day_of(start), day_of(end)
    found = opened(context).decompose(kpi, first, last, against, segments=by_segment, as_of=day_of(as_of))
    say(decomposition_document(found), as_json, decomposition_lines(found))


def decomposition_document(found: Any) -> dict[str, Any]:
    """The JSON of a decomposition; shares in percent."""
    parts = records(found.parts)
    for part in parts:
        part["share"] = None if part["share"] is None else 100 * part["share"]
    return {
        "kpi": found.kpi, "how": found.how, "against": found.against, "from": found.span[0], "to": found.span[1],
        "base_from": found.base[0], "base_to": found.base[1], "periods": found.periods, "left_out": found.left_out,
        "before": found.before, "after": found.after, "change": found.change, "not_explained": found.unexplained,
        "segments": list(found.segments), "parts": parts, "sentence": found.sentence,
    }  # fmt: skip


def decomposition_lines(found: Any) -> str:
    from models.amounts import signed

    rows = [f"{signed(row.effect):>14}  {row.name}" for row in found.parts.itertuples(index=False)]
    now, then = (f"{first:%Y-%m-%d} to {last:%Y-%m-%d}" for first, last in (found.span, found.base))
    left = f"; {found.left_out} more without every value are left out" if found.left_out else ""
    return "\n".join(
        [found.sentence, "", *rows, "", f"Periods that start {now} against {then}, {found.periods} each{left}."]
    )


def tree_document(tree: Any) -> dict[str, Any]:
    """The JSON of a tree: nodes in the order drawn, edges with contribution or lead and lag; changes in percent."""
    nodes = []
    for row in records(tree.nodes):
        movement = {name: row[name] for name in ("reason", "effect", "effect_relative", "lo", "hi", "n")}
        share = movement["effect_relative"]
        movement["effect_relative"] = None if share is None else 100 * share
        names = ("position", "parent", "depth", "kpi", "how", "sign", "lag", "again", "last", "last_period", "defined")
        nodes.append(
            {**{name: row[name] for name in names}, "name": row["kpi_name"], "unit": row["kpi_unit"],
             "owner": row["kpi_owner"], "movement": {"verdict": row["move_verdict"], **movement}}
        )  # fmt: skip
    edges = []
    for row in records(tree.edges):
        seen = tree.beliefs.get((row["output"], row["driver"]))
        row["share"] = None if row["share"] is None else 100 * row["share"]
        row["exact"] = seen is None
        row["correlation_not_proof"] = None
        if seen is not None:
            row["correlation_not_proof"] = {
                "strength": seen.strength, "correlation": seen.correlation, "lo": seen.lo, "hi": seen.hi,
                "lag": seen.lag, "cadence": seen.cadence, "n": seen.n, "sentence": seen.sentence,
            }  # fmt: skip
        edges.append(row)
    explained = {
        kpi: {"message": found} if isinstance(found, str) else decomposition_document(found)
        for kpi, found in tree.explained.items()
    }
    return {
        "kpi": tree.root, "cycle": tree.cycle.id, "as_of": tree.as_of, "against": tree.against, "nodes": nodes,
        "edges": edges, "explained": explained, "left_out": tree.left_out,
    }  # fmt: skip


def tree_lines(tree: Any) -> str:
    from models.amounts import percent, signed
    from models.lead_lag import STRENGTHS
    from models.verdict import MOVEMENTS

    edges = tree.edges.set_index(["output", "driver"])
    kpis = tree.nodes["kpi"].tolist()
    lines = [f"{tree.cycle.label}, as known on {tree.as_of}; contributions against the {tree.against} before", ""]
    for row in tree.nodes.to_dict("records"):
        word = MOVEMENTS[row["move_verdict"]]
        effect = f" {signed(row['effect'])} {row['kpi_unit']}".rstrip() if pd.notna(row["effect"]) else ""
        about = ""
        if row["parent"] >= 0:
            pair = (kpis[row["parent"]], row["kpi"])
            seen, edge = tree.beliefs.get(pair), edges.loc[pair]
            share = f", {percent(edge['share'])}" if pd.notna(edge["share"]) else ""
            brought = f"{signed(edge['contribution'])}{share}" if pd.notna(edge["contribution"]) else "unknown"
            said = f"{STRENGTHS[seen.strength].word.lower()}, correlation, not proof" if seen is not None else brought
            about = f"  [{_WORDS[row['how']]}: {said}]"
        indent = "   " * row["depth"]
        lines.append(f"{indent}{word.icon} {row['kpi_name']}: {word.word.lower()}{effect}{about}")
    found = [explained for explained in tree.explained.values() if not isinstance(explained, str)]
    return "\n".join([*lines, "", *(explained.sentence for explained in found)])
