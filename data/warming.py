"""Asks what the pages will ask as soon as data have changed, so that nobody waits for the first look at them."""

import logging
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from data.gate import StoreError
from data.store import Signature
from models import language
from models.differences import BACK
from models.earlier import UNASKED_UP_TO, WEEK
from models.refused import Refused
from models.trade_off_matrix import overview

EVERY = 2.0  # seconds between two looks at whether anything was written: a look at a file is a `stat`
SETTLED = 5.0  # seconds without another write before it begins: a nightly load is many files
PAUSE = 0.2  # seconds between two questions, for visitors who wait for the same processors

Ask = Callable[[], object]


def questions(workspace: Any) -> dict[str, Ask]:
    """What the pages ask of the cycle in which they open, the most visited first. Answers are kept once known."""
    cycle, today = workspace.default_cycle(), workspace.today()
    of_kpis: dict[str, Ask] = {
        "KPIs": workspace.kpis,
        "KPI review": lambda: workspace.review(workspace.review_day(), cycle=cycle),
        "data health": workspace.health,
    }
    if cycle is None:
        return of_kpis
    week_ago = today - timedelta(days=WEEK)
    return {
        "scorecard": lambda: workspace.scorecard(cycle),
        "as closed": lambda: workspace.closing(cycle) and workspace.since_closing(cycle),
        "OKRs": lambda: workspace.okr_rows(cycle),
        "what changed": lambda: _what_changed(workspace, cycle),
        **of_kpis,
        "story": lambda: workspace.story(cycle),
        "trade-offs": lambda: overview(workspace.trade_offs(cycle)),
        "truth gap": workspace.truth_gap,
        "OKRs on a timeline": lambda: workspace.okr_plan(cycle),
        "OKRs on a map": lambda: workspace.okr_map(cycle),
        "hints": lambda: workspace.hints(cycle),
        "stand-up": lambda: workspace.scorecard(cycle, week_ago),
        "then and now": lambda: workspace.compare(cycle, today - timedelta(days=BACK)),
        "owner review": workspace.owner_review,
    }


def _what_changed(workspace: Any, cycle: str) -> object:
    card = workspace.scorecard(cycle)
    return workspace.what_changed(card) if len(card.key_results) <= UNASKED_UP_TO else None


class WarmUp:
    """A thread of the server beside its visitors. It sees what somebody sees who sees everything, in the languages that
    visitors spoke last; one question at a time, and none to the end of the list once something else is written."""

    def __init__(self, workspace: Any, *, every: float = EVERY, settled: float = SETTLED, pause: float = PAUSE):
        self._workspace = workspace
        self._every, self._settled, self._pause = every, settled, pause
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="warm-up", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float = 1.0) -> None:
        """Ask no more. What is being computed ends with the process."""
        self._stopping.set()
        self._thread.join(patience)

    def _run(self) -> None:
        known: tuple[Signature, date] | None = None
        told = ""
        while not self._stopping.is_set():
            try:
                now = self._state()
                if now != known and (known is None or self._is_still(now)):
                    known = now  # another write in the meantime makes for another round
                    self._ask(now)
                told = ""
            except StoreError as error:  # said once, not every two seconds until it is back; then everything is asked
                known = None
                if str(error) != told:
                    told = str(error)
                    logging.getLogger("needle").warning("warm-up waits for the store: %s", told)
            except Exception:  # a bug: visitors are told by their own pages, and the next write gets another try
                logging.getLogger("needle").exception("warm-up failed")
            self._stopping.wait(self._every)

    def _state(self) -> tuple[Signature, date]:
        """What answers stand on: the data, and the day."""
        with language.speaking(language.ENGLISH):  # what is wrong with the store is told to the log
            return self._workspace.store.signature(), self._workspace.today()

    def _is_still(self, before: tuple[Signature, date]) -> bool:
        return not self._stopping.wait(self._settled) and self._state() == before

    def _ask(self, state: tuple[Signature, date]) -> None:
        if not any(state[0]):  # there is no store yet, and this is not what makes one
            return
        for spoken in self._workspace.spoken():
            with language.speaking(spoken):
                for ask in questions(self._workspace).values():
                    if self._stopping.wait(self._pause) or self._state() != state:
                        return
                    try:
                        ask()
                    except (Refused, StoreError):  # a cycle without key results, a store that somebody repairs
                        continue
