"""Held requests: a caller who waits for a verdict gets it the moment its report arrives.

When this process hears of a report, whichever process it came to (news.py), the finished view is handed over. What was
not heard of is found by looking, every `interval_s`: one of the waiting threads then looks for all of them in a single
query. No thread runs while nobody waits. There are only so many `places`; whoever finds none free is answered at once,
as if he had not asked to wait.

Does not promise that the wait lasts as long as was asked: closing, at shutdown, ends every wait.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType

Look = Callable[[list[str]], Mapping[str, bytes]]


class Ticket:
    """One held request. Take it before you ask the database, or a report in between is only found by looking."""

    __slots__ = ("_event", "_waiting", "id", "view")

    def __init__(self, waiting: "Waiting", judging_id: str) -> None:
        self.id = judging_id
        self.view: bytes | None = None
        self._event = threading.Event()
        self._waiting = waiting

    def __enter__(self) -> "Ticket":
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._waiting.drop(self)

    def wait(self, seconds: float) -> bytes | None:
        """The finished view, or None when the time is over."""
        deadline = time.monotonic() + seconds
        while self.view is None and not self._waiting.closed:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                break
            if not self._event.wait(min(remaining, self._waiting.interval_s)):
                self._waiting.look_if_due()
        return self.view

    def hand_over(self, view: bytes | None) -> None:
        self.view = view
        self._event.set()


class Waiting:
    """The held requests of this process. `look` maps those of the given ids that are judged to their views."""

    def __init__(self, look: Look, interval_s: float, places: threading.Semaphore) -> None:
        self.interval_s = interval_s
        self.closed = False
        self._look, self._places = look, places
        self._tickets: dict[str, list[Ticket]] = {}
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._looked_at = 0.0

    def hold(self, judging_id: str) -> Ticket | None:
        """A ticket to be used in a `with`; None when as many requests are held as may be."""
        if self.closed or not self._places.acquire(blocking=False):
            return None
        ticket = Ticket(self, judging_id)
        with self._lock:
            self._tickets.setdefault(judging_id, []).append(ticket)
        return ticket

    def drop(self, ticket: Ticket) -> None:
        with self._lock:
            tickets = self._tickets[ticket.id]
            tickets.remove(ticket)
            if not tickets:
                del self._tickets[ticket.id]
        self._places.release()

    def count(self) -> int:
        """How many requests are held."""
        with self._lock:
            return sum(map(len, self._tickets.values()))

    def look_for(self, judging_id: str) -> None:
        """It is judged, as is heard: hand it over if anybody waits for it here."""
        if judging_id in self._tickets:
            self._hand_over(self._look([judging_id]))

    def look_if_due(self) -> None:
        """Look for reports that were not heard of, unless another thread is at it or has just been."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            now = time.monotonic()
            if now - self._looked_at >= self.interval_s * 0.9:
                self._looked_at = now
                self._hand_over(self._look(self._ids()))
        finally:
            self._looking.release()

    def close(self) -> None:
        """End all waits now and hold nobody any more. Runs in a signal handler too, hence takes no lock."""
        self.closed = True
        for tickets in list(self._tickets.values()):
            wake(tickets)

    def _ids(self) -> list[str]:
        with self._lock:
            return list(self._tickets)

    def _hand_over(self, views: Mapping[str, bytes]) -> None:
        with self._lock:
            for judging_id, view in views.items():
                for ticket in self._tickets.get(judging_id, ()):
                    ticket.hand_over(view)


def wake(tickets: Iterable[Ticket]) -> None:
    for ticket in list(tickets):
        ticket.hand_over(ticket.view)
