"""The rewrite by a configured model, against a server on this machine: what is sent, and what is shown of the answer."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from models.refused import Refused
from pages.exports import rewriting
from pages.exports.rewriting import Model, configured, rewrite

TEXTS = ["Passed, but Staff turnover did not move (between −1.9 % and +2.5 %).", "1 key result missed."]
COVERED = ["Passed, but ⟦1⟧ did not move (between −1.9 % and +2.5 %).", "1 key result missed."]
GOOD = ["It passed, but ⟦1⟧ did not move: between −1.9 % and +2.5 %.", "There is 1 key result that missed."]
NAMES = ["Staff turnover"]


@pytest.fixture
def server():
    """Answers with `server.content` (or `body`, `code`), after `wait` seconds; `asked` holds what was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.asked.append((self.path, self.headers.get("Authorization"), asked))
            time.sleep(made.wait)
            body = made.body
            if body is None:
                body = json.dumps({"choices": [{"message": {"content": made.content}}]}).encode()
            self.send_response(made.code)
            if made.code == 302:
                self.send_header("Location", f"http://127.0.0.1:{made.server_port}/elsewhere")
            self.end_headers()
            with contextlib.suppress(OSError):  # the asker may have gone
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.asked, made.wait, made.code, made.body, made.content = [], 0.0, 200, None, json.dumps(GOOD)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def model(server, **more) -> Model:
    return Model(f"http://127.0.0.1:{server.server_port}/v1", "small", **{"key": "secret", "timeout": 5.0, **more})


def test_an_honest_rewrite_is_shown_and_no_name_was_sent(server):
    told = rewrite(model(server), TEXTS, NAMES)
    assert [part.text for part in told] == [
        "It passed, but Staff turnover did not move: between −1.9 % and +2.5 %.",
        "There is 1 key result that missed.",
    ]
    assert [part.note for part in told] == ["", ""]
    [(path, key, asked)] = server.asked
    assert (path, key, asked["model"], asked["temperature"]) == ("/v1/chat/completions", "Bearer secret", "small", 0)
    assert json.loads(asked["messages"][1]["content"]) == COVERED
    assert "turnover" not in json.dumps(asked)


def test_a_fenced_answer_is_read(server):
    server.content = f"```json\n{json.dumps(GOOD)}\n```"
    assert all(part.accepted for part in rewrite(model(server), TEXTS, NAMES))


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (GOOD[0].replace("1.9", "1.8"), "the figure -1.9 % became -1.8 %"),
        (GOOD[0] + " That is 3 % of all.", "the figure 3 % was added"),
        (GOOD[0].replace("⟦1⟧", "It"), "a name is missing, added or moved"),
        (GOOD[0].replace("did not move", "moved"), "it says otherwise what passed, moved or is not so"),
    ],
)
def test_a_false_rewrite_is_refused_and_the_others_stand(server, first, why):
    server.content = json.dumps([first, GOOD[1]])
    refused, accepted = rewrite(model(server), TEXTS, NAMES)
    assert (refused.text, refused.note) == (
        TEXTS[0], f"The rewrite was refused ({why}), so the rule text is shown."
    )  # fmt: skip
    assert accepted.text == GOOD[1]


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"code": 500}, "small answered with error 500, so the rule text is shown."),
        ({"code": 302}, "small answered with error 302, so the rule text is shown."),
        ({"body": b"<html>hello</html>"}, "The answer of small could not be read, so the rule text is shown."),
        ({"body": b"{}"}, "The answer of small could not be read, so the rule text is shown."),
        ({"body": b'"' + b"x" * 1_100_000 + b'"'}, "The answer of small could not be read, so the rule text is shown."),
        ({"content": None}, "The answer of small could not be read, so the rule text is shown."),
        (
            {"content": "Sure! Here you are."},
            "The model did not answer in the form asked for, so the rule text is shown.",
        ),
        (
            {"content": json.dumps(GOOD[:1])},
            "The model did not answer in the form asked for, so the rule text is shown.",
        ),
        ({"wait": 0.6}, "small did not answer within 0.2 seconds, so the rule text is shown."),
    ],
)
def test_whatever_goes_wrong_the_rule_text_is_shown_with_a_note(server, change, note):
    for name, value in change.items():
        setattr(server, name, value)
    told = rewrite(model(server, timeout=0.2 if "wait" in change else 5.0), TEXTS, NAMES)
    assert [(part.text, part.note) for part in told] == [(text, note) for text in TEXTS]
    assert len(server.asked) == 1  # a redirect is not followed: it would carry the key along


def test_an_answer_with_a_text_left_out(server):
    server.content = json.dumps(["", GOOD[1]])
    left_out, accepted = rewrite(model(server), TEXTS, NAMES)
    assert left_out.note == "The model left this text out, so the rule text is shown."
    assert accepted.accepted


def test_nobody_there():
    [told] = rewrite(Model("http://127.0.0.1:9", "small", "secret", 2.0), TEXTS[:1], NAMES)
    assert (told.text, told.note) == (TEXTS[0], "small could not be reached, so the rule text is shown.")


def test_a_translation(server):
    server.content = json.dumps(
        ["Klarades, men ⟦1⟧ rörde sig inte (mellan −1,9 % och +2,5 %).", "1 nyckelresultat missades."]
    )
    told = rewrite(model(server), TEXTS, NAMES, language="sv")
    assert told[0].text == "Klarades, men Staff turnover rörde sig inte (mellan −1,9 % och +2,5 %)."
    assert told[1].accepted


def test_many_texts_are_asked_in_parts(server, monkeypatch):
    monkeypatch.setattr(rewriting, "PARTS_AT_ONCE", 1)
    server.code = 500
    assert len(rewrite(model(server), TEXTS, NAMES)) == 2
    assert len(server.asked) == 1  # once it failed nothing more is sent


def test_settings():
    assert configured({}) is None
    assert configured({"NEEDLE_MODEL_URL": "https://x.example/v1"}) is None
    url = {"NEEDLE_MODEL_URL": "https://x.example/v1/", "NEEDLE_MODEL_NAME": "small"}
    assert configured(url | {"NEEDLE_MODEL_KEY": "k", "NEEDLE_MODEL_TIMEOUT": "7"}) == Model(
        "https://x.example/v1", "small", "k", 7.0
    )
    assert "k123" not in repr(configured(url | {"NEEDLE_MODEL_KEY": "k123"}))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x.example", "x.example/v1", "http:///v1"])
def test_other_schemes_are_refused(url):
    with pytest.raises(Refused, match="http or https"):
        configured({"NEEDLE_MODEL_URL": url, "NEEDLE_MODEL_NAME": "small"})


@pytest.mark.parametrize("timeout", ["soon", "0", "-1", "nan", "9999"])
def test_a_timeout_is_a_number_of_seconds(timeout):
    with pytest.raises(Refused, match="NEEDLE_MODEL_TIMEOUT"):
        configured({"NEEDLE_MODEL_URL": "http://x", "NEEDLE_MODEL_NAME": "m", "NEEDLE_MODEL_TIMEOUT": timeout})
