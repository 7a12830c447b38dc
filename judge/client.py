"""The commands' side of the HTTP API: submit, wait, and errors that say what the server said."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import urllib3

from judge.errors import MachineFault, WrongUse

_HOLD_S = 5  # then what is waited for is shown anew


class Refused(WrongUse):
    """Raised when the server refuses the request; the message is the server's."""


class ServerUnreachable(MachineFault):
    """Raised when no server answers at the address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A submission as the API shows it, and how long after the first request it was received."""

    submission: dict[str, Any]
    elapsed_s: float

    @property
    def judged(self) -> bool:
        return bool(self.submission["status"] == "judged")

    @property
    def told(self) -> str:
        """How things stand, in words."""
        waiting = self.submission.get("waiting")
        return f"{self.submission['status']} for {self.elapsed_s:.0f} s{_told(waiting) if waiting else ''}"


def _told(waiting: dict[str, Any]) -> str:
    """What a submission waits for: its place, the time it still takes, or that nobody is there."""
    if waiting["reason"] == "no_worker_for_language":
        return ": no worker for this language"
    if waiting["reason"] == "no_worker":
        silence_s = waiting["last_worker_s"]
        return ": no worker was heard of" + (f" for {silence_s:.0f} s" if silence_s is not None else " lately")
    estimate_s = waiting["estimate_s"]
    return f", number {waiting['place']} in the queue" + (f", about {estimate_s:.0f} s more" if estimate_s else "")


class Client:
    """A client of one server with one API key; may be used by several threads."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(headers={"Authorization": f"Bearer {key}"}, retries=False, maxsize=16)

    def submit(self, problem: str, language: str, source: str, wait_s: float = 0.0) -> dict[str, Any]:
        """POST a submission; returns it, with its verdict if that comes within `wait_s`."""
        body = {"problem": problem, "language": language, "source": source}
        return self._ask("POST", f"/api/v1/submissions?wait={wait_s:g}", body)

    def follow(self, problem: str, language: str, source: str) -> Iterator[Answer]:
        """Submit, and yield what is known until the verdict is there."""
        started_s = time.monotonic()
        submission = self.submit(problem, language, source, wait_s=1)
        hold_s = 0  # what it waits for is not in the first answer
        while True:
            answer = Answer(submission, time.monotonic() - started_s)
            yield answer
            if answer.judged:
                return
            submission = self._ask("GET", f"/api/v1/submissions/{submission['id']}?wait={hold_s}")
            hold_s = _HOLD_S

    def record(self, submission_id: str) -> dict[str, Any]:
        """What a submission's verdict rests on. Needs a key that may administrate."""
        return self._ask("GET", f"/api/v1/submissions/{quote(submission_id, safe='')}/record")

    def package(self, package_hash: str) -> bytes:
        """A package as a tar. Needs a key that may administrate."""
        return self._send("GET", f"/api/v1/packages/{quote(package_hash, safe='')}")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._parsed(self._send(method, path, body))

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        """The body of the answer. Raises Refused or ServerUnreachable."""
        try:
            response = self._pool.request(
                method,
                self._url + path,
                body=None if body is None else json.dumps(body).encode(),
                headers={**self._pool.headers, "Content-Type": "application/json"},
                timeout=urllib3.Timeout(connect=5, read=_HOLD_S + 30),
            )
        except urllib3.exceptions.HTTPError as exc:
            raise ServerUnreachable(f"no judge answers at {self._url}; is `judge serve` running?") from exc
        if response.status >= 400:
            answer = self._parsed(response.data)
            raise Refused(str(answer.get("detail") or answer.get("title") or response.status))
        return response.data

    def _parsed(self, data: bytes) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = json.loads(data)
        except ValueError:
            raise ServerUnreachable(f"what answers at {self._url} is no judge") from None
        return answer
