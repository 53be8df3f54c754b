"""Sending against a real mail server and a real web server on this machine."""

import contextlib
import json
import socket
import threading
import time
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from models.refused import Refused
from pages.exports import delivery
from pages.exports.delivery import Attachment, MailServer, mail_server, message, post, send_mails

ENVIRONMENT = {"NEEDLE_SMTP_HOST": "mail.example", "NEEDLE_SMTP_FROM": "needle@example.com"}


class Inbox:
    """Takes every mail, but refuses addresses that begin with `no` and says why."""

    def __init__(self):
        self.mails = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.startswith("no"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@pytest.fixture
def inbox():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    handler = Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    handler.server = MailServer("127.0.0.1", port, "needle@example.com", security="none")
    yield handler
    controller.stop()


def mail(to: str = "ada@example.com", subject: str = "Needle: Q3", **more):
    return message("needle@example.com", to, subject, "text …", "<p>html …</p>", **more)


def test_a_mail_arrives_whole(inbox):
    file = Attachment("needle-2026-Q3.pdf", "application/pdf", b"%PDF-1.4 ...")
    [done] = send_mails(inbox.server, [mail(attachments=[file])])
    assert (done.status, done.to, done.problem) == ("sent", "ada@example.com", "")
    [(to, got)] = inbox.mails
    assert (to, got["To"], got["From"], got["Subject"]) == (
        ["ada@example.com"], "ada@example.com", "needle@example.com", "Needle: Q3"
    )  # fmt: skip
    assert got.get_body(("plain",)).get_content().strip() == "text …"
    assert got.get_body(("html",)).get_content().strip() == "<p>html …</p>"
    [attached] = got.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("needle-2026-Q3.pdf", b"%PDF-1.4 ...")


def test_a_name_with_line_breaks_makes_no_header(inbox):
    send_mails(inbox.server, [mail(subject="Q3\r\nBcc: eve@example.com\n\nhello")])
    [(to, got)] = inbox.mails
    assert to == ["ada@example.com"]
    assert (got["Subject"], got["Bcc"]) == ("Q3 Bcc: eve@example.com hello", None)


@pytest.mark.parametrize("text", ["a@b\r\nBcc: c@d", "a@b, c@d", "a b@c", "ada", "<a@b>", "a@b\n", ""])
def test_an_address_is_one_address(text):
    with pytest.raises(Refused, match="is not a mail address"):
        delivery.address(text)


def test_one_refused_address_does_not_stop_the_others(inbox):
    done = send_mails(inbox.server, [mail("nobody@example.com"), mail("ada@example.com")])
    assert [(one.to, one.status) for one in done] == [("nobody@example.com", "failed"), ("ada@example.com", "sent")]
    assert done[0].problem == "the mail server refused the address (550 no such mailbox); correct it."
    assert len(inbox.mails) == 1


def test_a_server_without_starttls(inbox):
    server = MailServer("127.0.0.1", inbox.server.port, "needle@example.com", "ada", "hunter2secret")
    [done] = send_mails(server, [mail()])
    where = f"127.0.0.1:{server.port}"
    assert done.problem == f"the mail server {where} does not offer what NEEDLE_SMTP_SECURITY asks for."
    assert inbox.mails == []


def test_a_refused_sign_in_keeps_the_password_to_itself(inbox):
    server = MailServer("127.0.0.1", inbox.server.port, "needle@example.com", "ada", "hunter2secret", "none")
    [done] = send_mails(server, [mail()])
    assert done.status == "failed"
    assert "hunter2secret" not in done.problem + repr(server)


def test_nobody_at_the_mail_server():
    [done] = send_mails(MailServer("127.0.0.1", 9, "n@e.com", security="none"), [mail()])
    assert done.problem == (
        "the mail server 127.0.0.1:9 could not be reached; check NEEDLE_SMTP_HOST and NEEDLE_SMTP_PORT."
    )


def test_a_mail_server_that_says_nothing():
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        port = mute.getsockname()[1]
        [done] = send_mails(MailServer("127.0.0.1", port, "n@e.com", security="none"), [mail()], timeout=0.2)
    assert done.problem == f"the mail server 127.0.0.1:{port} did not answer in time; try again later."


def test_mail_settings():
    assert mail_server(ENVIRONMENT) == MailServer("mail.example", 587, "needle@example.com", "", "", "starttls")
    more = {"NEEDLE_SMTP_SECURITY": "SSL", "NEEDLE_SMTP_USER": "ada", "NEEDLE_SMTP_PASSWORD": "hunter2"}
    server = mail_server(ENVIRONMENT | more)
    assert (server.port, server.security, server.password) == (465, "ssl", "hunter2")
    assert "hunter2" not in repr(server)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"NEEDLE_SMTP_HOST": ""}, "no mail server is set"),
        ({"NEEDLE_SMTP_FROM": "needle"}, "is not a mail address"),
        ({"NEEDLE_SMTP_SECURITY": "tls1"}, "starttls, ssl or none"),
        ({"NEEDLE_SMTP_PORT": "smtp"}, "1 to 65535"),
        ({"NEEDLE_SMTP_SECURITY": "none", "NEEDLE_SMTP_USER": "ada"}, "never sent in the open"),
    ],
)
def test_mail_settings_of_no_use(change, said):
    with pytest.raises(Refused, match=said):
        mail_server(ENVIRONMENT | change)


@pytest.fixture
def hook():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append((self.path, self.headers["Content-Type"], json.loads(body)))
            time.sleep(made.wait)
            with contextlib.suppress(OSError):
                self.send_response(made.code)
                if made.code == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

        def log_message(self, *_):
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.got, made.code, made.wait = [], 200, 0.0
    made.url = f"http://127.0.0.1:{made.server_port}/services/T0/SECRET"
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def test_a_webhook_gets_the_document(hook):
    done = post(hook.url, {"text": "Nå"})
    assert (done.channel, done.to, done.status) == ("webhook", "127.0.0.1", "sent")
    assert hook.got == [("/services/T0/SECRET", "application/json; charset=utf-8", {"text": "Nå"})]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"code": 404}, "127.0.0.1 answered with error 404; check the webhook's address."),
        ({"code": 302}, "127.0.0.1 answered with error 302; check the webhook's address."),
        ({"wait": 0.6}, "127.0.0.1 did not answer in time; try again later."),
    ],
)
def test_a_webhook_that_fails(hook, change, problem):
    for name, value in change.items():
        setattr(hook, name, value)
    done = post(hook.url, {}, timeout=0.2 if "wait" in change else 5.0)
    assert (done.status, done.problem) == ("failed", problem)
    assert "SECRET" not in done.problem + done.to
    assert len(hook.got) == 1


def test_nobody_at_the_webhook_and_other_schemes():
    assert post("http://127.0.0.1:9/SECRET", {}).problem == (
        "127.0.0.1 could not be reached; check the webhook's address."
    )
    with pytest.raises(Refused, match="http or https"):
        post("file:///etc/passwd", {})
