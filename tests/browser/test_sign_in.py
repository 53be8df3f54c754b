"""Sign-in against a real provider on this machine: what a signed-out visitor gets (nothing), and what ends a sign-in.

One server for the whole file. Signed-out visitors are tried first, on the fresh server, before anybody has signed in.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import websockets
from playwright.sync_api import Browser, expect

from models.kpi import Kpi
from models.okr import KeyResult, Objective, OkrFile
from tests.browser.conftest import PATIENCE, free_port, running
from workspace import Workspace

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
CANARIES = [f"canary{number:03}x" for number in range(200)]
PEOPLE = {"alice": ["bosses"], "bob": ["staff"], "carol": ["staff"], "mallory": []}
ACCESS = """
access:
  - {group: bosses, role: admin}
  - {email: bob@firm.example, role: viewer}
  - {email: carol@firm.example, role: contributor, teams: [canary001x]}
"""


def finished(work: Coroutine[Any, Any, Any]) -> Any:
    """What asynchronous work comes to; in a thread of its own, since Playwright keeps a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def fill(store) -> None:
    """A store in which everything that has a name is called after a canary."""
    names = iter(CANARIES)
    objectives = [
        Objective(id=next(names), title=next(names), team=next(names), cycle="2026-Q3", note=next(names),
                  key_results=[KeyResult(id=next(names), title=next(names), owner=next(names), target=2.0, baseline=1.0,
                                         kpi="k0")])
        for _ in range(20)
    ]  # fmt: skip
    kpis = [Kpi(id=f"k{number}", name=name) for number, name in enumerate(names)]
    workspace = Workspace(store)
    file = OkrFile(objectives=objectives, kpis=kpis)
    workspace.import_okrs("o.yaml", file.model_dump_json(exclude_defaults=True).encode())
    rows = "".join(f"k{number},2026-0{month},{number}\n" for number in range(3) for month in range(1, 9))
    workspace.load("canary199x.csv", f"kpi,period,value\n{rows}".encode())


@pytest.fixture(scope="module")
def gated(tmp_path_factory) -> Iterator[SimpleNamespace]:
    folder = tmp_path_factory.mktemp("gated")
    port, at = free_port(), free_port()
    (folder / "access.yaml").write_text(ACCESS)
    (folder / "secrets.toml").write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\nclient_id = "needle"\nclient_secret = "s"\n'
        'cookie_secret = "V3ry-l0ng-and-never-us3d-anywhere-else"\n'
        f'server_metadata_url = "http://localhost:{at}/.well-known/openid-configuration"\n'
    )
    claims = [
        json.dumps({"sub": name, "email": f"{name}@firm.example", "email_verified": True, "groups": groups})
        for name, groups in PEOPLE.items()
    ]
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(at), "-H", "localhost"]
    for claim in claims:
        command += ["--user-claims", claim]
    fill(folder / "needle.duckdb")
    provider = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    said = {"STREAMLIT_SECRETS_FILES": str(folder / "secrets.toml"), "NEEDLE_ACCESS": str(folder / "access.yaml")}
    try:
        with running(folder / "needle.duckdb", port, **said) as server:
            url = f"http://localhost:{port}"
            yield SimpleNamespace(url=url, port=port, folder=folder, store=server.store, log=server.log)
    finally:
        provider.terminate()
        provider.wait(timeout=20)


PATHS = [
    "/", "/scorecard", "/key-result?kr=pulse", "/trends", "/upload", "/loads?load=1", "/admin", "/data_health",
    "/pages/scorecard.py", "/dashboard", "/index.html", "/static/index.html", "/static/js/index.js", "/manifest.json",
    "/media/abc.csv", "/media/../needle.duckdb", "/component/needle_sheet/index.html", "/app/static/x",
    "/_stcore/bidi-components/needle_sheet/index.js", "/_stcore/host-config", "/_stcore/metrics", "/_stcore/health",
    "/_stcore/script-health-check", "/_stcore/message", "/_stcore/allowed-message-origins", "/_stcore/agent/mcp",
    "/_stcore/agent/openapi.json", "/_stcore/upload_file/s/f", "/scorecard/_stcore/health", "/x/_stcore/host-config",
    "/auth/login", "/auth/login?provider=default", "/auth/logout", "/oauth2callback", "/oauth2callback?code=x&state=y",
    "/sign-in/..", "/sign-in%2f..%2fscorecard", "/%2e%2e/needle.duckdb", "/..%2fdata%2fneedle.duckdb", "//evil.example",
    "/api", "/api/v1", "/api/v1/scorecard", "/api/v1/evidence?key_result=pulse", "/api/v1/openapi.json",
    "/api/v1/values", "/api/v1/health", "/api/v1/ready", "/api/../scorecard", "/api/v1/health/../scorecard",
    "/_stcore/health/../../scorecard", "/_STCORE/METRICS", "/Scorecard", "/_stcore/stream",
]  # fmt: skip
FORGED = {"_streamlit_user": "eyJpc19sb2dnZWRfaW4iOnRydWV9.aaaa.bbbb", "_streamlit_session": "x"}
OPEN = {"/_stcore/health", "/api/v1/health", "/api/v1/ready"}


