"""How the API answers while it is busy: many status reads and many submissions a second, and both workers judging.

Requests leave at their appointed times, whether or not earlier ones are answered, as far as the clients suffice; the
times are from the appointed moment, so that waiting for a free client counts (no coordinated omission).
"""

import json
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from judge.bench import Figure
from judge.bench.boxes import PROBLEMS
from judge.bench.service import Service
from judge.stack import Stack, StackOptions

_LASTS_S, _WARMS_UP_S = 10.0, 2.0
_READS_PER_S, _SUBMITS_PER_S = 1000, 200
_READERS, _SUBMITTERS = 24, 16
_READ_IDS = 100


@dataclass(eq=False)
class Load:
    """Requests of one kind at a steady rate, by so many clients. `took_s` of each that was answered."""

    per_s: int
    clients: int
    took_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def client(self, number: int, address: tuple[str, int], requests: Callable[[int], bytes], begins_s: float) -> None:
        """Send every n-th of the requests when its time has come."""
        with socket.create_connection(address) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for index in range(number, round((_WARMS_UP_S + _LASTS_S) * self.per_s), self.clients):
                due_s = begins_s + index / self.per_s
                time.sleep(max(0.0, due_s - time.monotonic()))
                connection.sendall(requests(index))
                answer = _answer(connection)
                if not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 202")):
                    self.errors.append(answer[:200].decode(errors="replace"))
                if due_s - begins_s > _WARMS_UP_S:
                    self.took_s.append(time.monotonic() - due_s)

    @property
    def p99_ms(self) -> float:
        return statistics.quantiles(self.took_s, n=100)[98] * 1000


def busy(say: Callable[[str], None]) -> Iterator[Figure | str]:
    """Reads and submissions at once, for ten seconds."""
    with tempfile.TemporaryDirectory(prefix="judge-bench-") as data:
        with Stack(StackOptions(Path(data), PROBLEMS, "docker", workers=2, preload="all")) as stack:
            running = Service(stack, Path(data))
            ids = [_submit(running) for _ in range(_READ_IDS)]
            say(f"{_READS_PER_S} reads and {_SUBMITS_PER_S} submissions a second")
            reads, submits = Load(_READS_PER_S, _READERS), Load(_SUBMITS_PER_S, _SUBMITTERS)
            began_s = time.monotonic()
            _run(
                running, {reads: lambda n: _read_request(running, ids[n % len(ids)]), submits: _post(running)}, began_s
            )
            lasted_s = time.monotonic() - began_s - _WARMS_UP_S
    if errors := reads.errors + submits.errors:
        raise RuntimeError(f"{len(errors)} requests were refused: {errors[0]}")
    for load, what in ((reads, "status reads"), (submits, "accepted submissions")):
        rate = [len(load.took_s) / lasted_s]
        yield Figure.at_least(f"{what} while judging, two cores, client included", rate, "per s", 0.97 * load.per_s)
        yield Figure.at_most(f"{what} while judging, 99th percentile", [load.p99_ms], "ms", 100, "from the time due")


def _run(running: Service, loads: dict[Load, Callable[[int], bytes]], begins_s: float) -> None:
    threads = [
        threading.Thread(target=load.client, args=(number, running.address, requests, begins_s))
        for load, requests in loads.items()
        for number in range(load.clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _post(running: Service) -> Callable[[int], bytes]:
    request = running.request("add").replace(b"?wait=60", b"")
    return lambda _: request


def _read_request(running: Service, submission_id: str) -> bytes:
    head = f"GET /api/v1/submissions/{submission_id} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {running.key}\r\n"
    return f"{head}\r\n".encode()


def _submit(running: Service) -> str:
    with socket.create_connection(running.address) as connection:
        connection.sendall(running.request("add"))
        submission_id: str = json.loads(_answer(connection).partition(b"\r\n\r\n")[2])["id"]
        return submission_id


def _answer(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(connection)
    head, _, _ = data.partition(b"\r\n\r\n")
    size = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(data) < len(head) + 4 + size:
        data += _some(connection)
    return data


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 16)
    if not data:
        raise RuntimeError("the API closed the connection")
    return data
