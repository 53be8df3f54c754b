"""A source that keeps sending extracts: where its files arrive, how they are read, what is expected of them."""

from typing import Annotated, Any

from pydantic import Field

from models.definition import Definition, Identifier


class Source(Definition):
    """`folder` and `pattern` name the files to watch; `mapping` and `expectations` are written as in their YAML."""

    id: Identifier
    folder: Annotated[str, Field(max_length=1000)] | None = None
    pattern: Annotated[str, Field(max_length=200)] = "*"
    mapping: dict[str, Any] = Field(default_factory=dict)
    expectations: dict[str, Any] = Field(default_factory=dict)
    create_kpis: bool = False
    accept_partial: bool = False
