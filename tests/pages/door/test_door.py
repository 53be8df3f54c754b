"""The parts of the front door one by one: settings, access file, sessions on a made clock, the screens, the log."""

import asyncio
import json
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from streamlit.testing.v1 import AppTest

from models.access import read_access
from models.refused import Refused
from models.roles import Person
from pages.door import log, screens, settings
from pages.door.access_file import AccessFile
from pages.door.headers import HEADERS, SecurityHeaders
from pages.door.hosts import OnlyHosts
from pages.door.sessions import COOKIE, Sessions

ROOT = Path(__file__).parents[3]
SECRET = "V3ry-l0ng-and-never-us3d-anywhere-else"
AUTH = {
    "redirect_uri": "https://needle.example/oauth2callback", "cookie_secret": SECRET, "client_id": "c",
    "client_secret": "s", "server_metadata_url": "https://id.example/.well-known/openid-configuration",
}  # fmt: skip
TABLE = {
    "access": [
        {"email": "Ann@Firm.example", "role": "viewer"},
        {"domain": "firm.example", "role": "contributor", "teams": ["app"]},
        {"group": "bosses", "role": "admin"},
    ]
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cookie_secret": ""}, "lacks cookie_secret"),
        ({"cookie_secret": "short"}, "has 5 bytes, 32 are needed"),
        ({"cookie_secret": "changeme" * 5}, "is a default"),
        ({"cookie_secret": "xxx" * 20}, "is a default"),
        ({"cookie_secret": "abc" * 20}, "repeats a few signs"),
        ({"client_id": None, "server_metadata_url": None}, "lacks"),
        ({"redirect_uri": "http://needle.example/oauth2callback"}, "begins with https://"),
        ({"redirect_uri": "https://needle.example/"}, "followed by /oauth2callback"),
    ],
)
def test_weak_settings_refuse_to_start(change, said):
    with pytest.raises(Refused, match=said):
        settings.sign_in({**AUTH, **change})


def test_good_settings_start():
    found = settings.sign_in(AUTH)
    assert (found.origin, found.host, found.provider) == ("https://needle.example", "needle.example", "default")
    named = {"redirect_uri": AUTH["redirect_uri"], "cookie_secret": SECRET, "okta": dict.fromkeys(("client_id", "client_secret", "server_metadata_url"), "x")}  # fmt: skip
    assert settings.sign_in(named).provider == "okta"
    assert settings.sign_in(None) is None


