"""Sample companies: what to load into an empty store, in which order, as if recorded at the time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from data.definitions import CheckIn
from data.ledger import COUNTS
from models.refused import Refused


@dataclass(frozen=True)
class SampleFile:
    """One extract. `mapping` is the YAML that an analyst would have declared for its source."""

    name: str
    data: bytes
    source: str
    recorded_at: datetime
    mapping: str = ""


@dataclass(frozen=True)
class Sample:
    """Files and OKR files in order of time; check-ins with the moment they were recorded; `then` writes the rest."""

    files: list[SampleFile]
    okrs: list[tuple[str, bytes, datetime]]
    check_ins: list[tuple[CheckIn, datetime]] = field(default_factory=list)
    create_kpis: bool = False
    accept_partial: bool = False
    then: Callable[[Any], None] | None = None

    def load_into(self, workspace: Any) -> dict[str, Any]:
        """Bring it all into an empty workspace; raises Refused where a file is not read as it should be."""
        for name, data, moment in self.okrs:
            done = workspace.import_okrs(name, data, recorded_at=moment)
            if done.status == "rejected":
                raise Refused(f"{name}: {done.errors[0].message}")
        counts = dict.fromkeys(COUNTS, 0)
        for file in self.files:
            options = workspace.options(
                mapping=file.mapping,
                source=file.source,
                create_kpis=self.create_kpis,
                accept_partial=self.accept_partial,
                recorded_at=file.recorded_at,
                trusted=True,
            )
            result = workspace.load(file.name, file.data, options)
            if result.status not in ("stored", "partial"):
                reason = result.rejected[0]["reason"] if result.rejected else result.status
                raise Refused(f"{file.name}: {reason}")
            counts = {name: counts[name] + result.counts.get(name, 0) for name in counts}
        workspace.report_check_ins(self.check_ins)
        if self.then is not None:
            self.then(workspace)
        return {"status": "filled", "files": len(self.files), "counts": counts}
