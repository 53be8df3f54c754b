"""KPIs from where the facts are: asked, computed there, checked and stored like a file; one transaction per KPI."""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from time import perf_counter
from typing import Any

import yaml

from data import as_known, ledger
from data.loading import Loading
from data.writing import needs
from kpi_sources.extract import Extract
from kpi_sources.warehouse_file import FactKpi, WarehouseFile
from kpi_sources.warehouses import Warehouse, tidy_rows
from models.language import tr, trn
from models.refused import Refused


@dataclass(frozen=True)
class Pulled:
    """What became of one KPI: the days asked for (`since` None: all there is; `until` is the day after), and as for a
    load its status (also unchanged, failed), counts, number and refused rows."""

    kpi: str
    source: str
    status: str
    since: date | None = None
    until: date | None = None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ledger.COUNTS, 0))
    load_id: int | None = None
    rejected: list[dict[str, Any]] = field(default_factory=list)
    message: str = ""
    seconds: float = 0.0
    sql: str = ""

    @property
    def is_good(self) -> bool:
        return self.status in ("stored", "partial", "unchanged")


class Pulling(Loading):
    """Values that come from warehouses."""

    def pulled_until(self, file: WarehouseFile) -> dict[str, date | None]:
        """The last period stored of each KPI of a file, by its source; None where there is none yet."""
        sources = [row.source for row in file.kpis]
        return self._answers.get(  # kept, so that it is still shown while the store is away
            ("pulled_until", tuple(sources)),
            lambda: self._read(lambda c: {source: as_known.last_period(c, source) for source in sources}),
        )

    @needs("upload")
    def pull(
        self,
        file: WarehouseFile,
        *,
        connection: str | None = None,
        kpi: str | None = None,
        since: date | None = None,
        dry_run: bool = False,
        create_kpis: bool = False,
        accept_partial: bool = False,
        environment: Mapping[str, str] | None = None,
        each: Callable[[Pulled], None] = lambda one: None,
    ) -> list[Pulled]:
        """Ask for what is new of each KPI of a file; one that fails does not keep the others from being stored. `each`
        is told of every KPI when it is done. A store that is away ends it at once (NotNow); what was stored stays.

        New are the periods from the last one stored minus the look-back until the last complete one; `since` overrules.
        """
        wanted = file.chosen(connection, kpi)
        if since is not None and since > self.today():
            raise Refused(tr("--since is a day up to today, found {day}.", day=since))
        options = {"create_kpis": create_kpis, "accept_partial": accept_partial, "store": not dry_run}
        found: dict[str, Pulled] = {}

        def done(one: Pulled) -> None:
            found[one.kpi] = one
            each(one)

        for name in dict.fromkeys(row.connection for row in wanted):
            mine = [row for row in wanted if row.connection == name]
            try:
                warehouse = Warehouse(name, file.connections[name], os.environ if environment is None else environment)
            except Refused as error:
                for row in mine:
                    done(Pulled(row.kpi, row.source, "failed", message=str(error)))
                continue
            try:
                for row in mine:
                    done(self._pulled(warehouse, row, since, options))
            finally:
                warehouse.close()
        return [found[row.kpi] for row in wanted]

    def _pulled(self, warehouse: Warehouse, kpi: FactKpi, since: date | None, options: dict[str, Any]) -> Pulled:
        began = perf_counter()
        last, before = self._read(lambda c: (as_known.last_period(c, kpi.source), as_known.last_mapping(c, kpi.source)))
        declared = yaml.safe_dump(kpi.model_dump(mode="json", exclude_defaults=True), sort_keys=False)
        changed = bool(last and before) and _counted(before or "") != _counted(declared)
        # Old periods counted one way and new ones another would look like a movement.
        first, until = kpi.span(self.today(), None if changed else last, since, self.policy.pull_look_back)
        said: dict[str, Any] = {"kpi": kpi.kpi, "source": kpi.source, "since": first, "until": until}
        try:
            if not options["create_kpis"] and kpi.kpi not in {known.id for known in self.company().kpis}:
                raise Refused(
                    tr(
                        "{source}: no KPI {kpi} is defined. Define it first, or pull again and define KPIs that are "
                        "not known yet (in a terminal: --create-kpis).",
                        source=kpi.source,
                        kpi=repr(kpi.kpi),
                    )
                )
            answer = warehouse.ask(kpi, first, until)
            if not options["store"]:
                said["sql"] = warehouse.sql(kpi, first, until)
        except Refused as error:
            return Pulled(**said, status="failed", message=str(error), seconds=perf_counter() - began)
        if answer.series.empty:
            nothing = tr("{source}: no facts in the periods asked for.", source=kpi.source)
            message = f"{nothing} {_remarks(0, answer.undated, changed=False, since=since)}".strip()
            return Pulled(**said, status="unchanged", message=message, seconds=perf_counter() - began)
        rows, problems, missing = tidy_rows(kpi, answer.series)
        written = answer.series.to_csv(index=False).encode()
        extract = Extract(
            status="rejected" if problems else "ok",
            rows=rows,
            repeated=0,
            missing=missing,
            errors=problems,
            warnings=[],
            questions=[],
            layout=f"computed by {kpi.connection} ({warehouse.connection.kind}), "
            f"{'from the beginning' if first is None else f'from {first}'} until before {until}",
            decisions=[],
            sha256=hashlib.sha256(written).hexdigest(),
            bytes=len(written),
            name=kpi.kpi,
        )
        result = self._bring(extract, declared, kpi.known, source=kpi.source, **options)
        return Pulled(
            **said,
            status=result.status,
            counts=result.counts,
            load_id=result.load_id,
            rejected=result.rejected,
            message="; ".join(problem.message for problem in result.intake.problems[:1])
            or _remarks(missing, answer.undated, changed, since),
            seconds=perf_counter() - began,
        )


def _counted(declared: str) -> dict[str, Any]:
    """What decides the figures of a definition, as it was written into a load."""
    return {name: said for name, said in yaml.safe_load(declared).items() if name != "look_back"}


def _remarks(missing: int, undated: int, changed: bool, since: date | None) -> str:
    """What is to be known of a good answer."""
    said = []
    if changed and since is None:
        said.append(tr("the definition was changed: asked from the beginning."))
    elif changed:
        said.append(
            tr("the definition was changed: what lies before {day} is still counted by the earlier one.", day=since)
        )
    if missing:
        said.append(
            trn("{count} value is unknown there (nothing to divide by, or no amount given): it is left open.",
                "{count} values are unknown there (nothing to divide by, or no amount given): they are left open.",
                missing)
        )  # fmt: skip
    if undated:
        said.append(
            trn("{count} row there has no day: it is in no period, and not counted.",
                "{count} rows there have no day: they are in no period, and not counted.", undated)
        )  # fmt: skip
    return " ".join(said)
