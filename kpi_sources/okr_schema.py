"""The JSON Schema of okrs.yaml, generated from the definitions, for editors that complete and check while one types.

`python -m kpi_sources.okr_schema > docs/okrs.schema.json` writes the shipped copy.
"""

import json
from typing import Any

from models.okr import OkrFile

HELP = {
    "OkrFile": {
        "teams": "Teams, each with the team above it.",
        "cycles": "Named periods; 2026, 2026-H1, 2026-Q3 and 2026-07 need no dates.",
        "kpis": "Long-lived metrics that key results are linked to.",
        "statuses": "The words for where work stands, instead of the usual seven.",
        "objectives": "What the teams want to reach, with their key results.",
    },
    "Team": {
        "id": "Short unique name.",
        "name": "Name on screen.",
        "parent": "Id of the team above.",
        "private": "true: only the team, those above it and admins see its objectives.",
        "check_in_every": "Weeks from one check-in to the next: 1 or 2.",
        "check_in_on": "Weekday of the check-ins; without one they are due so long after the last.",
    },
    "Cycle": {
        "id": "Unique name, such as 2026-Q3.",
        "name": "Name on screen.",
        "start": "First day.",
        "end": "Last day, inside the cycle.",
        "parent": "Id of the longer cycle that holds this one.",
    },
    "Kpi": {
        "id": "Name of the KPI as it stands in the extracts.",
        "name": "Name on screen.",
        "description": "What is counted, in words.",
        "unit": "%, points, users, or a currency code.",
        "direction": "Which way is better.",
        "cadence": "How often a value comes.",
        "aggregation": "How periods are put together; a ratio needs numerator and denominator.",
        "numerator": "Id of the KPI above the line of a ratio.",
        "denominator": "Id of the KPI below the line of a ratio.",
        "range": "Values that are possible at all, [low, high]; others are refused when loaded.",
        "band": "Where a KPI with direction in_band should stay, [low, high].",
        "min_change": "Smallest change that matters: 2% of the level, or a number in the KPI's unit.",
        "owner": "Id of the team that owns the KPI.",
        "source": "Name of the source that delivers it.",
        "made_of": "The arithmetic that gives it, from other KPIs in the same periods.",
        "influenced_by": "KPIs that are believed to drive it; shown as beliefs and held against the data.",
        "leading": "Whether it moves ahead of the outcome.",
        "to_be_defined": "True while nobody has completed the definition.",
        "illustrative": "True where the definition is an example, not a fact.",
    },
    "MadeOf": {
        "how": "sum, product, or ratio (numerator first). A percentage in a product or ratio counts as a share.",
        "of": "Ids of the KPIs it is made of; exactly two for a ratio.",
        "less": "For a sum: ids of the KPIs that are subtracted.",
    },
    "Influence": {
        "kpi": "Id of the KPI that is believed to drive this one.",
        "lag": "Days until that is expected to show.",
    },
    "Objective": {
        "id": "Short unique name.",
        "title": "The aim, in words.",
        "team": "Id of the team; company if none is given.",
        "cycle": "Id of the cycle; the quarter of the import if none is given.",
        "level": "committed (all of it) or aspirational (0.7 of it is a win).",
        "parent": "Id of the objective that it supports.",
        "private": "true: only the team, those above it and admins see it.",
        "owner": "Who answers for it.",
        "tags": "Words to find it by.",
        "draft": "True while it is discussed; a draft stands on no scorecard.",
        "illustrative": "True where it is an example, not a published fact.",
        "note": "Anything a reader should know.",
        "key_results": "How one sees that the objective is reached.",
    },
    "KeyResult": {
        "id": "Short name, unique over all objectives.",
        "title": "The result, in words.",
        "owner": "Who answers for it.",
        "kind": "Guessed from the other fields if not given.",
        "format": "How the value is shown.",
        "currency": "Code of the currency, such as EUR.",
        "kpi": "Short for links with the roles measure and outcome to this KPI.",
        "segment": "Segment of that KPI; all if none is given.",
        "baseline": "Value at the start, or auto: read from the window before the cycle.",
        "target": "Value to reach.",
        "band": "Where the value must stay, [low, high], for kind maintain.",
        "reading": "How the value is read from the measure KPI.",
        "trailing": "Number of periods, for reading trailing.",
        "weight": "Share in the objective's score; free positive numbers, 0 leaves it out.",
        "links": "KPIs with their roles; the first outcome is the one judged.",
        "stages": "Stages of kind milestone.",
        "checkpoints": "Progress expected on days, where it is not linear.",
        "depends_on": "Key results that this one waits for.",
        "due": "Day on which it should be reached, if before the cycle's end.",
        "done": "Day on which a yes_no was done.",
        "continues": "Id of the key result of an earlier cycle that this one carries on.",
        "tags": "Words to find it by.",
        "illustrative": "True where it is an example, not a published fact.",
        "note": "Anything a reader should know.",
    },
    "Status": {
        "id": "Short unique name.",
        "name": "Name on screen.",
        "icon": "One sign that stands beside the word.",
        "tone": "Its colour: good, bad, warn or neutral.",
        "ended": "True where nothing more is expected, as when done or dropped.",
        "retired": "True where it is no longer offered; what was said with it can still be read.",
    },
    "Dependency": {
        "on": "Id of the other key result.",
        "needed_by": "Day on which it is wanted.",
        "note": "What exactly is needed.",
    },
    "Link": {
        "kpi": "Id of the KPI.",
        "role": "measure: the value is read here; outcome: meant to move; guardrail: must not get worse; "
        "control: comparable, but out of the work's reach.",
        "lag": "Days until an effect can show.",
        "segment": "Segment of the KPI; all if none is given.",
    },
    "Stage": {"title": "The stage, in words.", "weight": "Its share.", "due": "Day planned.", "done": "Day finished."},
    "Checkpoint": {"on": "Day.", "progress": "Progress expected by then, 0 to 1."},
    "Band": {"low": "Lowest value, inside.", "high": "Highest value, inside."},
}


def okr_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the OKR file, with a word of help for every field."""
    schema = OkrFile.model_json_schema()
    definitions = schema.pop("$defs")
    for name, definition in [*definitions.items(), ("OkrFile", schema)]:
        definition.pop("description", None)  # written for programmers
        for field_name, body in definition["properties"].items():
            body.pop("title", None)
            body["description"] = HELP[name][field_name]
    cycle = definitions["Cycle"]
    cycle["required"] = ["id"]  # the dates follow from a usual name
    number_or_null = {"anyOf": [{"type": "number"}, {"type": "null"}]}
    pair = {"type": "array", "items": number_or_null, "minItems": 2, "maxItems": 2}
    band = definitions["Band"]
    definitions["Band"] = {"title": "Band", "anyOf": [pair, band]}
    for body in (cycle["properties"]["id"], definitions["Objective"]["properties"]["cycle"]):
        _also_whole_numbers(body)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Needle OKR file (okrs.yaml)",
        **{key: value for key, value in schema.items() if key != "title"},
        "$defs": definitions,
    }


def schema_text() -> str:
    return json.dumps(okr_schema(), indent=2, ensure_ascii=False) + "\n"


def _also_whole_numbers(body: dict[str, Any]) -> None:
    """A cycle named by its year may be written as a bare 2026."""
    if "anyOf" in body:
        body["anyOf"].append({"type": "integer"})
    else:
        text = {key: body.pop(key) for key in ("type", "minLength", "maxLength")}
        body["anyOf"] = [text, {"type": "integer"}]


if __name__ == "__main__":
    print(schema_text(), end="")
