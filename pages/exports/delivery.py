"""Sending: mail by SMTP, messages by webhook. Errors say what, where and what to do; no secret stands in them."""

import json
import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from models.language import tr
from models.refused import Refused
from pages.exports.neutral import legible

TIMEOUT = 20.0  # seconds until a mail server or a webhook must have answered
_PORTS = {"starttls": 587, "ssl": 465, "none": 25}
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\@\x00-\x1f\x7f]+@[^\s<>,;:\"()\[\]\\@\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    security: str = "starttls"


@dataclass(frozen=True)
class Delivery:
    """How it went for one address or webhook. `to` of a webhook is its host: the rest of the address is a secret."""

    channel: str
    to: str
    problem: str = ""

    @property
    def status(self) -> str:
        return "failed" if self.problem else "sent"


@dataclass(frozen=True)
class Attachment:
    name: str
    media_type: str
    content: bytes = field(repr=False)


def mail_server(environment: Mapping[str, str]) -> MailServer:
    """The server that the environment names. Raises Refused when it is not usable."""
    host = environment.get("NEEDLE_SMTP_HOST", "").strip()
    sender = environment.get("NEEDLE_SMTP_FROM", "").strip()
    if not host or not sender:
        raise Refused(
            tr("no mail server is set: give NEEDLE_SMTP_HOST and NEEDLE_SMTP_FROM; docs/digest.md tells how.")
        )
    security = (environment.get("NEEDLE_SMTP_SECURITY") or "starttls").strip().lower()
    if security not in _PORTS:
        raise Refused(tr("NEEDLE_SMTP_SECURITY is starttls, ssl or none."))
    port = environment.get("NEEDLE_SMTP_PORT") or str(_PORTS[security])
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Refused(tr("NEEDLE_SMTP_PORT is a number from 1 to 65535."))
    user, password = environment.get("NEEDLE_SMTP_USER", ""), environment.get("NEEDLE_SMTP_PASSWORD", "")
    if user and security == "none":
        raise Refused(tr("a password is never sent in the open: set NEEDLE_SMTP_SECURITY to starttls or ssl."))
    return MailServer(host, int(port), address(sender), user, password, security)


def address(text: str) -> str:
    """A mail address, checked. Raises Refused; a line break or a second address cannot pass."""
    if not _ADDRESS.fullmatch(text):
        raise Refused(tr("{text} is not a mail address.", text=repr(text)))
    return text


def message(
    sender: str, to: str, subject: str, text: str, html: str, attachments: Sequence[Attachment] = ()
) -> EmailMessage:
    """One mail to one reader: text and HTML, with files. The subject is one line, whatever names stand in it."""
    mail = EmailMessage()
    mail["Subject"] = legible(subject)[:200]
    mail["From"] = sender
    mail["To"] = to
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    for file in attachments:
        main, _, sub = file.media_type.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=legible(file.name))
    return mail


def send_mails(server: MailServer, mails: Sequence[EmailMessage], timeout: float = TIMEOUT) -> list[Delivery]:
    """Every mail over one connection; one refused address does not keep the others from their mail."""
    out: list[Delivery] = []
    try:
        with _connected(server, timeout) as connection:
            for mail in mails:
                out.append(Delivery("email", mail["To"], _sent(connection, mail, server)))
    except (smtplib.SMTPException, OSError) as error:
        if len(out) < len(mails):  # an error after the last mail is only a hasty goodbye
            problem = _mail_problem(server, error)
            out += [Delivery("email", mail["To"], problem) for mail in mails[len(out) :]]
    return out


def _connected(server: MailServer, timeout: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == "ssl":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=timeout)
    try:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _sent(connection: smtplib.SMTP, mail: EmailMessage, server: MailServer) -> str:
    """Empty when the server took it, else why not."""
    try:
        connection.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        return tr(
            "the mail server refused the address ({code} {said}); correct it.", code=code, said=_quoted(said, server)
        )
    except smtplib.SMTPResponseException as error:
        return _mail_problem(server, error)
    return ""


def _mail_problem(server: MailServer, error: Exception) -> str:
    where = f"{server.host}:{server.port}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return tr(
            "the mail server {where} refused the sign-in ({code}); check NEEDLE_SMTP_USER and NEEDLE_SMTP_PASSWORD.",
            where=where, code=error.smtp_code,
        )  # fmt: skip
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return tr("the mail server {where} does not offer what NEEDLE_SMTP_SECURITY asks for.", where=where)
    if isinstance(error, smtplib.SMTPResponseException):
        return tr(
            "the mail server {where} answered {code} {said}.",
            where=where, code=error.smtp_code, said=_quoted(error.smtp_error, server),
        )  # fmt: skip
    if isinstance(error, ssl.SSLError):
        return tr("no secure connection to {where}: check its certificate and NEEDLE_SMTP_SECURITY.", where=where)
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return tr("the mail server {where} did not answer in time; try again later.", where=where)
    return tr("the mail server {where} could not be reached; check NEEDLE_SMTP_HOST and NEEDLE_SMTP_PORT.", where=where)


def _quoted(said: bytes | str, server: MailServer) -> str:
    """What a server answered, short, on one line, without our password should it echo it."""
    text = legible(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)
    return (text.replace(server.password, "***") if server.password else text)[:160]


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def post(url: str, document: dict[str, Any], timeout: float = TIMEOUT) -> Delivery:
    """The document to a webhook as JSON. Raises Refused for an address that is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(tr("a webhook is an http or https address."))
    host = parts.hostname
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    request = Request(url, body, headers, method="POST")  # noqa: S310  # the scheme was checked above
    try:
        with build_opener(_Stay).open(request, timeout=timeout) as answer:
            answer.read(4096)
    except HTTPError as error:
        error.close()
        return Delivery(
            "webhook",
            host,
            tr("{host} answered with error {code}; check the webhook's address.", host=host, code=error.code),
        )
    except (OSError, HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError):
            return Delivery("webhook", host, tr("{host} did not answer in time; try again later.", host=host))
        return Delivery("webhook", host, tr("{host} could not be reached; check the webhook's address.", host=host))
    return Delivery("webhook", host)
