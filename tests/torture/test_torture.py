"""The drills of `make torture` at a small budget, in a process that has never opened a database."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_kills_lose_nothing_and_everybody_at_once_sees_no_error():
    budget = {"NEEDLE_KILLS": os.environ.get("NEEDLE_KILLS", "1"), "NEEDLE_MINUTES": "0.1", "NEEDLE_READERS": "4"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture"],
        cwd=ROOT,
        env={**os.environ, **budget},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
