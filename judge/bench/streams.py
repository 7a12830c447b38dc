"""What listeners cost those who submit: the time of a submit while two hundred live streams are open, and with none.

All listen to the leaderboard of the problem that is submitted to, as an audience does: the most that can be asked, for
whatever changes is told to each. Submissions are judged meanwhile, by workers that share the machine with all of it.
There are two services, asked in turns, for this machine's speed may change from one second to the next; only one of
them gets an audience, and by how much they differ without one is taken off.
"""

import http.client
import json
import selectors
import socket
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from judge.bench import Figure
from judge.bench.boxes import PROBLEMS
from judge.bench.service import Service
from judge.stack import Stack, StackOptions

_STREAMS = 200
_SUBMITS = 200
_PAUSE_S = 0.01  # so that what is measured is a submit, not a queue of them
_ROUNDS = 5
_SLUG = "add"


def streams(say: Callable[[str], None]) -> Iterator[Figure | str]:
    with tempfile.TemporaryDirectory(prefix="judge-bench-") as data, ExitStack() as stacks:
        watched, unwatched = [_started(stacks, Path(data) / name) for name in ("watched", "unwatched")]
        say("submits without streams")
        _ratio(watched, unwatched)  # the first ones make threads and connections
        alone = statistics.median(_ratio(watched, unwatched) for _ in range(_ROUNDS))
        with Audience(watched) as audience:
            say(f"submits with {_STREAMS} streams")
            ratios = [_ratio(watched, unwatched) / alone for _ in range(_ROUNDS)]
        note = f"medians of {_SUBMITS} submits each, in turns; {audience.events} events told"
        yield Figure.at_most(f"a submit with {_STREAMS} live streams / with none", ratios, "", 1.2, note)


def _started(stacks: ExitStack, data: Path) -> Service:
    options = StackOptions(data, PROBLEMS, "docker", workers=1, preload=_SLUG)
    return Service(stacks.enter_context(Stack(options)), data)


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


def _ratio(one: Service, other: Service) -> float:
    """Of the median times of a submit to either."""
    times_s: dict[Service, list[float]] = {one: [], other: []}
    connections = {service: http.client.HTTPConnection(*service.address) for service in times_s}
    for _ in range(_SUBMITS):
        for service, connection in connections.items():
            times_s[service].append(_submit_s(service, connection))
            time.sleep(_PAUSE_S)
    for connection in connections.values():
        connection.close()
    return statistics.median(times_s[one]) / statistics.median(times_s[other])


def _submit_s(running: Service, connection: http.client.HTTPConnection) -> float:
    """The time of a POST that does not wait for its verdict. Each is a newcomer's, so that each changes the board."""
    headers = {"Authorization": f"Bearer {running.key}", "Content-Type": "application/json"}
    body = {"problem": _SLUG, "language": "python", "source": running.sources[_SLUG], "person": uuid.uuid4().hex}
    started_s = time.monotonic()
    connection.request("POST", "/api/v1/submissions", json.dumps(body).encode(), headers)
    response = connection.getresponse()
    answer = response.read()
    if response.status != 202:
        raise RuntimeError(f"not taken: {answer[:300]!r}")
    return time.monotonic() - started_s
