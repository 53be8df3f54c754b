"""The language and number style of the moment: texts pass through `tr`, whatever is drawn or printed.

Pure: a front door puts the language in force with `speaking`; without one everything is English. The texts in the code
are the English ones and the keys of the catalogues at once (gettext), so adding a language is adding a file.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from gettext import NullTranslations
from typing import Any


@dataclass(frozen=True)
class Language:
    """`code` is a language tag like `en` or `sv`; `decimal` and `group` are the marks inside numbers."""

    code: str = "en"
    decimal: str = "."
    group: str = ","
    texts: NullTranslations = field(default_factory=NullTranslations, repr=False, compare=False)


ENGLISH = Language()
_current: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def current() -> Language:
    """The language in force; part of the key of everything that is kept and holds sentences."""
    return _current.get()


def speak(language: Language) -> None:
    """Put a language in force for the rest of this thread's run: for a front door."""
    _current.set(language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """A language in force for a block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def tr(text: str, /, **values: Any) -> str:
    """A text in the language in force, its `{names}` filled in. `text` is a literal, so that it can be collected."""
    said = current().texts.gettext(text)
    return said.format(**values) if values else said


def trn(one: str, many: str, count: int, /, **values: Any) -> str:
    """`tr` for a counted thing; `{count}` is filled in with its thousands grouped as the language does."""
    said = current().texts.ngettext(one, many, count)
    return said.format(count=f"{count:,}".replace(",", current().group), **values)
