"""Keeps one box ready for a worker process, whatever happens to the boxes.

A box serves `recycle_after` submissions and is then replaced by one that was started in the background meanwhile, so
that nobody waits for it; one that breaks is replaced at once. A job on a broken box is not tried again here: whether
and how often a judging is tried again is the worker's decision.
"""

import contextlib
import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from judge.errors import MachineFault
from judge.sandbox.base import Box, BoxInfo, Job, JobResult, Talk

_START_NEXT_AT = 0.9  # of a box's life, so that the next is ready at its end
STARTED, RECYCLED, BROKEN, GIVEN_UP = "started", "recycled", "broken", "given up"
_log = logging.getLogger(__name__)


class Census:
    """How many boxes were started, and how many were thrown away and why. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Counter[str] = Counter()

    def note(self, what: str, **fields: object) -> None:
        level = logging.INFO if what in (STARTED, RECYCLED) else logging.WARNING
        _log.log(level, "a box was %s", what, extra=fields)
        self.add({what: 1})

    def add(self, counted: dict[str, int]) -> None:
        with self._lock:
            self._counted.update(counted)

    def take(self) -> dict[str, int]:
        """What was counted since this was last asked."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
        return dict(counted)


class BoxKeeper:
    """A Box that replaces itself. Not for use by several threads at once."""

    def __init__(self, start: Callable[[], Box], recycle_after: int, census: Census | None = None) -> None:
        self._start_one, self._recycle_after = start, recycle_after
        self._census = census or Census()
        self._box: Box | None = self._start()
        self._info = self._box.info
        self._served = 0
        # A thread that lives as long as the keeper: a local launcher is killed when the thread that started it ends.
        self._starter = ThreadPoolExecutor(1, "next box")
        self._next: Future[Box] | None = None

    @property
    def info(self) -> BoxInfo:
        return self._info

    def run(self, job: Job) -> JobResult:
        try:
            return self._running().run(job)
        except MachineFault:
            self._retire(BROKEN)
            raise

    def talk(self, job: Job) -> Talk:
        """As the box's own. Whoever does not hear a talk's end must `give_up` the box."""
        try:
            return self._running().talk(job)
        except MachineFault:
            self._retire(BROKEN)
            raise

    def ready(self) -> None:
        """Have a box running, so that a job finds one. Raises BoxUnavailable."""
        self._running()

    def give_up(self) -> None:
        """Throw the box away: it is in doubt. The next job gets another."""
        self._retire(GIVEN_UP)

    def _start(self) -> Box:
        box = self._start_one()
        self._census.note(STARTED, backend=box.info.backend)
        return box

    def _running(self) -> Box:
        if self._box is None:
            following, self._next = self._next, None
            self._box = following.result() if following else self._start()
            self._info, self._served = self._box.info, 0
        return self._box

    def submission_ends(self) -> None:
        """Say that the next job belongs to another submission; between two is the time to change the box."""
        self._served += 1
        if self._served >= self._recycle_after:
            self._retire(RECYCLED)
        if self._served >= self._recycle_after * _START_NEXT_AT and self._next is None:
            self._next = self._starter.submit(self._start)

    def close(self) -> None:
        self._retire(None)
        if self._next:
            with contextlib.suppress(MachineFault):
                self._next.result().close()
            self._next = None
        self._starter.shutdown()

    def _retire(self, why: str | None) -> None:
        if self._box:
            if why:
                self._census.note(why, backend=self._info.backend, served=self._served)
            box, self._box = self._box, None
            with contextlib.suppress(MachineFault, OSError):  # it is given up either way
                box.close()
