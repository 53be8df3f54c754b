"""The Access page: a token is shown once, made and revoked by those who may."""

from pages import admin
from tests.pages.fake_workspace import FakeWorkspace
from tests.pages.test_every_page import run


def test_a_token_is_made_and_shown_this_once():
    workspace = FakeWorkspace()
    app = run(admin, workspace, {})
    app.text_input[0].input("warehouse")
    app.get("button")[0].click().run()
    assert workspace.calls == [("make_token", "warehouse", ("push",), 90)]
    assert [code.value for code in app.code] == ["needle_0a1b2c3d_secret"]
    app.run()
    assert len(app.code) == 0


def test_a_token_is_revoked():
    workspace = FakeWorkspace()
    app = run(admin, workspace, {})
    next(button for button in app.button if button.label == "Revoke it").click().run()
    assert workspace.calls == [("revoke_token", "0a1b2c3d")]


def test_who_may_not_is_told_who_may():
    app = run(admin, FakeWorkspace(role="viewer"), {})
    assert [info.value for info in app.info] == [
        r"As viewer you may not do that\: See the access table; make and revoke tokens\. Who may\: admin\."
    ]
    assert len(app.button) == 0
