"""Fields of dbt files, asked for by name: each problem knows its line, and what was never asked for is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpi_sources.okr_yaml import Node
from models.language import tr

# Words that change no figure.
ASIDE = frozenset(
    {"description", "label", "config", "meta", "tags", "group", "docs", "version", "access", "owners", "data_tests"}
)


@dataclass(frozen=True)
class DbtProblem:
    """What cannot be taken over: file, line, field, and the sentence. A note changes no more than it says."""

    file: str
    line: int
    field: str
    message: str
    is_note: bool = False

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.field}: {self.message}"


class NotTaken(Exception):
    """Raised where a metric cannot go on; becomes a problem of the metric."""

    def __init__(self, line: int, field_name: str, message: str):
        super().__init__(message)
        self.line, self.field, self.message = line, field_name, message


class Fields:
    """A mapping of the file by the names of its fields. `left` tells which were never asked for."""

    def __init__(self, node: Node, where: str):
        if node.kind != "map":
            raise NotTaken(node.line, where, tr("a mapping of fields is needed, found {found}.", found=node.shown))
        self.line, self.where = node.line, where
        self._nodes = {key.text: value for key, value in node.pairs if not value.is_null}
        self._lines = {key.text: key.line for key, _ in node.pairs}
        self._asked: set[str] = set(ASIDE)

    def node(self, name: str) -> Node | None:
        self._asked.add(name)
        return self._nodes.get(name)

    def text(self, name: str, otherwise: str | None = None) -> str | None:
        node = self.node(name)
        if node is None:
            return otherwise
        if node.kind != "word":
            raise NotTaken(node.line, f"{self.where}.{name}", tr("a text is needed, found {found}.", found=node.shown))
        if name != "model" and ("{{" in node.text or "{%" in node.text):
            found = repr(node.text.strip())
            raise NotTaken(
                node.line, f"{self.where}.{name}", tr("this template is not understood: {found}.", found=found)
            )
        return node.text.strip()

    def word(self, name: str, otherwise: str) -> str:
        """One of a few words, which dbt takes in capitals too."""
        return (self.text(name) or otherwise).lower()

    def needed(self, name: str) -> str:
        text = self.text(name)
        if not text:
            raise NotTaken(self.line, self.where, tr("{field} is missing.", field=name))
        return text

    def inner(self, name: str) -> Fields | None:
        node = self.node(name)
        return None if node is None else Fields(node, f"{self.where}.{name}")

    def rows(self, name: str) -> list[Fields]:
        node = self.node(name)
        if node is None:
            return []
        if node.kind != "list":
            raise NotTaken(node.line, f"{self.where}.{name}", tr("a list is needed, found {found}.", found=node.shown))
        return [Fields(item, f"{self.where}.{name}[{number}]") for number, item in enumerate(node.items)]

    def line_of(self, name: str) -> int:
        return self._lines.get(name, self.line)

    def left(self) -> list[str]:
        return [name for name in self._nodes if name not in self._asked]

    def all_known(self) -> None:
        for name in self.left():
            raise NotTaken(self.line_of(name), f"{self.where}.{name}", tr("this field is not understood."))


def texts_of(node: Node | None) -> Iterator[tuple[int, str]]:
    """A text, or a list of texts, with their lines."""
    for item in [] if node is None else node.items if node.kind == "list" else [node]:
        yield item.line, item.text
