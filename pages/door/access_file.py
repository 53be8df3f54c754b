"""The access table as a file or as part of the secrets: read again when it changes, so that a role ends at once."""

import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from models.access import Access, read_access
from models.refused import Refused
from models.roles import Person

BYTES = 1_000_000  # an access table of ten thousand people is smaller


class AccessFile:
    """`NEEDLE_ACCESS` names a YAML or TOML file; without it, `[needle]` of the secrets is the table (`fixed`)."""

    def __init__(self, path: Path | None, fixed: Mapping[str, Any] | None = None):
        if path is None and not fixed:
            raise Refused(
                "sign-in is on, but nobody has a role: name an access file in NEEDLE_ACCESS, or write "
                "[[needle.access]] entries into .streamlit/secrets.toml. docs/operations.md shows both."
            )
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._table = read_access(_plain(fixed), "[needle] in secrets.toml") if path is None else self._read()
        self.problem = ""

    @property
    def table(self) -> Access:
        """The table in force. A file that became faulty while running leaves the last good one, and says so."""
        if self._path is not None:
            with self._lock:
                if self._mark() != self._stamp:
                    try:
                        self._table, self.problem = self._read(), ""
                    except Refused as refusal:
                        self.problem = str(refusal)
        return self._table

    def person(self, claims: Mapping[str, Any]) -> Person | None:
        return self.table.person(claims)

    def _mark(self) -> tuple[int, int] | None:
        assert self._path is not None
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    def _read(self) -> Access:
        assert self._path is not None
        self._stamp = self._mark()
        name = f"access file {self._path.name}"
        try:
            text = self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
        if len(text) > BYTES:
            raise Refused(f"{name} is larger than {BYTES:,} signs.")
        try:
            content = tomllib.loads(text) if self._path.suffix == ".toml" else yaml.safe_load(text)
        except (tomllib.TOMLDecodeError, yaml.YAMLError) as error:
            raise Refused(f"{name}: {str(error).splitlines()[0]}.") from error
        return read_access(content, name)


def _plain(value: Any) -> Any:
    """Streamlit's secrets as plain dicts and lists."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
