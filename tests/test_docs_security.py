"""docs/security.md names a test for every line, and each of them exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_threat_is_held_by_a_test_that_exists():
    table = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").split("## Threats")[1].split("## What")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("|")][2:]
    assert len(rows) > 20
    exist = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row[4])
        assert named, row
        assert set(named) <= exist, set(named) - exist


def test_the_running_is_described_by_files_that_exist():
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    missing = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not (ROOT / "docs" / link).exists()]
    assert set(missing) <= {"backup-and-recovery.md"}
