"""The drills of `make torture` at a small budget, in a process that has never opened a database.

Without NEEDLE_KILLS one kill of four kinds of writers, and a crowd for six seconds; with it, so many of every kind."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOME = ("bulk load", "check-in", "restore", "migration", "together")


def test_kills_lose_nothing_and_everybody_at_once_sees_no_error():
    budget = {"NEEDLE_KILLS": os.environ.get("NEEDLE_KILLS", "1"), "NEEDLE_MINUTES": "0.1", "NEEDLE_READERS": "4"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", *([] if "NEEDLE_KILLS" in os.environ else SOME)],
        cwd=ROOT,
        env={**os.environ, **budget},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
