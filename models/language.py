"""The language and number style of the moment: texts pass through `tr`, whatever is drawn or printed.

Pure: a front door puts the language in force with `speak`; without one everything is English. The texts in the code
are the English ones and the keys of the catalogues at once (gettext), so adding a language is adding a file.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property, wraps
from gettext import NullTranslations
from typing import Any, ParamSpec, TypeVar

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip

P = ParamSpec("P")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Language:
    """`code` is a language tag like `en` or `sv`; `decimal` and `group` are the marks inside numbers; `months` are the
    twelve names as they stand in a date, `short_months` their short forms."""

    code: str = "en"
    decimal: str = "."
    group: str = ","
    texts: NullTranslations = field(default_factory=NullTranslations, repr=False, compare=False)
    months: tuple[str, ...] = field(default=MONTHS, repr=False, compare=False)
    short_months: tuple[str, ...] = field(default=tuple(m[:3] for m in MONTHS), repr=False, compare=False)

    @cached_property
    def marks(self) -> dict[int, str] | None:
        """The marks of an English number → those of this language; None where they are the same."""
        same = (self.decimal, self.group) == (".", ",")
        return None if same else str.maketrans({".": self.decimal, ",": self.group})


ENGLISH = Language()
_current: ContextVar[Language | None] = ContextVar("language", default=None)
_otherwise: list[Callable[[], Language | None]] = []


def current() -> Language:
    """The language in force; part of the key of everything that is kept and holds sentences."""
    spoken_here = _current.get()
    if spoken_here is not None:
        return spoken_here
    return next((found for ask in _otherwise if (found := ask())), ENGLISH)


def speak(language: Language) -> None:
    """Put a language in force for the rest of this thread's run: for a front door."""
    _current.set(language)


def otherwise(ask: Callable[[], Language | None]) -> None:
    """Whom to ask for the language in threads where nobody has spoken; said once, by a front door."""
    _otherwise[:] = [ask]


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """A language in force for a block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def carrying(work: Callable[P, Result]) -> Callable[P, Result]:
    """`work` in the language that is in force now, whenever and in whatever thread it will run: for downloads."""
    language = current()

    @wraps(work)
    def in_that_language(*args: P.args, **kwargs: P.kwargs) -> Result:
        with speaking(language):
            return work(*args, **kwargs)

    return in_that_language


def tr(text: str, /, **values: Any) -> str:
    """A text in the language in force, its `{names}` filled in. `text` is a literal, so that it can be collected."""
    said = current().texts.gettext(text)
    return said.format(**values) if values else said


def trn(one: str, many: str, count: int, /, **values: Any) -> str:
    """`tr` for a counted thing; `{count}` is filled in with its thousands grouped as the language does."""
    said = current().texts.ngettext(one, many, count)
    return said.format(count=numeral(f"{count:,}"), **values)


def mark(text: str) -> str:
    """The text as it is, marked to be collected: for tables of texts, which `spoken` says later."""
    return text


def spoken(text: str, /, **values: Any) -> str:
    """`tr` of a text that was marked where it stands."""
    said = current().texts.gettext(text) if text else text  # the empty text is the head of a catalogue
    return said.format(**values) if values else said


def numeral(text: str) -> str:
    """A number in English form, `1,234.5`, with the marks of the language in force."""
    marks = current().marks
    return text if marks is None else text.translate(marks)
