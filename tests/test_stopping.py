"""SIGTERM while values are being stored: the server ends with 0, and the load is there whole or not at all."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import date, timedelta
from pathlib import Path

from models.kpi import Kpi
from workspace import Workspace

ROOT = Path(__file__).parents[1]
PATIENCE = 90.0  # seconds, for a slow machine
VALUES = 20_000


def test_a_stop_in_the_midst_of_a_load_finishes_it_or_leaves_nothing(tmp_path):
    workspace = Workspace(tmp_path / "s.duckdb", who="ann")
    kpis = [f"k{number}" for number in range(10)]
    workspace.define_kpis([Kpi(id=kpi, cadence="day") for kpi in kpis])
    token = workspace.make_token("pusher", ["push"], 1)["token"]
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(VALUES // len(kpis))]
    values = [{"kpi": kpi, "period": day.isoformat(), "value": 1.5} for kpi in kpis for day in days]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "server.py",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            words, cwd=ROOT, env={**os.environ, "NEEDLE_DB": str(workspace.store.path)}, stdout=log, stderr=log
        )
        try:
            answers: list[int] = []
            at = f"http://127.0.0.1:{port}"
            wait_for(f"{at}/_stcore/health", server)
            pushing = threading.Thread(target=push, args=(f"{at}/api/v1/values", token, values, answers))
            pushing.start()
            time.sleep(0.7)
            server.send_signal(signal.SIGTERM)
            ended = server.wait(timeout=PATIENCE)
            pushing.join(timeout=PATIENCE)
        finally:
            server.kill()
    said = (tmp_path / "log").read_text()
    assert (ended, "Traceback" in said) == (0, False), said
    loads = Workspace(workspace.store.path).loads()
    assert loads["accepted_new"].tolist() in ([], [VALUES])
    if answers == [200]:
        assert len(loads) == 1, "what was acknowledged is there"
    assert not [finding for finding in workspace.check() if finding.broken]


def push(url: str, token: str, values: list[dict], answers: list[int]) -> None:
    body = json.dumps({"source": "crm", "values": values}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=PATIENCE) as answer:
            answers.append(answer.status)
    except OSError:
        pass  # the server went away before it answered


def wait_for(url: str, server: subprocess.Popen) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert server.poll() is None, "the server did not start"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer")
