"""Business stories, one folder each: OKRs and extracts in, expected figures out.

To add one, make a folder under tests/scenarios with `okrs.yaml`, the extracts (loaded in name order) and
`expected.yaml`: per extract its counts, per as-of day the headline and the key results' verdict, score and flags. An
extract's name may end in `@YYYY-MM-DD`, the day on which it was recorded.
"""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
import yaml

from workspace import LoadOptions, Workspace

HERE = Path(__file__).parent / "scenarios"


def recorded(path: Path) -> datetime | None:
    _, _, day = path.stem.partition("@")
    return datetime.fromisoformat(day) if day else None


@pytest.mark.parametrize("folder", sorted(path for path in HERE.iterdir() if path.is_dir()), ids=lambda path: path.name)
def test_scenario(folder, tmp_path):
    expected = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    workspace = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: datetime(2026, 12, 1, 12))
    imported = workspace.import_okrs("okrs.yaml", (folder / "okrs.yaml").read_bytes(), recorded_at=datetime(2026, 1, 1))
    assert imported.errors == []
    for path in sorted(folder.glob("*.csv")):
        options = LoadOptions(accept_partial=expected.get("accept_partial", False), recorded_at=recorded(path))
        loaded = workspace.load(path.name, path.read_bytes(), options)
        counts = {name: count for name, count in loaded.counts.items() if count}
        assert (loaded.status, counts) == (expected["loads"][path.name].pop("status"), expected["loads"][path.name])
    for day, wanted in expected["scorecards"].items():
        card = workspace.scorecard(expected["cycle"], day)
        assert card.headline == wanted["headline"]
        rows = card.key_results.set_index("id")
        for key_result, figures in wanted["key_results"].items():
            found = rows.loc[key_result]
            score = None if pd.isna(found["score"]) else round(float(found["score"]), 3)
            assert {"verdict": found["verdict"], "score": score, "flags": found["flags"]} == {"flags": [], **figures}
