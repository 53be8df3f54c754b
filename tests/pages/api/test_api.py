"""The API on a real store: tokens and scopes, pushes through the ledger, limits, and one form for every refusal."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from data.gate import StoreAway
from models.kpi import Kpi
from models.okr import KeyResult, Objective, OkrFile
from pages.api import answers, routes
from pages.api.answers import Pace
from pages.api.openapi import openapi
from tests.budget import examples
from workspace import Workspace

NOW = datetime(2026, 9, 1, 12)
FILE = OkrFile(
    kpis=[Kpi(id="churn")],
    objectives=[
        Objective(id="o1", team="app", cycle="2026-Q3", key_results=[KeyResult(id="k1", kpi="churn", baseline=1.0, target=2.0)]),
        Objective(id="o2", team="hr", cycle="2026-Q3", private=True, key_results=[KeyResult(id="k2", baseline=1.0, target=2.0)]),
    ],
)  # fmt: skip


class Client:
    """Requests to the app, without a socket."""

    def __init__(self, app):
        self._app = app

    def request(self, method, path, **more):
        async def ask():
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.request(method, path, **more)

        with ThreadPoolExecutor(1) as pool:  # a browser test of the same run keeps a loop in the main thread
            return pool.submit(asyncio.run, ask()).result()

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    clock = SimpleNamespace(now=NOW)
    workspace = Workspace(tmp_path_factory.mktemp("api") / "s.duckdb", who="ann", now=lambda: clock.now)
    workspace.import_okrs("o.yaml", FILE.model_dump_json(exclude_defaults=True).encode())
    app = Starlette(routes=routes.all_of(lambda: workspace))
    tokens = {scope: workspace.make_token(f"{scope}er", [scope], 30) for scope in ("read", "push")}
    heads = {scope: {"authorization": f"Bearer {made['token']}"} for scope, made in tokens.items()}
    return SimpleNamespace(client=Client(app), workspace=workspace, clock=clock, tokens=tokens, heads=heads)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    monkeypatch.setattr(Pace, "wait", lambda self, caller: 0)


def push(api, values, source="crm", **more):
    body = {"source": source, "values": values}
    return api.client.post("/api/v1/values", json=body, headers={**api.heads["push"], **more})


def value(number, day="2026-08-01"):
    return {"kpi": "churn", "period": day, "value": number}


def test_values_go_through_the_ledger_and_come_once(api):
    first = push(api, [value(5.5), value(6, "2026-07-01")])
    assert (first.status_code, first.json()["status"], first.json()["counts"]["accepted_new"]) == (200, "stored", 2)
    again = push(api, [value(5.5), value(6, "2026-07-01")])
    assert (again.status_code, again.json()["status"]) == (200, "already_loaded")
    assert again.json()["load_id"] == first.json()["load_id"]
    loads = api.workspace.loads()
    mine = loads[loads["load_id"] == first.json()["load_id"]].iloc[0]
    assert (mine["file"], mine["source"], mine["recorded_by"]) == (
        "crm.csv",
        "crm",
        f"token pusher ({api.tokens['push']['id']})",
    )
    assert api.workspace.series("churn")["value"].tolist() == [6, 5.5]


def test_a_key_makes_a_push_of_values_that_came_before(api):
    for number, key in ((1, "a"), (2, "b"), (1, "c"), (1, "c")):
        answer = push(api, [value(number, "2026-06-01")], source="keyed", **{"idempotency-key": key})
        assert answer.status_code == 200
    assert answer.json()["status"] == "already_loaded"
    assert api.workspace.series("churn")["value"].tolist()[0] == 1


def test_a_bad_value_stops_the_whole_push(api):
    version = api.workspace.data_version()
    answer = push(api, [value(1, "2026-05-01"), {**value(2, "2026-04-01"), "kpi": "nobody knows"}], source="bad")
    assert answer.status_code == 422
    assert answer.json()["status"] == "rejected"
    assert [row["row"] for row in answer.json()["rejected"]] == [3]
    assert api.workspace.data_version() == version


def test_reading(api):
    card = api.client.get("/api/v1/scorecard?cycle=2026-Q3", headers=api.heads["read"])
    assert [row["id"] for row in card.json()["key_results"]] == ["k1"]  # k2 is private
    found = api.client.get("/api/v1/evidence?key_result=k1&cycle=2026-Q3", headers=api.heads["read"])
    assert (found.status_code, found.json()["key_result"]["id"]) == (200, "k1")
    hidden = api.client.get("/api/v1/evidence?key_result=k2&cycle=2026-Q3", headers=api.heads["read"])
    assert (hidden.status_code, "no key result" in hidden.json()["message"]) == (409, True)


def test_a_store_that_is_away_is_503_and_names_nothing_to_strangers(api, monkeypatch):
    def away(*_, **__):
        raise StoreAway("database", "needle on db", "refused", "the database needle on db cannot be reached.")

    monkeypatch.setattr(api.workspace.store, "signature", away)
    for path in ("/api/v1/ready", "/api/v1/scorecard"):
        answer = api.client.get(path, headers=api.heads["read"])
        assert (answer.status_code, "needle on db" in answer.text) == (503, False)
    assert answer.headers["retry-after"] == "5"
    monkeypatch.undo()
    monkeypatch.setattr(type(api.workspace.store), "write", away)
    answer = push(api, [value(1, "2026-05-01")], source="later")
    assert (answer.status_code, answer.json()["message"]) == (503, "the database needle on db cannot be reached.")


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        ("", "GET", "/api/v1/health", 200),
        ("", "GET", "/api/v1/ready", 200),
        ("", "GET", "/api/v1/openapi.json", 401),
        ("", "GET", "/api/v1/scorecard", 401),
        ("", "POST", "/api/v1/values", 401),
        ("wrong", "GET", "/api/v1/scorecard", 401),
        ("push", "GET", "/api/v1/openapi.json", 200),
        ("push", "GET", "/api/v1/scorecard", 403),
        ("push", "GET", "/api/v1/evidence?key_result=k1", 403),
        ("read", "POST", "/api/v1/values", 403),
        ("read", "GET", "/api/v1/evidence", 422),
        ("read", "GET", "/api/v1/scorecard?cycle=never", 409),
        ("read", "GET", "/api/v1/scorecard?cycle=a&cycle=b", 422),
        ("read", "GET", "/api/v1/scorecard?as_of=yesterday", 422),
        ("read", "GET", "/api/v1/scorecard?as_of=0", 422),
        ("read", "GET", "/api/v1/evidence?key_result=k1&as_of=7953-10-18", 422),
        ("read", "DELETE", "/api/v1/scorecard", 405),
        ("read", "GET", "/api/v1/nothing", 404),
        ("push", "POST", "/api/v1/values", 415),
    ],
)  # fmt: skip
def test_statuses_and_one_form_of_refusal(api, scope, method, path, status):
    heads = {"wrong": {"authorization": "Bearer needle_ffffffff_x"}}.get(scope) or api.heads.get(scope, {})
    answer = api.client.request(method, path, headers=heads)
    assert answer.status_code == status
    if status >= 400:
        assert set(answer.json()) == {"status", "message", "errors"}
        assert answer.json()["status"] == "rejected"


def test_revoked_and_expired_tokens_end_at_once(api):
    def status(token):
        return api.client.get("/api/v1/scorecard", headers={"authorization": f"Bearer {token}"}).status_code

    made = api.workspace.make_token("short", ["read"], 1)
    assert status(made["token"]) == 200
    api.clock.now = NOW + timedelta(days=1)
    assert status(made["token"]) == 401
    api.clock.now = NOW
    assert status(made["token"]) == 200
    api.workspace.revoke_token(made["id"])
    assert status(made["token"]) == 401
    assert made["id"] not in set(api.workspace.tokens()["id"])


def test_a_token_is_kept_as_a_hash_only(api):
    secret = api.tokens["read"]["token"].split("_", 2)[2]
    api.workspace.store.path.with_suffix(".copy").unlink(missing_ok=True)
    api.workspace.back_up(api.workspace.store.path.with_suffix(".copy"))
    assert secret.encode() not in api.workspace.store.path.with_suffix(".copy").read_bytes()


def test_too_large_a_body_is_refused_before_it_is_read(api, monkeypatch):
    monkeypatch.setattr(answers, "MOST_BYTES", 1000)
    heads = {**api.heads["push"], "content-type": "application/json"}

    async def chunks():
        for _ in range(3):
            yield b"x" * 400

    assert api.client.post("/api/v1/values", content=b"x" * 1001, headers=heads).status_code == 413
    assert api.client.post("/api/v1/values", content=chunks(), headers=heads).status_code == 413


def test_pace_lets_so_many_through_and_says_when_to_come_back(monkeypatch):
    monkeypatch.undo()
    clock = SimpleNamespace(now=0.0)
    pace = Pace(3, lambda: clock.now)
    assert [pace.wait("a") for _ in range(4)] == [0, 0, 0, 20]
    assert pace.wait("b") == 0
    clock.now = 20.0
    assert [pace.wait("a"), pace.wait("a")] == [0, 20]


def test_too_many_requests(api, monkeypatch):
    monkeypatch.setattr(Pace, "wait", lambda self, caller: 7)
    answer = api.client.get("/api/v1/scorecard", headers=api.heads["read"])
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_the_document_names_every_route():
    listed = {f"/api/v1{path}" for path in openapi()["paths"]}
    assert listed == {route.path for route in routes.all_of(lambda: None) if route.path.startswith("/api/v1")}
    assert json.loads(json.dumps(openapi()))["components"]["schemas"]["Push"]["required"] == ["source", "values"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NEARLY = st.fixed_dictionaries(
    {
        "kpi": st.just("churn") | st.text(max_size=5),
        "period": st.just("2026-03-01") | ANYTHING,
        "value": st.floats() | ANYTHING,
    }
)


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=ANYTHING
    | st.fixed_dictionaries({"source": st.just("f") | st.text(max_size=5), "values": st.lists(NEARLY, max_size=3)})
)
def test_no_body_breaks_the_push(api, body):
    heads = {**api.heads["push"], "content-type": "application/json"}
    answer = api.client.post("/api/v1/values", content=json.dumps(body).encode(), headers=heads)
    assert answer.status_code in (200, 409, 422)
    assert answer.json()["status"] in ("stored", "rejected", "needs_input", "already_loaded")


@pytest.mark.parametrize("wrong", ["5", True, None, ".exe", [1]])
def test_a_value_is_a_number(api, wrong):
    assert push(api, [value(wrong)]).json()["errors"][0]["field"] == "values.0.value"


def test_a_fault_of_ours_has_the_form_of_a_refusal(api, monkeypatch):
    monkeypatch.setattr(type(api.workspace), "scorecard", lambda *given: 1 / 0)
    answer = api.client.get("/api/v1/scorecard", headers=api.heads["read"])
    assert (answer.status_code, answer.json()["status"]) == (500, "rejected")
    assert "division" not in answer.text
