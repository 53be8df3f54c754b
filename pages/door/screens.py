"""The screens before the product: sign in, no role. One HTML text without a script and without a datum of the store."""

from html import escape

from starlette.responses import HTMLResponse

from models.language import tr
from pages.door.headers import PLAIN

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Needle</title><meta name="robots" content="noindex"><style>
:root {{ color-scheme: light dark; --ink: #14171a; --soft: #555b65; --ground: #f8f8f6; --sheet: #fff; --line: #e3e3df;
  --act: #1f5fa8 }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e7e8ea; --soft: #b4b9c2; --ground: #111315; --sheet: #1e2125;
  --line: #2e3237; --act: #2f78c8 }} }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
  font: 15px/1.5 "Source Sans", "Segoe UI", system-ui, sans-serif }}
main {{ background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; padding: 2.25rem 2.5rem;
  width: min(25rem, calc(100vw - 8rem)) }}
p {{ color: var(--soft); margin: .5rem 0 1.5rem; overflow-wrap: anywhere }} h1 {{ font-size: 1.5rem; margin: 0 }}
a {{ display: inline-block; background: var(--act); color: #fff; padding: .55rem 1.1rem; border-radius: .5rem;
  text-decoration: none; font-weight: 600 }} a:focus-visible {{ outline: 3px solid var(--ink); outline-offset: 2px }}
</style></head><body><main><h1>{heading}</h1><p>{text}</p><a href="{href}">{action}</a></main></body></html>
"""


def sign_in(base: str) -> HTMLResponse:
    """Whoever is signed out sees this, whatever they asked for."""
    return _screen(
        tr("Did the needle move?"),
        tr("This Needle belongs to an organisation. Sign in with its account to see it."),
        f"{base}/sign-in",
        tr("Sign in"),
        401,
    )


def no_role(base: str, who: str) -> HTMLResponse:
    """Signed in, and the access table does not know them."""
    return _screen(
        tr("No access yet"),
        tr("{who} is signed in, but has no role here. Ask the people who run this Needle for one.", who=who),
        f"{base}/auth/logout",
        tr("Sign out"),
        403,
    )


def _screen(heading: str, text: str, href: str, action: str, status: int) -> HTMLResponse:
    page = _PAGE.format(heading=escape(heading), text=escape(text), href=escape(href), action=escape(action))
    return HTMLResponse(page, status, {"content-security-policy": PLAIN, "cache-control": "no-store"})
