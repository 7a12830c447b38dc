"""The commands' side of the HTTP API: submit, wait, and errors that say what the server said."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import urllib3

from judge.errors import MachineFault, WrongUse

_HOLD_S = 20


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
        while True:
            answer = Answer(submission, time.monotonic() - started_s)
            yield answer
            if answer.judged:
                return
            submission = self._ask("GET", f"/api/v1/submissions/{submission['id']}?wait={_HOLD_S}")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
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
        try:
            answer: dict[str, Any] = json.loads(response.data)
        except ValueError:
            raise ServerUnreachable(f"what answers at {self._url} is no judge (status {response.status})") from None
        if response.status >= 400:
            raise Refused(str(answer.get("detail") or answer.get("title") or response.status))
        return answer
