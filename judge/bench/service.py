"""Figures of the whole service: from HTTP POST to stored verdict, under load, and at rest; and where the time goes."""

import json
import os
import socket
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from judge.bench import Figure
from judge.bench.boxes import PROBLEMS, containers, cpu_s, launcher_pids, parent_pid, processes
from judge.package import load_packages
from judge.stack import Stack, StackOptions

_IDLE_REQUESTS = 60
_LOAD_S = 8.0
_CLIENTS = 10
_ROUNDS = 3


class Service:
    """A running stack with Docker boxes and a key for it."""

    def __init__(self, stack: Stack, data: Path) -> None:
        self.stack, self.data = stack, data
        self.key = stack.create_key("bench")
        address = stack.url.removeprefix("http://").split(":")
        self.address = address[0], int(address[1])
        self.sources = {slug: problem.accepted[0].source for slug, problem in load_packages(PROBLEMS).items()}

    def request(self, slug: str) -> bytes:
        """A whole POST that waits for its verdict, ready to be sent as it is."""
        body = json.dumps({"problem": slug, "language": "python", "source": self.sources[slug]}).encode()
        head = (
            f"POST /api/v1/submissions?wait=60 HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def service(say: Callable[[str], None]) -> Iterator[Figure | str]:
    """All of it on one running stack."""
    with tempfile.TemporaryDirectory(prefix="judge-bench-") as data:
        with Stack(StackOptions(Path(data), PROBLEMS, "docker", workers=2, preload="all")) as stack:
            running = Service(stack, Path(data))
            for slug in running.sources:
                _Client(running, slug).ask()
            yield _memory(running)
            say("from POST to verdict, idle")
            yield _idle(running)
            for name, slug, goal in (("W0", "add", 200), ("W1", "lru", 75)):
                rates, profile = [], ""
                for number in range(_ROUNDS):
                    say(f"{name} under load, round {number + 1} of {_ROUNDS}")
                    rate, profile = _load(running, slug)
                    rates.append(rate)
                note = f"{_CLIENTS} clients, zero errors"
                yield Figure.at_least(
                    f"{name} from POST to verdict, two cores, client included", rates, "per s", goal, note
                )
                yield f"{name}, CPU per submission: {profile}"


class _Client:
    """A kept-alive connection that asks and reads as cheaply as Python can: the load shares the machine."""

    def __init__(self, running: Service, slug: str) -> None:
        self._socket = socket.create_connection(running.address)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = running.request(slug)

    def ask(self) -> bytes:
        """One submission; returns the body of the answer, which says AC or else this raises."""
        self._socket.sendall(self._request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, _, body = data.partition(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < size:
            body += self._receive()
        if b'"verdict":"AC"' not in body.replace(b'": "', b'":"'):
            raise RuntimeError(f"not accepted: {head[:200]!r} {body[:300]!r}")
        return body

    def _receive(self) -> bytes:
        data = self._socket.recv(1 << 16)
        if not data:
            raise RuntimeError("the API closed the connection")
        return data


def _idle(running: Service) -> Figure:
    client = _Client(running, "lru")
    elapsed_s = {}
    for _ in range(_IDLE_REQUESTS):
        started_s = time.monotonic()
        submission_id = json.loads(client.ask())["id"]
        elapsed_s[submission_id] = time.monotonic() - started_s
        time.sleep(0.02)  # idle means that nothing of the last one still runs
    boxes_s = _judging_times_s(running)
    quarters = statistics.quantiles((elapsed_s[one] - boxes_s[one]) * 1000 for one in elapsed_s)
    return Figure.at_most("W1 from POST to verdict, over the box's own time", quarters, "ms", 10, "quartiles, idle")


def _judging_times_s(running: Service) -> dict[str, float]:
    """The worker's time for each submission, from the stored reports: the API shows it rounded."""
    with closing(sqlite3.connect(running.data / "judge.sqlite3")) as database:
        rows = database.execute(
            "SELECT s.id, r.report FROM submissions s JOIN reports r ON r.judging_id = s.judging_id"
        ).fetchall()
    return {submission_id: json.loads(report)["judging_time_s"] for submission_id, report in rows}


def _load(running: Service, slug: str) -> tuple[float, str]:
    """(submissions per second, CPU by part) with as many clients as keep two workers busy. Raises on any error."""
    counts, errors = [0] * _CLIENTS, list[Exception]()
    stop = threading.Event()

    def ask_until_stopped(number: int) -> None:
        try:
            client = _Client(running, slug)
            while not stop.is_set():
                client.ask()
                counts[number] += 1
        except Exception as exc:
            errors.append(exc)

    threads = [threading.Thread(target=ask_until_stopped, args=(number,)) for number in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    before, first, started_s = _cpu_by_part(running), sum(counts), time.monotonic()
    time.sleep(_LOAD_S)
    after, count, elapsed_s = _cpu_by_part(running), sum(counts) - first, time.monotonic() - started_s
    stop.set()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    spent = {name: (after[name] - before[name]) / count * 1000 for name in after}
    return count / elapsed_s, ", ".join(f"{name} {ms:.2f} ms" for name, ms in spent.items())


def _cpu_by_part(running: Service) -> dict[str, float]:
    """CPU seconds so far of every part that a submission passes through; what is left over of the whole machine is the
    boxes' (their processes come and go too fast to be asked one by one)."""
    children: dict[int, list[int]] = {}
    for pid, _ in processes():
        children.setdefault(parent_pid(pid), []).append(pid)

    def tree(pid: int) -> float:
        return cpu_s(pid) + sum(tree(child) for child in children.get(pid, ()))

    parts = {name: tree(pid) for name, pid in running.stack.pids().items()}
    parts["Docker's daemons"] = sum(cpu_s(pid) for pid, name in processes() if name in ("dockerd", "containerd"))
    parts["client"] = time.process_time()
    parts["boxes"] = _machine_cpu_s() - sum(parts.values())
    return parts


def _machine_cpu_s() -> float:
    """CPU seconds that all cores together have worked."""
    user, nice, system, _, _, irq, softirq, *_ = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _memory(running: Service) -> Figure:
    """Proportional memory of one pool process and the processes of one box."""
    worker = running.stack.pids()["worker"]
    pool = [pid for pid, _ in processes() if parent_pid(pid) == worker]
    launchers = set(launcher_pids(containers()))
    boxes = [
        pid
        for pid, _ in processes()
        if pid in launchers or parent_pid(pid) in launchers or parent_pid(parent_pid(pid)) in launchers
    ]
    total_mib = (sum(map(_pss_kib, pool)) + sum(map(_pss_kib, boxes))) / 1024 / len(launchers)
    return Figure.at_most("idle worker process with its warm box", [total_mib], "MiB", 150, "proportional set size")


def _pss_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