def test_signed_out_visitors_get_the_sign_in_screen_and_nothing_else(gated) -> None:
    forged = {"cookie": "; ".join(f"{name}={value}" for name, value in FORGED.items())}
    tries = [("GET", {}), ("GET", {"accept": "text/html"}), ("GET", {**forged, "accept": "text/html"})]
    tries += [(method, forged) for method in ("POST", "PUT", "OPTIONS")]

    async def crawl() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=gated.url, timeout=30) as client:
            asked = [client.request(method, path, headers=heads) for path in PATHS for method, heads in tries]
            return await asyncio.gather(*asked)

    answers = finished(crawl())
    assert len(answers) == len(PATHS) * 6
    shown = [answer for answer in answers if answer.status_code == 200]
    assert {answer.request.url.path for answer in shown} == OPEN
    assert max(len(answer.text) for answer in shown) < 40
    seen = "\n".join(answer.text + str(answer.headers) for answer in answers)
    assert [canary for canary in CANARIES if canary in seen] == []
    assert seen.count("<h1>Did the needle move?</h1>") > 60


def test_signed_out_visitors_open_no_websocket_and_store_nothing(gated) -> None:
    async def opens(**more) -> str:
        try:
            async with websockets.connect(
                f"ws://localhost:{gated.port}/_stcore/stream", subprotocols=["streamlit"], **more
            ) as socket:
                return str(await asyncio.wait_for(socket.recv(), 5))
        except websockets.exceptions.InvalidStatus as refused:
            return str(refused.response.status_code)

    forged = {"Cookie": "; ".join(f"{k}={v}" for k, v in FORGED.items())}
    for more in ({}, {"origin": gated.url}, {"origin": gated.url, "additional_headers": forged}):
        assert finished(opens(**more)) == "403"
    before = gated.store.stat().st_mtime_ns
    with httpx.Client(base_url=gated.url, timeout=30) as client:
        for number in range(20):
            for method, path in (("PUT", f"/_stcore/upload_file/s{number}/f"), ("POST", "/api/v1/values")):
                files = {"file": ("evil.csv", b"x" * 100_000)}
                assert client.request(method, path, files=files).status_code == 401
    assert gated.store.stat().st_mtime_ns == before


def test_other_host_names_get_nothing(gated) -> None:
    answer = httpx.get(gated.url, headers={"host": f"evil.example:{gated.port}"})
    assert (answer.status_code, answer.json()["status"]) == (421, "rejected")


@contextmanager
def signed_in(gated, name: str) -> Iterator[httpx.Client]:
    """The dance with the provider, without a browser."""
    with httpx.Client(base_url=gated.url, timeout=60, follow_redirects=True) as client:
        asked = client.get("/sign-in")
        assert "/oauth2/authorize" in str(asked.url)
        client.post(str(asked.url), data={"sub": name})
        yield client


def with_cookies(gated, kept: dict[str, str]) -> httpx.Response:
    return httpx.get(f"{gated.url}/okrs", headers={"accept": "text/html"}, cookies=kept, timeout=60)


def html(client: httpx.Client, path: str) -> httpx.Response:
    return client.get(path, headers={"accept": "text/html"})


def test_signing_in_leads_to_the_page_that_was_asked_for_and_signing_out_ends_it(gated, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    page.on(
        "console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None
    )
    page.goto(f"{gated.url}/key-result?cycle=2026-Q3&kr=canary004x")
    expect(page.locator("h1")).to_have_text("Did the needle move?")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="alice").click()
    expect(page.locator("h1")).to_have_text("canary005x")
    expect(page).to_have_url(re.compile(r"/key-result\?.*kr=canary004x"))
    expect(page.get_by_test_id("stSidebar")).to_contain_text("alice@firm.example")
    kept = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
    assert with_cookies(gated, kept).status_code == 200
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("end_session"))
    page.goto(f"{gated.url}/key-result?kr=canary004x")
    expect(page.locator("h1")).to_have_text("Did the needle move?")
    assert with_cookies(gated, kept).status_code == 401
    assert wrong == []
    context.close()


def test_somebody_without_a_role_is_told_so(gated) -> None:
    with signed_in(gated, "mallory") as client:
        answer = html(client, "/okrs")
    assert answer.status_code == 403
    assert "mallory@firm.example is signed in, but has no role here" in answer.text


def test_taking_a_role_away_ends_open_pages_within_a_minute(gated) -> None:
    table = gated.folder / "access.yaml"

    async def until_closed(cookies: str) -> tuple[int | None, float]:
        async with websockets.connect(
            f"ws://localhost:{gated.port}/_stcore/stream", subprotocols=["streamlit"], origin=gated.url,
            additional_headers={"Cookie": cookies},
        ) as socket:  # fmt: skip
            table.write_text(ACCESS.replace("bob@firm.example", "gone@firm.example"))
            began = time.monotonic()
            await asyncio.wait_for(socket.wait_closed(), 60)
            return socket.close_code, time.monotonic() - began

    with signed_in(gated, "bob") as client:
        assert html(client, "/okrs").status_code == 200
        held = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)
        code, seconds = finished(until_closed(held))
        assert (code, seconds < 60) == (4401, True)
        assert html(client, "/okrs").status_code == 403
        table.write_text(ACCESS)
        assert html(client, "/okrs").status_code == 200


def test_the_log_is_json_lines_that_name_nobody_and_nothing(gated) -> None:
    text = gated.log.read_text()
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert {"at", "event", "request", "user", "method", "path", "status", "ms"} == set(lines[-1])
    assert [word for word in (*CANARIES, "firm.example", "V3ry-l0ng") if word in "".join(map(json.dumps, lines))] == []
