"""The audit says what was kept in words, and leaves alone what is no record."""

import pytest

from pages.audit import told


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ('{"status": "done"}', "status: done"),
        ('{"status": "done", "note": "Everyone; at last"}', "status: done; note: Everyone; at last"),
        ('{"value": 6.5, "confidence": 10, "draft": true}', "value: 6.5; confidence: 10; draft: true"),
        ('{"tags": ["churn", "Göteborg"], "stages": [{"title": "Portal"}]}',
         'tags: churn, Göteborg; stages: [{"title": "Portal"}]'),
        ("{unfinished", "{unfinished"),
        ("42", "42"),
        (None, None),
    ],
)  # fmt: skip
def test_a_record_is_told_without_the_signs_of_json(kept, said):
    assert told(kept) == said
