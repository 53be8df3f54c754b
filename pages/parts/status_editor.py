"""The company's own list of statuses, edited as a small table."""

from typing import Any

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from models import wrong
from models.language import tr
from models.okr import Status
from models.refused import Refused
from pages.parts.escape import plain

TONES = ("good", "warn", "bad", "neutral")


def edit(workspace: Any) -> None:
    """Open the dialog."""
    st.dialog(tr("Statuses"), width="large")(table)(workspace)


def table(workspace: Any) -> None:
    """The statuses as they are, to be changed and saved."""
    st.caption(tr("The words for where work stands. One that is taken out is no longer offered; what was said stays."))
    before = pd.DataFrame(
        [
            {"id": known.id, "name": known.label, "icon": known.icon, "tone": known.tone, "ended": known.ended}
            for known in workspace.company().status_list
        ]
    )
    after = st.data_editor(
        before, num_rows="dynamic", hide_index=True, key="statuses", alt=tr("The statuses to choose from"),
        column_config={
            "id": st.column_config.TextColumn(tr("Id"), required=True, help=tr("As files and the terminal write it.")),
            "name": st.column_config.TextColumn(tr("Name")),
            "icon": st.column_config.TextColumn(tr("Sign"), max_chars=4, width="small"),
            "tone": st.column_config.SelectboxColumn(tr("Tone"), options=TONES, default="neutral", width="small"),
            "ended": st.column_config.CheckboxColumn(tr("Nothing more expected"), default=False),
        },
    )  # fmt: skip
    if st.button(tr("Save the statuses"), type="primary"):
        try:
            changed = workspace.define_statuses(listed(after))
        except Refused as refusal:
            st.error(plain(refusal), icon=":material/error:")
            return
        st.toast(tr("Statuses saved.") if changed else tr("Nothing was changed, so nothing was saved."))
        st.rerun()


def listed(rows: pd.DataFrame) -> list[Status]:
    """The rows of the table as statuses; raises Refused for a row that cannot be one."""
    out = []
    for row in rows.to_dict("records"):
        given = {
            name: value for name, value in row.items() if isinstance(value, bool) or (isinstance(value, str) and value)
        }
        try:
            out.append(Status.model_validate(given))
        except ValidationError as error:
            where = row.get("id") or row.get("name") or "?"
            raise Refused(tr("Status {id}: {reason}", id=where, reason=wrong.said(error))) from None
    return out
