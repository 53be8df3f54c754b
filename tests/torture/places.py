"""A dashboard that is killed (-9) and started again, and what may be forgiven because of it."""

import os
import signal
import threading
import time
from dataclasses import dataclass, field

from benchmarks.served import free_port, serving
from tests.torture.together import Seen


@dataclass
class Place:
    """One server of the shared store, on a port that it keeps. `away`: from each kill until it answered again."""

    name: str
    port: int = field(default_factory=free_port)
    away: list[tuple[float, float]] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)  # seconds from each start to the first page

    def serve(self, store: str, spells: list[float], ready: threading.Event, done: threading.Event) -> None:
        """Run until `done`; after each of the spells (seconds) it is killed, and started again at once."""
        for spell in [*spells, threading.TIMEOUT_MAX]:
            with serving(store, self.port, LOGNAME=f"server-{self.name}", NEEDLE_WARM_UP="on") as server:
                self.starts.append(server.first_page)
                if self.away:
                    self.away[-1] = (self.away[-1][0], time.time())
                ready.set()
                if done.wait(spell):
                    return
                self.away.append((time.time(), float("inf")))
                os.kill(server.pid, signal.SIGKILL)

    def forgives(self, seen: Seen, begun: float, what: str) -> None:
        """Somebody was interrupted: an error, unless the server was killed meanwhile."""
        if any(begun <= until and time.time() >= since for since, until in self.away):
            seen.interrupted += 1
        else:
            seen.errors.append(f"server {self.name}: {what}")
