"""HTML from elements. Text can only become escaped text: there is no way to put a string in as markup by accident."""

from collections.abc import Iterable
from html import escape
from typing import Any

from pages.exports.neutral import legible

VOID = frozenset({"meta", "link", "br", "hr", "input"})


class Markup(str):
    """Text that is markup already. Only this module and constants of ours make one."""

    __slots__ = ()


def text(value: object) -> Markup:
    """A value as text: on one line, without control signs and direction overrides, escaped."""
    return Markup(escape(legible(value)))


def el(name: str, /, *children: Any, **attributes: Any) -> Markup:
    """An element. Children: Markup stays, everything else becomes text, None is left out, lists are joined.

    Attributes: `class_` and `for_` lose their underscore, others turn _ to -; None and False are left out.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(children)}</{name}>")


def join(children: Iterable[Any]) -> Markup:
    parts = []
    for child in children:
        if child is None:
            continue
        if isinstance(child, list | tuple):
            parts.append(join(child))
        else:
            parts.append(child if isinstance(child, Markup) else text(child))
    return Markup("".join(parts))


def _attribute(key: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(value)}"'
