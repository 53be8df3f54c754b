"""How one dropped file is read: what it asks, what was decided on which evidence, and what is remembered of it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from models.language import mark, spoken, tr, trn
from models.refused import Refused
from models.source import Source
from pages.parts import allowed, upload_state
from pages.parts.escape import one_line, plain
from pages.parts.reading_choices import KEPT, alike, choices, options_of
from pages.parts.source_editor import as_yaml

NAMES = 8  # unknown names that are asked about one by one
_FREE = mark("let the file decide")
_OTHER = mark("none of these")


@dataclass
class Reading:
    """One file and its preview. Every change is put into the file's mapping, and the file is read again."""

    workspace: Any
    file: Any
    preview: Any

    @property
    def id(self) -> str:
        return str(self.file.file_id)

    def _key(self, what: str) -> str:
        return f"{what} {self.id} {upload_state.of(self.id).round}"

    def _source(self) -> Source:
        name = self.preview.intake.source
        return next((known for known in self.workspace.sources() if known.id == name), None) or Source(id=name)

    def mapping(self) -> dict[str, Any]:
        """What has been said of how this file is written, here or for its source."""
        said = upload_state.of(self.id).mapping
        return dict(self._source().mapping if said is None else said)

    def _say(self, told: dict[str, Any]) -> None:
        upload_state.say(self.id, self._source().mapping, told)
        st.rerun()

    # -- what the file cannot tell --------------------------------------------------------------------------------

    def ask(self) -> None:
        """Questions as radio buttons; what has been said stays in sight and can be taken back."""
        for question in self.preview.intake.extract.questions:
            answers = options_of(question)
            words = [one_line(meaning) for _, meaning in answers]
            picked = st.radio(
                plain(question.message),
                words,
                format_func=plain,
                index=None,
                key=self._key(f"answer {question.mapping_key}"),
            )
            if picked is not None:
                self._say(answers[words.index(picked)][0])
            if question.mapping_key == "kpi_const":
                self._which_kpi()
        self._what_was_said()

    def _which_kpi(self) -> None:
        """The whole file is one KPI: which? A new name may be typed."""
        kpis = list(self.workspace.kpis()["id"])
        named = st.selectbox(
            tr("or the whole file is one KPI:"), kpis, index=None, accept_new_options=True, key=self._key("whole"),
            placeholder=tr("choose it, or type a new name"),
        )  # fmt: skip
        if named:
            self._say({"kpi_const": str(named)})

    def _what_was_said(self) -> None:
        said = upload_state.of(self.id).mapping
        if said is None:
            if self._source().mapping:
                st.caption(plain(tr("Read by what is remembered for the source {source}.", source=self._source().id)))
            return
        told = ", ".join(_told(key, value) for key, value in said.items()) or tr("read it afresh")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(tr("You said: {told}", told=told)), width="content")
            if st.button(tr("Ask me again"), key=f"again {self.id}", type="tertiary"):
                upload_state.replace(self.id, None)
                st.rerun()

    # -- names that nobody knows ----------------------------------------------------------------------------------

    def names(self) -> None:
        """For each unknown name the known ones that it resembles, to choose from; or create what is left."""
        intake = self.preview.intake
        created = [kpi.id for kpi in intake.created]
        unknown = [*intake.unknown_kpis, *(name for name in created if name not in intake.unknown_kpis)]
        if not unknown:
            return
        kpis = self.workspace.kpis()
        kpis = kpis[~kpis["id"].isin(unknown)]
        listed = ", ".join(plain(name) for name in unknown[:NAMES]) + (" …" if len(unknown) > NAMES else "")
        if intake.unknown_kpis:
            st.markdown(
                tr("**Not known yet:** {names}. Say which KPI is meant, or create them as new ones.", names=listed)
            )
        else:
            said = trn(
                "{count} KPI would be created: {names}.",
                "{count} KPIs would be created: {names}.",
                len(created),
                names=listed,
            )
            st.info(said, icon=":material/add_circle:")
        if len(kpis):
            for name in unknown[:NAMES]:
                self._meant(name, kpis)
        st.checkbox(
            trn("Create {count} KPI that is not known yet", "Create {count} KPIs that are not known yet", len(unknown)),
            value=upload_state.of(self.id).create,
            key=f"create {self.id}",
            help=tr("Marked “to be defined”: unit, better direction and smallest change are asked for later."),
        )

    def _meant(self, name: str, kpis: pd.DataFrame) -> None:
        near = alike(name, kpis)
        titles = dict(zip(kpis["id"], kpis["name"], strict=True))
        said = tr("“{name}” is", name=name)
        if near:
            said = tr("“{name}” is (looks like {kpis})", name=name, kpis=", ".join(titles[kpi] for kpi in near))
        st.markdown(plain(said))
        picked = st.selectbox(
            tr("Which KPI is meant"),  # what assistive technology reads shows no escapes: the name stands above
            [_OTHER, *near, *(kpi for kpi in titles if kpi not in near)],
            format_func=lambda kpi: one_line(spoken(_OTHER) if kpi == _OTHER else titles.get(kpi, kpi)),
            key=self._key(f"meant {name}"),
            label_visibility="collapsed",
        )
        if picked != _OTHER:
            self._say({"names": {**self.mapping().get("names", {}), name: str(picked)}})

    # -- what was decided -----------------------------------------------------------------------------------------

    def how(self) -> None:
        """Each decision with its evidence, and a control that takes another one."""
        decisions = self.preview.intake.extract.decisions
        if not decisions:
            return
        with st.expander(tr("How this file was read, and how to change it")):
            for decision in decisions:
                self._decision(decision)

    def _decision(self, decision: Any) -> None:
        others = choices(decision)
        said = decision.mapping_key in self.mapping()
        words, control = st.columns([3, 2], vertical_alignment="center")
        name = decision.name[:1].upper() + decision.name[1:].replace("_", " ")
        because = tr("because {reason}", reason=plain(decision.because))
        words.markdown(f"**{plain(name)}**: {plain(decision.value)}  \n:gray[{because}]")
        if not others:
            return
        options: dict[Any, str] = {None: f"{spoken(KEPT)}: {decision.value}", **others}
        if said:
            options[_FREE] = spoken(_FREE)
        picked = control.selectbox(
            name, list(options), format_func=lambda value: one_line(options[value]),
            key=self._key(f"decide {decision.mapping_key}"), label_visibility="collapsed",
        )  # fmt: skip
        if picked is not None:
            self._say({decision.mapping_key: None if picked == _FREE else picked})

    # -- what is remembered -----------------------------------------------------------------------------------------

    def remember(self) -> None:
        """The mapping as YAML, for this file or for all to come from its source."""
        with st.expander(tr("How to read it, and remember it for the next file")):
            source = st.text_input(
                tr("Source"), key=f"source {self.id}", placeholder=self.preview.intake.source,
                help=tr("Files of one source are compared with each other. Empty: by the file's name."),
            )  # fmt: skip
            before = self.mapping()
            text = st.text_area(
                tr("Mapping (YAML)"), as_yaml(before), height=120, key=self._key("yaml"),
                placeholder="period: Datum\nvalue: Wert\ndecimal: ','",
                help=tr(
                    "Which column is what, and how dates and numbers are written. What is not said is read from"
                    " the file."
                ),
            )  # fmt: skip
            try:
                declared = self.workspace.options(mapping=text or None, create_kpis=False).mapping
            except Refused as refusal:
                st.error(plain(refusal), icon=":material/error:")
                return
            mapping = declared.to_dict() if declared else {}
            name = source.strip() or self.preview.intake.source
            kept = self._source()
            with st.container(horizontal=True):
                if st.button(tr("Read this file so"), disabled=mapping == before, key=f"so {self.id}"):
                    upload_state.replace(self.id, mapping)
                    st.rerun()
                label = tr("Remember for the source {source}", source=one_line(name))
                if allowed.button(
                    self.workspace, "define_source", plain(label), disabled=kept.mapping == mapping,
                    key=f"remember {self.id}",
                ):  # fmt: skip
                    self._remember(kept.model_copy(update={"id": name, "mapping": mapping}))

    def _remember(self, source: Source) -> None:
        try:
            self.workspace.define_source(source)
        except Refused as refusal:
            st.error(plain(refusal), icon=":material/error:")
            return
        upload_state.replace(self.id, None)  # from now on the source says it
        st.toast(plain(tr("Remembered for the source {source}.", source=source.id)))
        st.rerun()


def _told(key: str, value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(tr("{name} is {kpi}", name=written, kpi=known) for written, known in value.items())
    return f"{key.replace('_', ' ')}: {value}"
