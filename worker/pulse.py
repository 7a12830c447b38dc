"""A sign of life every few seconds, from a thread of its own: that this process is there, and what it is judging.

Without it the API takes a judging for lost after JUDGE_LEASE_S (10 s), so it must come several times as often.
"""

import threading
from collections.abc import Callable

from judge.logs import get_logger
from judge.sandbox import Census
from worker.api_client import ApiClient, ApiUnreachable

_EVERY_S = 2.5
_log = get_logger(__name__)


class Pulse:
    """`at_work_on`: the id of what is being judged, or None. `api` is used by this thread alone."""

    def __init__(self, api: ApiClient, at_work_on: Callable[[], str | None], census: Census) -> None:
        self._api, self._at_work_on, self._census = api, at_work_on, census
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()
        self._api.close()

    def _run(self) -> None:
        while True:
            counted = self._census.take()
            try:
                self._api.sign_of_life(self._at_work_on(), counted)
            except ApiUnreachable as exc:
                self._census.add(counted)  # told the next time
                _log.warning("no sign of life could be given", reason=str(exc))
            if self._ended.wait(_EVERY_S):
                return
