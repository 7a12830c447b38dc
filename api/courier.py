"""The courier: sends what the outbox owes to webhooks, by Standard Webhooks, and tries for a day.

Several processes may each have one; the outbox gives a message to one of them at a time. A receiver that is slow or
down delays nobody but itself: it has two sendings at a time, an organisation four, of the sixteen that there are.
A message may arrive more than once, and after a later one; its `webhook-id` is always the same.
"""

import random
import ssl
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from api.posting import TOTAL_S, Deadline, Post, Undelivered, Why, send
from api.store import Store
from api.store.outbox import Due, Sending, Try
from api.targets import BadTarget, Targets, Unresolved
from judge.logs import described, get_logger

INTERVAL_S = 1.0
PLACES, PLACES_OF_ORGANISATION, PLACES_OF_WEBHOOK = 16, 4, 2
# What is waited after each try that failed; after the last, nearly a day later, the message is dead.
PAUSES_S = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 8 * 3600, 8 * 3600)
_JITTER = 0.2
_LEASE = timedelta(seconds=4 * TOTAL_S)  # to look a name up may take a while longer than the rest
_KEPT = timedelta(days=30)
_PRUNE_S = 3600.0
_log = get_logger(__name__)


class Courier:
    """`start` it once. `wake` it when there is something to send; otherwise it looks every second."""

    def __init__(self, store: Store, targets: Targets) -> None:
        self._store, self._targets = store, targets
        self._context = ssl.create_default_context()
        self._busy: Counter[str] = Counter()
        self._senders: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._woken, self._stopping = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._woken.set()

    def stop(self, seconds: float = TOTAL_S) -> None:
        """Take nothing new, and let what is being sent be sent. What is not done in time is sent again later."""
        deadline = time.monotonic() + seconds
        self._stopping = True
        self.wake()
        if self._thread.is_alive():
            self._thread.join(seconds)
        self.join(max(0.0, deadline - time.monotonic()))

    def join(self, seconds: float = TOTAL_S) -> None:
        """Wait until nothing is being sent."""
        deadline = time.monotonic() + seconds
        with self._lock:
            senders = list(self._senders)
        for sender in senders:
            sender.join(max(0.0, deadline - time.monotonic()))

    def send_due(self) -> int:
        """Begin to send what is due, as far as there are places; returns how many messages that were."""
        count = 0
        for due in self._store.outbox.due(datetime.now(UTC)):
            if not self._take_place(due):
                continue
            sending = None
            try:
                now = datetime.now(UTC)
                sending = self._store.outbox.take(due, now, now + _LEASE)
            finally:
                if sending is None:
                    self._leave_place(due)
            if sending is not None:
                self._start_sender(due, sending)
                count += 1
        return count

    def _start_sender(self, due: Due, sending: Sending) -> None:
        sender = threading.Thread(target=self._deliver, args=(due, sending), name="courier-sender", daemon=True)
        with self._lock:
            self._senders.add(sender)
        sender.start()

    def _run(self) -> None:
        pruned_at = time.monotonic() - _PRUNE_S
        while not self._stopping:
            self._woken.clear()
            try:
                while not self._stopping and self.send_due():
                    pass
                if time.monotonic() - pruned_at >= _PRUNE_S:
                    pruned_at = time.monotonic()
                    self._store.outbox.prune(datetime.now(UTC) - _KEPT)
            except Exception as exc:  # the database may be away for a while; the courier must outlive that
                _log.warning("webhooks are not sent", **described(exc))
                time.sleep(INTERVAL_S)
            self._woken.wait(INTERVAL_S)

    def _deliver(self, due: Due, sending: Sending) -> None:
        try:
            started_at, started_s = datetime.now(UTC), time.monotonic()
            status, why = self._try(sending)
            tried = Try(started_at, time.monotonic() - started_s, status, why and why.value)
            self._store.outbox.end(sending, tried, _next_at(sending.tries, why), gone=why is Why.GONE)
        except Exception as exc:  # it is sent again when its time is over
            _log.warning("a webhook message was not sent", message_id=sending.id, **described(exc))
        finally:
            self._leave_place(due)
            with self._lock:
                self._senders.discard(threading.current_thread())
            self.wake()

    def _try(self, sending: Sending) -> tuple[int | None, Why | None]:
        """The status, if there was one, and why the try does not count, if it does not."""
        deadline = Deadline(TOTAL_S)
        try:
            target = self._targets.parse(sending.url)
            addresses = self._targets.addresses(target)
            status = send(Post(target, addresses, _headers(sending), sending.payload.encode()), self._context, deadline)
        except Unresolved:
            return None, Why.NAME
        except BadTarget:
            return None, Why.ADDRESS
        except Undelivered as exc:
            return None, exc.why
        return status, _why(status)

    def _take_place(self, due: Due) -> bool:
        limits = _limits(due)
        with self._lock:
            if any(self._busy[name] >= most for name, most in limits.items()):
                return False
            self._busy.update(limits.keys())
            return True

    def _leave_place(self, due: Due) -> None:
        with self._lock:
            self._busy.subtract(_limits(due).keys())
            self._busy += Counter()  # drops the zeros


def _limits(due: Due) -> dict[str, int]:
    return {
        "all": PLACES,
        f"organisation {due.org_id}": PLACES_OF_ORGANISATION,
        f"webhook {due.webhook_id}": PLACES_OF_WEBHOOK,
    }


def _headers(sending: Sending) -> dict[str, str]:
    now = datetime.now(UTC)
    secrets = [sending.secret]
    if sending.earlier_secret and sending.earlier_until and now < sending.earlier_until:
        secrets.append(sending.earlier_secret)
    signatures = [Webhook(secret).sign(sending.event_id, now, sending.payload) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "judge-webhooks",
        "webhook-id": sending.event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _why(status: int) -> Why | None:
    if 200 <= status < 300:
        return None
    if status == 410:
        return Why.GONE
    return Why.REDIRECT if 300 <= status < 400 else Why.STATUS


def _next_at(tries: int, why: Why | None) -> datetime | None:
    if why in (None, Why.GONE) or tries > len(PAUSES_S):
        return None
    pause_s = PAUSES_S[tries - 1] * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - no secret
    return datetime.now(UTC) + timedelta(seconds=pause_s)
