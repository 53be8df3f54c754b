"""Everything a user can do, once: the parts of the workspace joined. The pages and the terminal are two faces of it."""

import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from data import backup
from data.carrying import Carrying
from data.comparing import Comparing
from data.crossing import Crossing
from data.defining import Defining
from data.digesting import Digesting
from data.driving import Driving
from data.hinting import Hinting
from data.importing import Importing, OkrImport
from data.learning import Learning
from data.load_result import LoadResult
from data.loading import LoadOptions
from data.okr_views import OkrViews
from data.owning import Owning
from data.pulling import Pulling
from data.reviewing import Reviewing
from data.stand_ups import StandUps
from data.surveying import Surveying
from data.tokens import Tokens
from data.tracing import Tracing
from data.writing import needs
from models.language import tr
from models.policy import POLICY, Policy
from models.refused import Refused

__all__ = ["LoadOptions", "LoadResult", "OkrImport", "Refused", "Workspace", "open_workspace"]


def utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class Workspace(
    Crossing, StandUps, Digesting, Driving, Learning, Owning, Surveying, Comparing, Reviewing, Tracing, Tokens,
    Carrying, OkrViews, Hinting, Defining, Importing, Pulling,
):  # fmt: skip
    """One store: all that can be asked of it (see Questions), and everything that changes it."""

    def __init__(
        self,
        path: Path | str,
        *,
        who: str = "",
        now: Callable[[], datetime] = utc_now,
        policy: Policy = POLICY,
    ):
        super().__init__(path, now, who or getpass.getuser(), policy)

    # -- keeping it safe ---------------------------------------------------------------------------------------------

    @needs("back_up")
    def back_up(self, target: Path) -> dict[str, Any]:
        """Copy the store to a file, whole or not at all."""
        return {"status": "backed_up", "file": str(target), "bytes": backup.back_up(self.store, target)}

    @needs("back_up")
    def restore(self, source: Path) -> dict[str, Any]:
        """Put a backup in the store's place once it has been checked; the store before stays beside it."""
        findings = backup.restore(self.store, source)
        return {"status": "restored", "file": str(source), "rules_checked": len(findings)}

    @needs("back_up")
    def recover(self, target: Path) -> dict[str, Any]:
        """Copy what can still be read of a damaged store into a new one."""
        return {"status": "recovered", "file": str(target), **backup.recover(self.store, target)}

    # -- sample companies --------------------------------------------------------------------------------------------

    @needs("fill_sample")
    def fill_sample(
        self, name: str = "nordlys", folder: Path | None = None, *, size: Any | None = None
    ) -> dict[str, Any]:
        """Fill the store with a company: `nordlys`, `wikimedia` from extracts that the user downloaded, or `big`, of a
        `size` (data.samples.big.Size)."""
        if not self.is_empty():
            raise Refused(
                tr(
                    "the store {name} is not empty. Give the path of a new one with --db, so that sample and real "
                    "figures never mix.",
                    name=self.store.name,
                )
            )
        if name == "nordlys":
            from data.samples import nordlys

            return nordlys.sample().load_into(self)
        if name == "wikimedia":
            if folder is None:
                raise Refused(
                    "the wikimedia sample is read from files that you download: give their folder with --from."
                )
            from data.samples import wikimedia

            try:
                return wikimedia.sample(folder).load_into(self)
            except FileNotFoundError as error:
                raise Refused(str(error)) from error
        if name == "big":
            from data.samples import big

            made = size or big.Size()
            made.refuse_nonsense()
            with self.store.write() as connection:
                return big.fill(connection, made, self.who)
        raise Refused(f"there is no sample {name!r}; there are nordlys, wikimedia and big.")


@cache
def open_workspace(path: Path) -> Workspace:
    """The one workspace of a store in this process: pages and API share what it keeps in memory."""
    return Workspace(path)
