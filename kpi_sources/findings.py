"""What reading found: problems with their place, questions with their answers, decisions with their evidence."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where (physical 1-based line, sheet cell, column name), what was found, why.

    The last of a long list stands for `more` cells that are not listed one by one.
    """

    line: int | None
    cell: str | None
    column: str | None
    found: str
    code: str
    message: str
    more: int = 0

    def place(self) -> str:
        """`line 7, column value`; empty when the whole file is meant."""
        parts = []
        if self.cell:
            parts.append(f"cell {self.cell}")
        elif self.line is not None:
            parts.append(f"line {self.line}")
        if self.column:
            parts.append(f"column {self.column!r}")
        return ", ".join(parts)


@dataclass(frozen=True)
class Question:
    """Two readings exist. Each option is a value for `mapping_key`, with what it would mean."""

    code: str
    message: str
    options: list[tuple[Any, str]]
    mapping_key: str
    line: int | None = None


@dataclass(frozen=True)
class Decision:
    """Something read from the file: what was taken, on which evidence, and the mapping key that changes it."""

    name: str
    value: str
    because: str
    mapping_key: str | None = None
    alternatives: tuple[str, ...] = ()


class Asked(Exception):
    """Reading cannot go on without an answer."""

    def __init__(self, question: Question):
        super().__init__(question.message)
        self.question = question


@dataclass
class Findings:
    """What is gathered while a file is read."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    layout: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    left_out_text: list[tuple[int, str]] = field(default_factory=list)