@pytest.mark.parametrize(("address", "fine"), [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.3.2.1", True), ("0.0.0.0", False), ("10.0.0.5", False), (None, False)])  # fmt: skip
def test_without_sign_in_only_this_machine_is_listened_to(address, fine):
    if fine:
        settings.refuse_open_address(address)
        return
    with pytest.raises(Refused, match="sign-in is off, so Needle listens on this machine only"):
        settings.refuse_open_address(address)


@pytest.mark.parametrize(
    ("claims", "person"),
    [
        ({"email": "ann@firm.example"}, Person("ann@firm.example", "contributor", frozenset({"app"}))),
        ({"email": "ANN@firm.example ", "groups": ["bosses", "x"]}, Person("ann@firm.example", "admin", frozenset({"app"}))),
        ({"email": "z@other.example", "groups": "bosses"}, Person("z@other.example", "admin")),
        ({"email": "z@notfirm.example"}, None),
        ({"email": "z@evil.example@firm.example.evil"}, None),
        ({"email": "ann@firm.example", "email_verified": False}, None),
        ({"sub": "7", "groups": ["bosses"]}, Person("7", "admin")),
        ({"email": None, "groups": {"bosses": 1}}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_claims_become_a_person(claims, person):
    assert read_access(TABLE, "t").person(claims) == person


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"access": [{"email": "a@b", "role": "king"}]}, "access entry 1 role: found 'king', expected one of viewer, contributor, analyst, admin"),
        ({"access": [{"role": "viewer"}]}, "access entry 1: an entry names whom it fits: email, domain or group"),
        ({"access": [{"email": "a@b", "role": "contributor"}]}, "a contributor needs teams"),
        ({"access": [{"email": "ab", "role": "viewer"}]}, "an e-mail address has an @, found 'ab'"),
        ({"access": [{"email": "a@b", "role": "viewer", "mail": "x"}]}, "access entry 1 mail: is not known here"),
        ({"access": []}, "access: "),
        (None, "the file: "),
    ],
)  # fmt: skip
def test_a_faulty_table_says_what_is_wrong_and_where(content, said):
    with pytest.raises(Refused, match=said.replace("(", r"\(")):
        read_access(content, "access.yaml")


def test_the_access_file_is_read_again_and_a_faulty_one_leaves_the_last_good(tmp_path):
    path = tmp_path / "access.toml"
    path.write_text('[[access]]\nemail = "a@b.example"\nrole = "admin"\n')
    held = AccessFile(path)
    assert held.person({"email": "a@b.example"}).role == "admin"
    path.write_text('[[access]]\nemail = "a@b.example"\nrole = "viewer"\n')
    assert held.person({"email": "a@b.example"}).role == "viewer"
    path.write_text("[[access]")
    assert held.person({"email": "a@b.example"}).role == "viewer"
    assert held.problem.startswith("access file access.toml: ")
    with pytest.raises(Refused, match="nobody has a role"):
        AccessFile(None)


@pytest.fixture
def door(tmp_path):
    clock = SimpleNamespace(now=1_790_000_000.0)
    access = AccessFile(None, {**TABLE, "idle_minutes": 30, "session_hours": 2})
    sessions = Sessions(SECRET, "https://needle.example", access, lambda: clock.now)

    def cookies(secret=SECRET, **more):
        import time

        signer = URLSafeTimedSerializer(secret, salt=COOKIE)
        real = time.time
        time.time = lambda: clock.now
        try:
            said = {"is_logged_in": True, "origin": "https://needle.example", "email": "ann@firm.example", **more}
            return {COOKIE: signer.dumps(json.dumps(said))}
        finally:
            time.time = real

    return SimpleNamespace(clock=clock, sessions=sessions, cookies=cookies)


def test_a_sign_in_ends_after_its_hours_however_busy(door):
    held = door.cookies()
    for _ in range(11):
        assert door.sessions.find(held)
        door.sessions.touch(door.sessions.find(held))
        door.clock.now += 600
    assert door.sessions.find(held)
    door.clock.now += 600
    assert door.sessions.find(held) is None


def test_a_sign_in_ends_when_nothing_is_done(door):
    held = door.cookies()
    door.clock.now += 29 * 60
    door.sessions.touch(door.sessions.find(held))
    door.clock.now += 29 * 60
    assert door.sessions.find(held)
    door.clock.now += 60
    assert door.sessions.find(held) is None


def test_a_copy_of_the_cookie_is_worth_nothing_after_signing_out(door):
    held = door.cookies()
    door.sessions.end(door.sessions.find(held))
    assert door.sessions.find(held) is None


def test_cookies_of_before_the_start_of_others_and_of_another_origin_are_refused(door):
    door.clock.now -= 60
    early = door.cookies()
    door.clock.now += 60
    assert door.sessions.find(early) is None
    assert door.sessions.find(door.cookies(secret=SECRET + "x")) is None
    assert door.sessions.find(door.cookies(origin="https://evil.example")) is None
    assert door.sessions.find(door.cookies(is_logged_in=False)) is None
    assert door.sessions.find({COOKIE: "chunks-9"}) is None
    assert door.sessions.find({}) is None


def test_screens_escape_and_allow_no_script():
    page = screens.no_role("", "<script>alert(1)</script>@x")
    assert b"<script" not in page.body
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_log_marks_people_and_places():
    line = log.JsonLines("key").format(
        logging.makeLogRecord(
            {"msg": "request", "facts": {"user": "ann@firm.example", "path": log.place("/media/x.csv")}}
        )
    )
    said = json.loads(line)
    assert (said["path"], len(said["user"]), "ann" in line) == ("/media", 12, False)
    assert [log.place(path) for path in ("/", "/key-result", "/<script>", "/_stcore/upload_file/a/b")] == ["/", "/key-result", "/…", "/_stcore/upload_file"]  # fmt: skip


def answer(app, path, host="localhost"):
    async def ask():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}") as client:
            return await client.get(path)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, ask()).result()


