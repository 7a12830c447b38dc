"""Keeping the workers busy, and noticing when one is gone.

The database is the truth about what waits. What is in the queue (Redis, through Celery) are hints: "there is something
to do for this language". A worker that gets one asks the API for judgings until there are none. So a hint too many
costs a question, and one that is lost is replaced at the next sweep: nothing is lost with Redis.

A worker that judges gives a sign of life every few seconds. One that is not heard of for `lease_s` loses its judging to
the next attempt. How long ago that was is measured here, by a monotonic clock and only while the database answered, so
neither a stepped clock nor a database that was away takes a judging from anybody.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from api.catalogue import LANGUAGES
from api.metrics import Metrics
from api.runboard import RunBoard
from api.settings import Settings
from api.store import Store
from api.store.tables import LOST
from judge.logs import described, get_logger
from worker.queue import wake

ENOUGH_HINTS = 64  # wakes as many worker processes at once; further ones by the sweeps that follow
_ENOUGH_FOR_S = 0.1  # that many are not gone sooner, so Redis need not be asked for each submission of a flood
_FORGET_WORKERS_AFTER = timedelta(hours=1)
_log = get_logger(__name__)


class Dispatcher:
    """Hints for the workers."""

    def __init__(self, settings: Settings, board: RunBoard, metrics: Metrics) -> None:
        self._redis_url, self._board, self._metrics = settings.redis_url, board, metrics
        self._enough_until_s: dict[str, float] = {}

    def hint(self, language: str) -> bool:
        """Wake a worker, unless enough hints are waiting; False when Redis does not answer.

        Only the reason's type is logged: its text may hold a URL with a password.
        """
        if time.monotonic() < self._enough_until_s.get(language, 0.0):
            return True
        try:
            if self._board.hints(language) < ENOUGH_HINTS:
                wake(self._redis_url, language)
            else:
                self._enough_until_s[language] = time.monotonic() + _ENOUGH_FOR_S
        except Exception as exc:
            _log.warning("no worker was woken", language=language, raised=type(exc).__qualname__)
            self._metrics.hints_failed.inc()
            return False
        return True


class Leases:
    """For how long the worker of each running judging has not been heard of."""

    def __init__(self, lease_s: float, longest_gap_s: float) -> None:
        self._lease_s, self._longest_gap_s = lease_s, longest_gap_s
        self._silence: dict[str, tuple[int, float]] = {}
        self._looked_at: float | None = None

    def expired(self, renewals: dict[str, int], now: float) -> list[str]:
        """Given the signs of life of all that run: those that are silent for too long. `now` is monotonic."""
        gap_s = min(now - self._looked_at, self._longest_gap_s) if self._looked_at is not None else 0.0
        self._looked_at = now
        before, self._silence = self._silence, {}
        for judging_id, renewed in renewals.items():
            known, silent_s = before.get(judging_id, (-1, 0.0))
            self._silence[judging_id] = (renewed, silent_s + gap_s if renewed == known else 0.0)
        return [judging_id for judging_id, (_, silent_s) in self._silence.items() if silent_s > self._lease_s]


class Sweeper:
    """A thread that sets right what went wrong. Several processes may each have one. At each sweep it does `chores`."""

    def __init__(self, store: Store, settings: Settings, board: RunBoard, metrics: Metrics) -> None:
        self._store, self._board, self._metrics = store, board, metrics
        self._dispatcher = Dispatcher(settings, board, metrics)
        self._interval_s = settings.sweep_interval_s
        self._leases = Leases(settings.lease_s, 2 * settings.sweep_interval_s)
        self.chores: list[Callable[[], None]] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def sweep(self) -> None:
        """Take judgings from workers that are gone, go on choosing rejudgings, and wake workers for what waits."""
        now = datetime.now(UTC)
        for judging_id in self._leases.expired(self._store.judgings.running(), time.monotonic()):
            _log.warning("a worker was not heard of any more", judging=judging_id)
            self._store.judgings.give_back(judging_id, LOST, "its worker was not heard of any more", now)
        self._store.rejudgings.go_on()
        waiting = self._store.judgings.waiting()
        for language in LANGUAGES:
            count = waiting.get(language, 0) + self._board.waiting(language)
            if self._board.hints(language) < min(count, ENOUGH_HINTS):
                self._dispatcher.hint(language)
        self._store.workers.forget(now - _FORGET_WORKERS_AFTER)
        for do in self.chores:
            do()

    def _run(self) -> None:
        while not self._stopping.wait(self._interval_s):
            try:
                self.sweep()
                self._metrics.sweeps.labels("done").inc()
            except Exception as exc:  # the database may be away for a while; the sweeper must outlive that
                self._metrics.sweeps.labels("failed").inc()
                _log.warning("a sweep failed", **described(exc))
