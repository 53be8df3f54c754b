"""Tokens for the API: made, listed, revoked by whoever runs the machine."""

from typing import Annotated

import typer

from pages.terminal.answers import AsJson, opened, records, say

app = typer.Typer()
token = typer.Typer(no_args_is_help=True, help="Tokens with which programs use the API.")
app.add_typer(token, name="token")


@token.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for, like `warehouse export`.")],
    scope: Annotated[list[str], typer.Option("--scope", help="read or push; may be given twice.")],
    days: Annotated[int, typer.Option(help="How long it lasts.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Make a token; it is shown this once."""
    result = opened(context).make_token(name, scope, days)
    lasts = f"Shown this once. It lasts until {result['expires']:%Y-%m-%d}; `token revoke {result['id']}` ends it."
    say(result, as_json, f"{result['token']}\n{lasts}")


@token.command(name="list")
def list_tokens(context: typer.Context, as_json: AsJson = False) -> None:
    """List the tokens, newest first."""
    frame = opened(context).tokens()
    shown = frame.assign(scopes=frame["scopes"].map(", ".join)) if len(frame) else frame
    say({"tokens": records(frame)}, as_json, shown.to_string(index=False) if len(frame) else "No tokens yet.")


@token.command()
def revoke(context: typer.Context, identifier: str, as_json: AsJson = False) -> None:
    """End a token at once."""
    result = opened(context).revoke_token(identifier)
    say(result, as_json, f"Token {identifier} is revoked.")
