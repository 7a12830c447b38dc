"""What listeners cost those who submit: the time of a submit while two hundred live streams are open, and with none.

All listen to the leaderboard of the problem that is submitted to, as an audience does: the most that can be asked, for
whatever changes is told to each. Submissions are judged meanwhile, by workers that share the machine with all of it.
"""

import http.client
import json
import os
import selectors
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from judge.bench import Figure
from judge.bench.boxes import PROBLEMS, parent_pid, processes
from judge.bench.service import Service
from judge.stack import Stack, StackOptions

_STREAMS = 200
_SUBMITS = 60
_PAUSE_S = 0.02  # so that what is measured is a submit, not a queue of them
_ROUNDS = 5
_SLUG = "add"


def streams(say: Callable[[str], None]) -> Iterator[Figure | str]:
    with tempfile.TemporaryDirectory(prefix="judge-bench-") as data:
        with Stack(StackOptions(Path(data), PROBLEMS, "docker", workers=2, preload=_SLUG)) as stack:
            running = Service(stack, Path(data))
            _submits_s(running)  # the first ones make threads and connections
            ratios, told = [], 0
            for number in range(_ROUNDS):
                say(f"submits with and without {_STREAMS} streams, round {number + 1} of {_ROUNDS}")
                alone_s = _submits_s(running)
                before = _descriptors(running)
                with Audience(running) as audience:
                    ratios.append(_submits_s(running) / alone_s)
                told += audience.events
                while _descriptors(running) > before + _STREAMS // 20:
                    time.sleep(0.5)  # that a listener has gone is noticed when it is told something
            note = f"medians of {_SUBMITS} submits each, in turns; {told} events told"
            yield Figure.at_most(f"a submit with {_STREAMS} live streams / with none", ratios, "", 1.2, note)


class Audience:
    """Listeners, all read by one thread. Use as a context manager: inside, all streams are open."""

    def __init__(self, running: Service) -> None:
        self.events = 0
        self._running = running
        self._selector = selectors.DefaultSelector()
        self._thread = threading.Thread(target=self._read)
        self._stop = threading.Event()

    def __enter__(self) -> "Audience":
        for _ in range(_STREAMS):
            self._selector.register(self._listen(), selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _listen(self) -> socket.socket:
        """A stream that has told its first event."""
        head = f"GET /api/v1/problems/{_SLUG}/leaderboard/events HTTP/1.1\r\nHost: bench\r\n"
        stream = socket.create_connection(self._running.address)
        stream.sendall(f"{head}Authorization: Bearer {self._running.key}\r\n\r\n".encode())
        data = b""
        while b"data: " not in data:
            data += stream.recv(1 << 16)
            if not data or b"too-many-streams" in data:
                raise RuntimeError("the API has no place for as many streams")
        return stream

    def _read(self) -> None:
        while not self._stop.is_set():
            for key, _ in self._selector.select(0.1):
                data = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
                if not data:
                    raise RuntimeError("the API ended a stream")
                self.events += data.count(b"data: ")


def _submits_s(running: Service) -> float:
    """The median time of a POST that does not wait for its verdict."""
    times_s = []
    headers = {"Authorization": f"Bearer {running.key}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection(*running.address)) as connection:
        for number in range(_SUBMITS):
            body = {"problem": _SLUG, "language": "python", "source": running.sources[_SLUG], "person": f"p{number}"}
            data = json.dumps(body).encode()
            started_s = time.monotonic()
            connection.request("POST", "/api/v1/submissions", data, headers)
            response = connection.getresponse()
            answer = response.read()
            times_s.append(time.monotonic() - started_s)
            if response.status != 202:
                raise RuntimeError(f"not taken: {answer[:300]!r}")
            time.sleep(_PAUSE_S)
    return statistics.median(times_s)


def _descriptors(running: Service) -> int:
    """How many files and connections the API has open."""
    api = running.stack.pids()["api"]
    return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid, _ in processes() if parent_pid(pid) == api)
