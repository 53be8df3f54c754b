"""What a team says of its key results while a cycle runs: check-ins and statuses. One transaction a round."""

import json
from datetime import date, datetime
from typing import Any

import pandas as pd

from data import definitions, records
from data.acting import belonging, numbered
from data.definitions import CheckIn
from data.questions import no_key_result
from data.store import Connection
from data.writing import Writing, as_json, needs
from models import wrong
from models.actions import Action
from models.check_ins import Said, StatusSet, answered, due_check_ins
from models.company import TEXT, Company
from models.language import numeral, tr, trn
from models.okr import KeyResult, Objective, OkrFile, Status
from models.periods import end_of
from models.refused import Refused

STATUS_COLUMNS = {"kind": TEXT, "id": TEXT, "status": TEXT, "at": "datetime64[us]", "by": TEXT, "note": TEXT}


class Running(Writing):
    """Check-ins, with the actions agreed on in them, and statuses."""

    # -- check-ins ---------------------------------------------------------------------------------------------

    @needs("check_in", of="key_result")
    def check_in(
        self,
        key_result: str,
        value: float | None,
        at: date,
        confidence: float | None = None,
        note: str = "",
        blocker: str | None = None,
        status: str | None = None,
    ) -> dict[str, Any]:
        """Record what an owner reports: the value on a day, how confident they are (0 to 10), what holds it up ('' for
        nothing any more). What is None was not said."""
        said = Said(key_result, value, confidence, note, blocker, status)
        self.check_in_round([said], at)
        return {"status": "recorded", "key_result": key_result, "at": at, "value": value}

    @needs("check_in")
    def check_in_round(self, entries: list[Said], day: date, recorded_at: datetime | None = None) -> dict[str, Any]:
        """Record what a team says of its key results on a day, all of it or, refused, nothing.

        Returns how many check-ins, statuses, stages (finished or reopened) and actions were recorded.
        """
        homes = self.company().homes()
        self._judge(entries, day, homes)
        moment = recorded_at or self._now()
        with self.store.write() as connection:
            before = definitions.check_ins(connection, max(moment, end_of(day)))
            definitions.check_in(connection, [_row(said, day, before) for said in entries], moment, self.who)
            versions = [version for said in entries if (version := _done(connection, said, day))]
            definitions.append(connection, versions, moment, self.who)
            statuses: list[tuple[str, dict[str, Any] | None]] = [
                (f"key_result/{said.key_result}", as_json(StatusSet(status=said.status)))
                for said in entries
                if said.status is not None
            ]
            records.append(connection, "status", statuses, moment, self.who)
            actions = [
                Action(title=new.title, owner=new.owner, due=new.due, made=day, **belonging(*homes[said.key_result]))
                for said in entries
                for new in said.actions
            ]
            records.append(connection, "action", numbered(connection, actions), moment, self.who)
        counts = {
            "check_ins": len(entries),
            "statuses": len(statuses),
            "stages": len(versions),
            "actions": len(actions),
        }
        return {"status": "recorded", "at": day, **counts}

    def _judge(self, entries: list[Said], day: date, homes: dict[str, tuple[Objective, KeyResult]]) -> None:
        offered = {status.id for status in self.company().status_list}
        if day > self.today():
            raise Refused(tr("a check-in cannot be dated after today, found {day}.", day=day))
        for said in entries:
            if said.key_result not in homes:
                raise no_key_result(said.key_result)
            self.require("check_in", key_result=said.key_result)
            kr = homes[said.key_result][1]
            if said.confidence is not None and not 0 <= said.confidence <= 10:
                raise Refused(
                    tr("confidence is a number from 0 to 10, found {found}.", found=numeral(f"{said.confidence:g}"))
                )
            if said.status and said.status not in offered:
                raise Refused(
                    tr(
                        "there is no status {id!r}; there are {known}.",
                        id=said.status,
                        known=", ".join(sorted(offered)),
                    )
                )
            if said.done is not None and kr.kind != "yes_no":
                raise Refused(tr("key result {id!r} is no yes or no, so it cannot be ticked off.", id=kr.id))
            for place, done in said.stages.items():
                if place >= len(kr.stages):
                    raise Refused(
                        trn(
                            "key result {id!r} has {count} stage; there is no stage {number}.",
                            "key result {id!r} has {count} stages; there is no stage {number}.",
                            len(kr.stages),
                            id=kr.id,
                            number=place + 1,
                        )
                    )
                if done and done > self.today():
                    raise Refused(tr("a stage cannot be done after today, found {done}.", done=done))
            if any(not new.title.strip() for new in said.actions):
                raise Refused(tr("an action of key result {id!r} has no words; say what is to be done.", id=kr.id))

    @needs("import_okrs")
    def report_check_ins(self, entries: list[tuple[CheckIn, datetime]]) -> None:
        """Record check-ins of the past, each with the moment it was recorded: for samples and imports."""
        with self.store.write() as connection:
            for moment in sorted({moment for _, moment in entries}):
                mine = [entry for entry, at in entries if at == moment]
                definitions.check_in(connection, mine, moment, self.who)

    def check_ins(self, as_of: date | None = None) -> pd.DataFrame:
        """Check-ins known at the end of a day, one per key result and day: key_result, day, value, confidence, note,
        recorded_at, recorded_by, blocker."""
        moment = end_of(as_of or self.today())
        found = self._answers.get(
            ("check-ins", moment), lambda: self._read(lambda c: definitions.check_ins(c, moment)), ("check_in",)
        )
        hidden = self._unseen().key_results
        return found[~found["key_result"].isin(hidden)].reset_index(drop=True) if hidden else found

    def due_check_ins(self, day: date | None = None, team: str | None = None) -> pd.DataFrame:
        """On what a check-in is due by a day, the longest overdue first; see models.check_ins.due_check_ins."""
        on = day or self.today()
        found = self._answers.get(("due", on), lambda: self._due(on))
        return found if team is None else found[found["team"] == team].reset_index(drop=True)

    def _due(self, day: date) -> pd.DataFrame:
        company, given = self.company(day), self.statuses(day)
        ended = {row.id for row in given.itertuples() if row.kind == "key_result" and _ended(company, row.status)}
        last = self.check_ins(day).groupby("key_result")["day"].max()
        return due_check_ins(company, last, ended, day)

    # -- statuses ----------------------------------------------------------------------------------------------

    @needs("check_in")
    def set_status(
        self, kind: str, identifier: str, status: str | None, note: str = "", recorded_at: datetime | None = None
    ) -> dict[str, Any]:
        """Say where a key result or an objective (`kind`) stands, in one of the company's words; None takes it away."""
        company = self.company()
        known = (
            set(self.company().homes())
            if kind == "key_result"
            else {o.id for o in (*company.objectives, *company.drafts)}
        )
        if kind not in ("key_result", "objective") or identifier not in known:
            if kind != "objective":
                raise no_key_result(identifier)
            raise Refused(
                tr("there is no objective {id!r}; the plan lists them (in the terminal: `plan`).", id=identifier)
            )
        self.require("check_in", **{kind: identifier})
        offered = {known.id for known in company.status_list}
        if status is not None and status not in offered:
            raise Refused(
                tr("there is no status {id!r}; there are {known}.", id=status, known=", ".join(sorted(offered)))
            )
        body = None if status is None else as_json(StatusSet(status=status, note=note))
        self._keep("status", [(f"{kind}/{identifier}", body)], recorded_at)
        return {"status": "recorded", "kind": kind, "id": identifier, "set": status}

    def statuses(self, as_of: date | None = None) -> pd.DataFrame:
        """The statuses that stood at the end of a day: kind, id, status, at, by, note."""
        unseen = self._unseen_subjects()
        rows = [
            (*record.id.split("/", 1), record.body.get("status"), record.changed_at, record.changed_by,
             record.body.get("note", ""))
            for record in self._records("status", as_of)
            if record.id not in unseen
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(STATUS_COLUMNS)).astype(STATUS_COLUMNS)

    def _unseen_subjects(self) -> set[str]:
        """What this person does not see, as records name it."""
        found = self._unseen()
        return {f"objective/{name}" for name in found.objectives} | {f"key_result/{name}" for name in found.key_results}

    def status_history(self, kind: str, identifier: str) -> pd.DataFrame:
        """Every status that one thing was ever given, oldest first: at, by, status (missing: taken away), note."""
        found = self._read(lambda c: records.history(c, "status", f"{kind}/{identifier}"))
        found = found[~found["id"].isin(self._unseen_subjects())].reset_index(drop=True)
        bodies = [json.loads(body) if isinstance(body, str) else {} for body in found["body"]]
        return pd.DataFrame(
            {
                "at": found["recorded_at"], "by": found["recorded_by"],
                "status": [body.get("status") for body in bodies], "note": [body.get("note", "") for body in bodies],
            }
        )  # fmt: skip

    @needs("import_okrs")
    def define_statuses(self, statuses: list[Status]) -> int:
        """Make these the company's statuses, in place of the usual ones; what is left out is retired, so that what was
        said with it can still be read. Returns how many definitions changed."""
        if not any(not status.retired for status in statuses):
            raise Refused(tr("a company needs at least one status to choose from."))
        try:
            OkrFile(statuses=statuses)
        except ValueError as error:
            raise Refused(wrong.said(error)) from None
        before = {status.id: status for status in self.company().statuses}
        kept = {status.id for status in statuses}
        left = [known.model_copy(update={"retired": True}) for known in before.values() if known.id not in kept]
        changed = [status for status in [*statuses, *left] if before.get(status.id) != status]
        if changed:
            with self.store.write() as connection:
                versions = definitions.versions_of(OkrFile(statuses=changed))
                definitions.append(connection, versions, self._now(), self.who)
        return len(changed)


def _ended(company: Company, status: str) -> bool:
    found = company.status(status)
    return found is not None and found.ended


def _row(said: Said, day: date, before: pd.DataFrame) -> CheckIn:
    """A check-in as it is kept: what was said earlier the same day, and not again, stays."""
    value = said.value if said.value is not None or said.done is None else float(said.done)
    row = CheckIn(said.key_result, day, value, said.confidence, said.note, said.blocker)
    same = before[(before["key_result"] == said.key_result) & (before["day"] == pd.Timestamp(day))]
    if same.empty:
        return row
    old = same.iloc[0]
    kept = {name: None if pd.isna(old[name]) else old[name] for name in ("value", "confidence", "blocker")}
    fields = {name: was if getattr(row, name) is None else getattr(row, name) for name, was in kept.items()}
    return CheckIn(said.key_result, day, note=said.note or old["note"], **fields)


def _done(connection: Connection, said: Said, day: date) -> definitions.Version | None:
    """The new version of a key result of which stages or the whole were said to be done, or not done after all."""
    if not said.stages and said.done is None:
        return None
    objective, before = definitions.latest_key_result(connection, said.key_result)
    after = answered(before, said, day)
    return None if after == before else definitions.version_of_key_result(objective, after)
