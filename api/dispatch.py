"""Handing judgings to the workers: at once when one is taken in, and again when its report is long overdue.

The database is the truth and the queue only a hint: what could not be sent, or was lost on the way, is sent again by
the sweeper. To send twice is harmless, as only the first report counts; each further time the patience doubles, so that
a long queue is not made longer by it.
"""

import logging
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from api.settings import Settings
from api.store import DueSubmission, Store
from worker.queue import JudgingTask, enqueue

_log = logging.getLogger(__name__)
_LONGEST_S = 3600.0
_BATCH = 100


def send(redis_url: str, task: JudgingTask) -> bool:
    """False when it could not be queued. Only the reason's type is logged: its text may hold a URL with a password."""
    try:
        enqueue(redis_url, task)
    except Exception as exc:
        _log.warning("judging %s was not queued: %s.%s", task.id, type(exc).__module__, type(exc).__name__)
        return False
    return True


class Sweeper:
    """A thread that sends again what is still queued when it should be judged. Several processes may each have one.

    A submission is judged with the version of the problem that it was submitted to. `packages`, the hashes now offered,
    are for a database from before versions were kept in it: there the successor has to do, and the report says so.
    """

    def __init__(self, store: Store, settings: Settings, packages: Mapping[str, str]) -> None:
        self._store, self._redis_url, self._packages = store, settings.redis_url, packages
        self._interval_s, self._overdue_s = settings.sweep_interval_s, settings.overdue_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def sweep(self) -> int:
        """Send what is due; returns how many. Ends at the first that cannot be sent: then Redis is down."""
        sent = 0
        for row in self._store.due(datetime.now(UTC), _BATCH):
            later = datetime.now(UTC) + timedelta(seconds=min(self._overdue_s * 2**row.resent, _LONGEST_S))
            if not self._store.claim(row, later):
                continue  # judged meanwhile, or another process sends it
            if not send(self._redis_url, self._task(row)):
                self._store.make_due(row.id, datetime.now(UTC))
                break
            sent += 1
        return sent

    def _run(self) -> None:
        while not self._stopping.wait(self._interval_s):
            try:
                if sent := self.sweep():
                    _log.info("%d overdue judgings were sent again", sent)
            except Exception as exc:  # the database may be away for a while; the sweeper must outlive that
                _log.warning("the sweep failed: %s.%s", type(exc).__module__, type(exc).__name__)

    def _task(self, row: DueSubmission) -> JudgingTask:
        kept = self._store.has_package(row.package)
        return JudgingTask(
            id=row.id,
            kind="submission",
            problem=row.problem,
            package=row.package if kept else self._packages.get(row.problem, row.package),
            language=row.language,
            source=row.source,
        )