def test_every_answer_carries_the_headers():
    app = SecurityHeaders(Starlette(routes=[Route("/", lambda request: Response("x"))]), https=True)
    for path in ("/", "/nothing"):
        held = answer(app, path).headers
        assert {name: held[name] for name in HEADERS} == dict(HEADERS)
        assert held["strict-transport-security"] == "max-age=31536000"
    assert "frame-ancestors 'none'" in HEADERS["content-security-policy"]
    assert "unsafe-eval" not in HEADERS["content-security-policy"]


@pytest.mark.parametrize(("https", "kept"), [(True, ["a=1; Path=/; Secure", "b=2; Secure"]), (False, ["a=1; Path=/", "b=2; Secure"])])  # fmt: skip
def test_behind_tls_no_cookie_goes_without_it(https, kept):
    def two(request):
        made = Response("x")
        made.raw_headers += [(b"set-cookie", b"a=1; Path=/"), (b"set-cookie", b"b=2; Secure")]
        return made

    held = answer(SecurityHeaders(Starlette(routes=[Route("/", two)]), https=https), "/").headers
    assert held.get_list("set-cookie") == kept


@pytest.mark.parametrize(("host", "status"), [("localhost", 200), ("LOCALHOST:81", 200), ("127.0.0.1", 200), ("[::1]", 200), ("evil.example", 421), ("localhost.evil.example", 421)])  # fmt: skip
def test_only_own_host_names(host, status):
    app = OnlyHosts(Starlette(routes=[Route("/", lambda request: Response("x"))]), settings.LOOPBACK)
    assert answer(app, "/", host).status_code == status


def test_the_dashboard_alone_shows_nothing_when_sign_in_is_configured():
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.secrets["auth"] = {"cookie_secret": SECRET}
    app.run()
    assert [error.value for error in app.error] == [
        "Sign-in is configured, and this is the way without it: nothing is shown. Start with `streamlit run server.py`."
    ]
    assert (len(app.sidebar.children), len(app.main.children)) == (0, 3)  # beside it, what dresses every page


def started(folder, **environment: str) -> subprocess.CompletedProcess:
    """`streamlit run server.py`, which is to refuse."""
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.headless", "true", "--server.port", "0"]
    known = {**os.environ, "NEEDLE_DB": str(folder / "s.duckdb"), **environment}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120, env=known)


def test_the_server_refuses_to_start_with_a_weak_secret(tmp_path):
    weak = {**AUTH, "cookie_secret": "xxx"}
    (tmp_path / "secrets.toml").write_text(
        "[auth]\n" + "".join(f'{name} = "{value}"\n' for name, value in weak.items())
    )
    done = started(tmp_path, STREAMLIT_SECRETS_FILES=str(tmp_path / "secrets.toml"))
    assert done.returncode == 1
    assert "needle: the cookie_secret of [auth] in .streamlit/secrets.toml is a default" in done.stderr


def test_the_server_refuses_to_start_with_half_a_sign_in(tmp_path):
    done = started(tmp_path, NEEDLE_ACCESS=str(tmp_path / "access.yaml"))
    assert done.returncode == 1
    assert "needle: NEEDLE_ACCESS is set, but no [auth] was found" in done.stderr
