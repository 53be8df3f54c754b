"""What somebody has said about each dropped file, kept between the runs of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st


@dataclass
class Said:
    """About one file: the mapping (None: what is remembered for its source), the source (empty: by the file's name)."""

    mapping: dict[str, Any] | None = None
    source: str = ""
    create: bool = False
    partial: bool = False
    round: int = 0  # raised by every change, so that a control shows the file as it is read now


def of(file_id: str) -> Said:
    said: Said = st.session_state.setdefault("said", {}).setdefault(file_id, Said())
    said.source = str(st.session_state.get(f"source {file_id}", said.source)).strip()
    said.create = bool(st.session_state.get(f"create {file_id}", said.create))
    said.partial = bool(st.session_state.get(f"partial {file_id}", said.partial))
    return said


def say(file_id: str, remembered: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Add to the mapping of a file; a value of None takes its key out. Begins with what its source is known by."""
    said = of(file_id)
    base = dict(remembered if said.mapping is None else said.mapping)
    said.mapping = {key: value for key, value in {**base, **told}.items() if value is not None}
    said.round += 1


def replace(file_id: str, mapping: dict[str, Any] | None) -> None:
    """Put another mapping in place; None goes back to what is remembered for the source."""
    said = of(file_id)
    said.mapping = mapping
    said.round += 1


def forget_others(file_ids: set[str]) -> None:
    """Let go of what was said and read of files that are no longer there."""
    for name in ("said", "previews"):
        kept = st.session_state.setdefault(name, {})
        for key in [key for key in kept if (key[0] if isinstance(key, tuple) else key) not in file_ids]:
            del kept[key]
