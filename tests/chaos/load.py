"""Clients that lose nothing themselves: each submission has an idempotency key and is sent until it is accepted."""

import itertools
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import urllib3
from service import PROBLEM

_TRIES_EVERY_S = 0.25
_TIMEOUT = urllib3.Timeout(connect=2, read=10)

# How often, what, and the verdict that it gets when nothing is in the way (which the run checks before it begins).
_RIGHT = """def two_sum(nums, target):
    seen = {}
    for i, n in enumerate(nums):
        if target - n in seen:
            return [seen[target - n], i]
        seen[n] = i
"""
PROGRAMS: dict[str, tuple[int, str]] = {
    "AC": (60, _RIGHT),
    "WA": (15, "def two_sum(nums, target):\n    return [0, 0]\n"),
    "RTE": (15, "def two_sum(nums, target):\n    return nums[len(nums)]\n"),
    "CE": (8, "def two_sum(nums, target)\n    return []\n"),
    "TLE": (1, "def two_sum(nums, target):\n    while True: pass\n"),
}


@dataclass
class Sent:
    """A submission that was accepted."""

    id: str
    expected: str


@dataclass
class Client:
    """Knows what it sent and what was accepted. For many threads."""

    url: str
    key: str
    rng: random.Random
    sent: list[Sent] = field(default_factory=list)
    _number: "itertools.count[int]" = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._pool = urllib3.PoolManager(
            headers={"Authorization": f"Bearer {self.key}"}, retries=False, timeout=_TIMEOUT, maxsize=32
        )

    def submit(self, kind: str | None = None) -> Sent:
        """Send one, again and again until it is accepted. Any refusal (4xx) is a fault of the service."""
        with self._lock:
            number = next(self._number)
            kind = kind or self.rng.choices(list(PROGRAMS), [weight for weight, _ in PROGRAMS.values()])[0]
            person = f"person {self.rng.randrange(50)}"
        source = f"{PROGRAMS[kind][1]}# {number}\n"
        body = {"problem": PROBLEM, "language": "python", "source": source, "person": person}
        while True:
            status, answer = self.ask(
                "POST", "/api/v1/submissions", body, {"Idempotency-Key": f"{self.key[-4:]}{number}"}
            )
            if status in (201, 202):
                break
            assert status is None or status >= 500, f"a right submission was refused with {status}: {answer}"
            time.sleep(_TRIES_EVERY_S)
        sent = Sent(answer["id"], kind)
        with self._lock:
            self.sent.append(sent)
        return sent

    def verdict(self, submission_id: str, seconds: float) -> tuple[str | None, str | None]:
        """The verdict and the judge's error, waited for; (None, None) when there is none in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            status, answer = self.ask("GET", f"/api/v1/submissions/{submission_id}?wait=2")
            if status == 200 and answer["status"] == "judged":
                return answer["verdict"], (answer["report"] or {}).get("judge_error")
            assert status != 404, "an accepted submission is not known any more"
            time.sleep(0.05)
        return None, None

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int | None, Any]:
        """Status and answer; (None, None) when none came."""
        try:
            every = {**self._pool.headers, **(headers or {})}
            response = self._pool.request(method, self.url + path, json=body, headers=every)
            return response.status, response.json() if response.data else None
        except (urllib3.exceptions.HTTPError, ValueError):
            return None, None


def send_steadily(client: Client, count: int, per_s: float, threads: int = 8) -> None:
    """Send so many at about this rate; returns when all are accepted."""
    began = time.monotonic()

    def one(number: int) -> None:
        time.sleep(max(0.0, began + number / per_s - time.monotonic()))
        client.submit()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(count)))
