"""KPIs defined one by one: shown, changed on the version that was seen, and told who changed what."""

from typing import Annotated, Any

import typer
import yaml
from pydantic import ValidationError

from models.kpi import Kpi
from models.refused import Refused
from pages.terminal.answers import AsJson, opened, records, say

app = typer.Typer()
kpi = typer.Typer(no_args_is_help=True, help="Show, define or change one KPI; every version stays.")
app.add_typer(kpi, name="kpi")


@kpi.command()
def show(context: typer.Context, identifier: str, as_json: AsJson = False) -> None:
    """The definition of a KPI, its version, and who stands on it."""
    workspace = opened(context)
    found, stamp = workspace.defined_kpi(identifier)
    uses = workspace.kpi_uses(identifier)
    body = found.model_dump(mode="json", exclude_defaults=True)
    document = {
        "kpi": body, "version": stamp.version, "changed_by": stamp.by, "changed_at": stamp.at,
        "used_by": [vars(use) for use in uses],
    }  # fmt: skip
    lines = [yaml.safe_dump(body, allow_unicode=True, sort_keys=False).rstrip()]
    lines.append(f"version {stamp.version}, by {stamp.by} on {stamp.at:%Y-%m-%d %H:%M} UTC")
    lines += [
        f"used by {use.kind.replace('_', ' ')} {use.id} ({', '.join(use.roles)}) {use.cycle}".rstrip() for use in uses
    ]
    say(document, as_json, "\n".join(lines))


@kpi.command(name="set")
def set_fields(
    context: typer.Context,
    identifier: str,
    fields: Annotated[
        list[str], typer.Argument(help="name=value, as in okrs.yaml: unit=% min_change=2% range=[0, 100]")
    ],
    based_on: Annotated[
        int | None, typer.Option(help="The version that you saw; refused if it is no longer the last. 0: a new KPI.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change fields of a KPI, or define a new one with --based-on 0; an empty value takes a field away."""
    workspace = opened(context)
    before, version = (Kpi(id=identifier), 0) if based_on == 0 else _held(workspace, identifier)
    body = before.model_dump() | {"to_be_defined": False} | dict(map(_field, fields))
    try:
        changed = Kpi.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Refused(
            f"nothing was changed: {place or identifier}: {first['msg'].removeprefix('Value error, ')}."
        ) from None
    done = workspace.save_kpi(changed, version if based_on is None else based_on)
    say(done, as_json, f"KPI {identifier}: {done['status']}.")


@kpi.command()
def history(context: typer.Context, identifier: str, as_json: AsJson = False) -> None:
    """Every field of a KPI that was ever changed: when, by whom, from what, to what; newest first."""
    workspace = opened(context)
    workspace.defined_kpi(identifier)
    rows = records(workspace.kpi_history(identifier))
    lines = []
    for row in rows:
        what = f"{row['field']}: {row['before']} -> {row['after']}" if row["field"] else "defined"
        lines.append(f"{row['at'][:16].replace('T', ' ')}  {row['by']}  {what}")
    say({"kpi": identifier, "history": rows}, as_json, "\n".join(lines))


def _held(workspace: Any, identifier: str) -> tuple[Kpi, int]:
    found, stamp = workspace.defined_kpi(identifier)
    return found, stamp.version


def _field(text: str) -> tuple[str, Any]:
    """`range=[0, 100]` -> range and the list; nothing after the sign takes the field's default."""
    name, sign, value = text.partition("=")
    if not sign or name not in Kpi.model_fields or name == "id":
        known = ", ".join(field for field in Kpi.model_fields if field != "id")
        raise Refused(f"a field is written name=value, found {text!r}; fields: {known}.")
    if not value.strip():
        return name, Kpi.model_fields[name].get_default(call_default_factory=True)
    text_fields = ("name", "description", "unit", "owner", "source", "numerator", "denominator", "min_change")
    try:
        return name, value if name in text_fields else yaml.safe_load(value)
    except yaml.YAMLError:
        raise Refused(f"the value of {name} cannot be read: {value!r}.") from None
