"""OKR definitions in: a file read and compared with what is there; and the way back into a file."""

from dataclasses import dataclass, field
from datetime import datetime

from data import definitions
from data.definitions import CheckIn
from data.writing import Writing, needs
from kpi_sources.mapping import MappingError
from kpi_sources.okr_cells import TABLE_SUFFIXES, cells_of
from kpi_sources.okr_columns import OkrMapping
from kpi_sources.okr_file import OkrProblem, read_okr_file, write_okr_file
from kpi_sources.reported import Reported
from models.company import Company
from models.kpi import Kpi, feeding_loop, loop_words
from models.language import spoken, tr
from models.okr import KeyResult, Objective, OkrFile
from models.okr_changes import GONE_NOTE, Change, compare
from models.refused import Refused
from models.roles import NotAllowed


@dataclass(frozen=True)
class OkrImport:
    """What an OKR file changed, or, refused or tried out, would have."""

    status: str  # imported, unchanged, dry_run, rejected
    errors: list[OkrProblem]
    notes: list[str]
    changes: list[Change]
    key_results: list[KeyResult]
    check_ins: int = 0  # values typed in elsewhere, taken over as check-ins
    objectives: list[Objective] = field(default_factory=list)  # of the file, with their key results
    lines: dict[tuple[str, str], int] = field(default_factory=dict)  # (objective or key_result, id) -> line


class Importing(Writing):
    """Definitions from files and into a file."""

    @needs("import_okrs")
    def import_okrs(
        self,
        name: str,
        data: bytes,
        *,
        dry_run: bool = False,
        recorded_at: datetime | None = None,
        mapping: str | None = None,
        draft: bool = False,
    ) -> OkrImport:
        """Read OKR definitions and record what is new or changed; what the file does not name stays as it is.

        `mapping` is YAML that says which column of a table means what; `draft` keeps new objectives as drafts.
        """
        try:
            columns = OkrMapping.from_yaml(mapping) if mapping and mapping.strip() else None
        except MappingError as error:
            raise Refused(str(error)) from error
        moment = recorded_at or self._now()
        company = self.company()
        known = {kpi.id for kpi in company.kpis}
        reading = read_okr_file(
            data,
            name,
            as_of=moment.date(),
            known_kpis=known,
            known_teams={team.id for team in company.teams},
            known_cycles={cycle.id for cycle in company.cycles},
            known_dependencies={
                kr.id: [wanted.on for wanted in kr.depends_on] for krs in company.key_results.values() for kr in krs
            },
            mapping=columns,
        )
        if reading.file is None:
            return OkrImport("rejected", reading.errors, reading.notes, [], [])
        loop = feeding_loop({kpi.id: kpi.fed_by for kpi in [*company.kpis, *reading.file.kpis]})
        if loop:  # with what is stored already
            problem = OkrProblem(None, "kpis", "okr_cycle", loop[0], loop_words(loop))
            return OkrImport("rejected", [problem], reading.notes, [], [])
        self._refuse_hidden(reading.file)
        known_objectives = {objective.id: objective for objective in [*company.objectives, *company.drafts]}
        for objective in reading.file.objectives if draft else []:
            objective.draft = known_objectives[objective.id].draft if objective.id in known_objectives else True
        changes = compare(_as_file(company), reading.file)
        key_results = [kr for objective in reading.file.objectives for kr in objective.key_results]
        notes = reading.notes + [spoken(GONE_NOTE)] * any(change.what == "gone" for change in changes)
        changes = [change for change in changes if change.what != "gone"]
        touched = {(change.kind, change.id) for change in changes}
        versions = [v for v in definitions.versions_of(reading.file) if (v.kind, v.id) in touched]
        fresh = self._unknown_check_ins(reading.reported, moment)
        status = "dry_run" if dry_run else "imported" if versions or fresh else "unchanged"
        if status == "imported":
            with self.store.write() as connection:
                definitions.append(connection, versions, moment, self.who)
                definitions.check_in(connection, fresh, moment, self.who)
        objectives = reading.file.objectives
        return OkrImport(status, [], notes, changes, key_results, len(fresh), objectives, reading.lines)

    @staticmethod
    def okr_headers(name: str, data: bytes) -> list[str]:
        """The headers of an OKR table, to be chosen from; none for other files."""
        if not name.lower().endswith(TABLE_SUFFIXES):
            return []
        cells, problem = cells_of(data, name)
        return [] if problem or not cells else [header for header in cells[0][1] if header.strip()]

    def _unknown_check_ins(self, reported: list[Reported], moment: datetime) -> list[CheckIn]:
        """Those that would say something new: a file that is imported again repeats the old ones."""
        if not reported:
            return []
        known = self._read(lambda connection: definitions.check_ins(connection, moment))
        said = set(zip(known["key_result"], known["day"].dt.date, known["value"], strict=True))
        rows = [CheckIn(r.key_result, r.day, r.value, None, r.note) for r in reported]
        return [row for row in rows if (row.key_result, row.day, row.value) not in said and row.day <= moment.date()]

    def _refuse_hidden(self, file: OkrFile) -> None:
        """A file may not touch private objectives that its bringer does not see, nor the key results in them."""
        hidden = self._hidden()
        if not hidden:
            return
        held = self._whole_company(self.today()).key_results
        taken = hidden | {kr.id for objective in hidden for kr in held.get(objective, [])}
        named = {o.id for o in file.objectives} | {kr.id for o in file.objectives for kr in o.key_results}
        if named & taken:
            raise NotAllowed(
                tr(
                    "the file names objectives or key results that stand in private ones and are not yours to "
                    "change: {ids}. Give other ids, or ask an admin.",
                    ids=", ".join(sorted(named & taken)),
                )
            )

    @needs("import_okrs")
    def define_kpis(self, kpis: list[Kpi]) -> int:
        """Record KPI definitions that are new or changed; returns how many. Refused if KPIs would feed each other."""
        known = {kpi.id: kpi for kpi in self.company().kpis}
        loop = feeding_loop({kpi.id: kpi.fed_by for kpi in [*known.values(), *kpis]})
        if loop:
            raise Refused(tr("nothing was changed: {why}.", why=loop_words(loop)))
        versions = definitions.versions_of(OkrFile(kpis=[kpi for kpi in kpis if known.get(kpi.id) != kpi]))
        if versions:
            with self.store.write() as connection:
                definitions.append(connection, versions, self._now(), self.who)
        return len(versions)

    def export(self) -> str:
        """The definitions in force as an OKR file that `import_okrs` reads back without loss."""
        return write_okr_file(_as_file(self.company()))


def _as_file(company: Company) -> OkrFile:
    """The definitions in force in the form that people write."""
    objectives = [
        o.model_copy(update={"key_results": company.key_results.get(o.id, [])})
        for o in [*company.objectives, *company.drafts]
    ]
    return OkrFile(
        teams=company.teams,
        cycles=company.cycles,
        kpis=company.kpis,
        statuses=company.statuses,
        objectives=objectives,
    )
