"""YAML as a tree of written words with their lines, and nothing else: no tags, no guessed types, no growth by aliases.

What a word means (text, number, date) is decided by the field that it stands in, not by YAML: `NO`, `1:30`, `007` and
`2026-07-01` stay what was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

MAX_BYTES = 5_000_000  # a company of 10,000 key results writes about 3 MB
MAX_DEPTH = 30  # the deepest definition (a stage of a key result of an objective) is 6 levels down
MAX_NODES = 1_000_000  # about 25 nodes a key result
MAX_BORROWED = 10_000  # nodes that aliases may bring in; a shared block of defaults brings dozens
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same events, ten times faster
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class OkrProblem:
    """One thing wrong in an OKR file: where (line and field), what was found, and what to do about it."""

    line: int | None
    field: str
    code: str
    found: str
    message: str

    def __str__(self) -> str:
        place = [f"line {self.line}"] if self.line is not None else []
        return ", ".join([*place, *([self.field] if self.field else [])]) + f": {self.message}"


@dataclass
class Node:
    """A word, a list or a mapping as written. `size` counts the nodes below it with every alias written out."""

    kind: Literal["word", "list", "map"]
    line: int
    text: str = ""
    plain: bool = True  # written without quotes
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    size: int = 1

    @property
    def is_null(self) -> bool:
        return self.kind == "word" and self.plain and self.text in _NULLS

    @property
    def shown(self) -> str:
        """What was found, for a message."""
        if self.kind == "word":
            return self.text if len(self.text) <= 60 else f"{self.text[:57]}..."
        return {"list": "a list", "map": "a mapping of fields"}[self.kind]


class _Refused(Exception):
    def __init__(self, problem: OkrProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def parse_yaml(text: str) -> tuple[Node | None, list[OkrProblem]]:
    """The tree of one YAML document, and what is wrong with it; no tree when it cannot be trusted.

    Duplicate keys are reported and the first value is kept, so that the rest of the file can still be checked.
    """
    composer = _Composer()
    try:
        root = composer.compose(yaml.parse(text, Loader=_LOADER))
    except _Refused as refused:
        return None, [*composer.problems, refused.problem]
    except yaml.YAMLError as error:
        return None, [*composer.problems, _syntax_problem(error, text)]
    trusted = all(problem.code == "yaml_duplicate" for problem in composer.problems)
    return (root if trusted else None), composer.problems


class _Composer:
    def __init__(self) -> None:
        self.problems: list[OkrProblem] = []
        self.anchors: dict[str, Node | None] = {}  # None while the anchored node is still open
        self.nodes = 0
        self.borrowed = 0

    def compose(self, events: Iterator[Any]) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = "a second YAML document starts here; put everything into one, without a line of ---"
                    raise _Refused(OkrProblem(_line(event), "", "yaml_syntax", "---", message))
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event, events, 0)
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor, line)
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            what = f"more than {MAX_DEPTH} levels" if depth > MAX_DEPTH else f"more than {MAX_NODES:,} entries"
            raise _Refused(OkrProblem(line, "", "too_large", what, f"the YAML has {what}, above the limit; split it"))
        if event.tag is not None:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            message = f"the YAML tag {tag} is not allowed: definitions are plain text, numbers and lists; remove it"
            self.problems.append(OkrProblem(line, "", "yaml_unsafe", tag, message))
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        node = self._content(event, events, depth, line)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _content(self, event: Any, events: Iterator[Any], depth: int, line: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return Node("word", line, event.value, plain=not event.style)
        if isinstance(event, yaml.SequenceStartEvent):
            node = Node("list", line)
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                node.items.append(self._node(event, events, depth + 1))
            node.size += sum(item.size for item in node.items)
            return node
        node = Node("map", line)
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._node(event, events, depth + 1)
            node.pairs.append((key, self._node(next(events), events, depth + 1)))
        self._settle_keys(node)
        node.size += sum(key.size + value.size for key, value in node.pairs)
        return node

    def _alias(self, name: str, line: int) -> Node:
        if name not in self.anchors:
            message = f"*{name} refers to &{name}, which is not defined above it"
            raise _Refused(OkrProblem(line, "", "yaml_alias", f"*{name}", message))
        node = self.anchors[name]
        if node is None:
            message = f"*{name} refers to a block that contains it, which has no end; write the values out"
            raise _Refused(OkrProblem(line, "", "yaml_alias", f"*{name}", message))
        self.borrowed += node.size
        if self.borrowed > MAX_BORROWED:
            message = (
                f"aliases expand to more than {MAX_BORROWED:,} entries (here *{name} brings {node.size:,}), above the "
                "limit; write the values out"
            )
            raise _Refused(OkrProblem(line, "", "yaml_alias", f"*{name}", message))
        return node

    def _settle_keys(self, node: Node) -> None:
        """Refuse keys that stand twice, and write out the defaults brought in by `<<: *name`."""
        first: dict[str, Node] = {}
        kept: list[tuple[Node, Node]] = []
        merged: list[Node] = []
        for key, value in node.pairs:
            if key.kind != "word":
                message = f"a field name is expected here, found {key.shown}"
                raise _Refused(OkrProblem(key.line, "", "yaml_syntax", key.shown, message))
            if key.plain and key.text == "<<":
                merged.extend(value.items if value.kind == "list" else [value])
            elif key.text in first:
                message = (
                    f"duplicate key {key.text!r}: it stands on line {first[key.text].line} and again on line "
                    f"{key.line}; keep one"
                )
                self.problems.append(OkrProblem(key.line, key.text, "yaml_duplicate", key.text, message))
            else:
                first[key.text] = key
                kept.append((key, value))
        for block in merged:
            if block.kind != "map":
                message = f"<<: brings in a block of fields, found {block.shown}; write *name of an anchored block"
                self.problems.append(OkrProblem(block.line, "<<", "yaml_syntax", block.shown, message))
            for key, value in block.pairs:
                if key.text not in first:
                    first[key.text] = key
                    kept.append((key, value))
        node.pairs = kept


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _syntax_problem(error: yaml.YAMLError, text: str) -> OkrProblem:
    mark = getattr(error, "problem_mark", None)
    if mark is None:  # the reader stops at a character that text does not hold
        at = int(getattr(error, "position", 0) or 0)
        line = text.count("\n", 0, at) + 1
        message = "this is not YAML text: it holds a control character; save the file as plain UTF-8 text"
        return OkrProblem(line, "", "yaml_syntax", repr(text[at : at + 1]), message)
    lines = text.splitlines() or [""]
    line = min(int(mark.line) + 1, len(lines))
    written = lines[line - 1]
    indent = written[: len(written) - len(written.lstrip())]
    if "\t" in indent:
        message = f"line {line} is indented with a tab, which YAML does not allow; use spaces"
        return OkrProblem(line, "", "yaml_syntax", "tab", message)
    problem = getattr(error, "problem", None) or "it cannot be read"
    if "nesting depth" in problem:  # newer parsers stop at a depth of their own before ours is reached
        what = f"more than {MAX_DEPTH} levels"
        return OkrProblem(line, "", "too_large", what, f"the YAML has {what}, above the limit; split it")
    if "tag" in problem:
        message = f"YAML tags are not allowed ({problem}): definitions are plain text, numbers and lists; remove it"
        return OkrProblem(line, "", "yaml_unsafe", written.strip()[:60], message)
    context = getattr(error, "context_mark", None)
    since = f" (in what begins on line {context.line + 1})" if context and context.line + 1 != line else ""
    message = f"YAML syntax error: {problem}{since}; check the indentation, quotes and colons around this line"
    return OkrProblem(line, "", "yaml_syntax", written.strip()[:60], message)
