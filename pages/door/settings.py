"""What must be true before the server starts: a cookie secret worth the name, a provider, an address that fits."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from models.refused import Refused

SECRET_BYTES = 32  # signs (HMAC): shorter than its output is weaker than it
DIFFERENT_SIGNS = 10  # `xxxx...`, `changeme` repeated and the like have fewer
OF_SIGN_IN = ("NEEDLE_ACCESS", "STREAMLIT_SECRETS_FILES")  # of the environment; nobody sets them who wants none
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_WORDS = ("changeme", "change-me", "change_me", "secret", "password", "example", "yourcookiesecret", "xxx")


@dataclass(frozen=True)
class SignIn:
    """Sign-in as configured: where the product is reached, and with what cookies are signed."""

    origin: str  # https://needle.example.org
    host: str
    cookie_secret: str
    provider: str


def sign_in(auth: Mapping[str, Any] | None) -> SignIn | None:
    """`[auth]` of the secrets, judged; None without it. Raises Refused with what is missing or too weak."""
    if not auth:
        return None
    place = "[auth] in .streamlit/secrets.toml"
    named = [name for name, value in auth.items() if isinstance(value, Mapping) and "client_id" in value]
    provider = "default" if "client_id" in auth else named[0] if len(named) == 1 else ""
    if not provider:
        raise Refused(
            f"{place} names {len(named) or 'no'} providers; name one: client_id, client_secret, server_metadata_url"
        )
    section = auth if provider == "default" else auth[provider]
    missing = [key for key in ("redirect_uri", "cookie_secret") if not auth.get(key)]
    missing += [key for key in ("client_id", "client_secret", "server_metadata_url") if not section.get(key)]
    if missing:
        raise Refused(f"{place} lacks {', '.join(missing)}; docs/operations.md goes through it step by step.")
    secret = str(auth["cookie_secret"])
    weak = weakness(secret)
    if weak:
        raise Refused(
            f"the cookie_secret of {place} {weak}: anybody could sign in as anybody. Make one: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    uri = urlsplit(str(auth["redirect_uri"]))
    local = (uri.hostname or "") in LOOPBACK
    if not uri.path.endswith("/oauth2callback") or uri.scheme not in ("http", "https"):
        raise Refused(f"the redirect_uri of {place} is the product's address followed by /oauth2callback.")
    if uri.scheme == "http" and not local:
        raise Refused(
            f"the redirect_uri of {place} begins with https:// unless it is localhost: cookies travel only sealed."
        )
    return SignIn(f"{uri.scheme}://{uri.netloc}", uri.hostname or "", secret, provider)


def weakness(secret: str) -> str:
    """Why a cookie secret cannot be used; empty when it can."""
    folded = secret.casefold()
    if any(folded == word or folded.replace(word, "") == "" for word in _WORDS):
        return "is a default"
    if len(secret.encode()) < SECRET_BYTES:
        return f"has {len(secret.encode())} bytes, {SECRET_BYTES} are needed"
    if len(set(secret)) < DIFFERENT_SIGNS:
        return "repeats a few signs"
    return ""


def refuse_half_a_sign_in(named: list[str]) -> None:
    """Whoever names an access or a secrets file wants sign-in; without [auth] everybody would get in."""
    if named:
        raise Refused(
            f"{' and '.join(named)} is set, but no [auth] was found in the secrets, so nobody would have to sign in. "
            "Correct the secrets file, and start with `streamlit run server.py`; or unset it to run without sign-in."
        )


def refuse_open_address(address: str | None) -> None:
    """Without sign-in the server listens on this machine only."""
    if address in LOOPBACK:
        return
    try:
        if address and ipaddress.ip_address(address).is_loopback:
            return
    except ValueError:
        pass
    raise Refused(
        f"sign-in is off, so Needle listens on this machine only; server.address is {address or 'every address'}. "
        "Set it to 127.0.0.1, or configure sign-in (docs/operations.md)."
    )
