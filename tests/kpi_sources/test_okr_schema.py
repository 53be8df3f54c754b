"""The shipped JSON Schema is current and accepts what the reader accepts."""

from pathlib import Path

import jsonschema
import pytest

from kpi_sources.okr_schema import okr_schema, schema_text

SHIPPED = Path(__file__).parents[2] / "docs" / "okrs.schema.json"


def test_the_shipped_schema_is_current():
    assert SHIPPED.read_text() == schema_text(), "run: python -m kpi_sources.okr_schema > docs/okrs.schema.json"


def test_every_field_has_a_word_of_help():
    schema = okr_schema()
    bodies = [body for name, body in schema["$defs"].items() if name != "Band"] + [
        schema,
        schema["$defs"]["Band"]["anyOf"][1],
    ]
    assert [name for body in bodies for name, field in body["properties"].items() if not field["description"]] == []


def test_the_schema_judges_as_the_reader_does():
    good = {
        "cycles": [{"id": 2026}, {"id": "2026-Q3", "start": "2026-07-01", "end": "2026-09-30"}],
        "kpis": [{"id": "NPS", "range": [-100, None], "min_change": "2%"}],
        "objectives": [{"id": "a", "key_results": [{"id": "b", "kpi": "NPS", "baseline": "auto", "target": 70}]}],
    }
    jsonschema.Draft202012Validator.check_schema(okr_schema())
    jsonschema.validate(good, okr_schema())
    for bad in ({"goals": []}, {"objectives": [{"title": "no id"}]}, {"objectives": [{"id": "a", "level": "hard"}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, okr_schema())
