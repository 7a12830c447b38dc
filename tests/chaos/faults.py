"""What is done to the service. Each fault begins, lasts `seconds`, and ends; what cannot be done here is left out."""

import contextlib
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
import urllib3
from leaks import descendants
from load import Client
from parts import Part, kill, wait_for
from service import WORKER_TOKEN, Service, connected, docker_answers, interrupt
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from api.store import Database
from api.store.tables import RUNNING, JudgingRow
from judge.sandbox.docker import OWNER
from worker.queue import wake


@dataclass(frozen=True)
class Fault:
    name: str
    seconds: float
    during: Callable[[], contextlib.AbstractContextManager[Any]]


def possible(service: Service, client: Client, rng: random.Random) -> list[Fault]:
    """All faults that can be done on this machine."""
    found = [*_kills(service, rng), *_network(service), *_redis(service), *_deliveries(service, client)]
    found += [
        Fault(f"disk of the {name} full", 3, lambda disk=disk: _full(disk)) for name, disk in service.disks.items()
    ]
    if service.clock:
        for seconds in (3600, -3600):
            found.append(Fault(f"clock {seconds:+d} s", 2, lambda seconds=seconds: _stepped(service, seconds)))
    return found


# ---- kills -------------------------------------------------------------------------------------------------------


def _kills(service: Service, rng: random.Random) -> Iterator[Fault]:
    parts = service.parts
    yield Fault("kill -9 API", 0, lambda: _at_once(parts["api"].kill))
    yield Fault("kill -9 worker, its pool with it", 0, lambda: _at_once(parts["worker"].kill))
    yield Fault("kill -9 worker alone", 0, lambda: _at_once(parts["worker"].kill_only))
    yield Fault("kill -9 pool child", 0, lambda: _at_once(lambda: _kill_one(_pool(parts["worker"]), rng)))
    yield Fault("kill -9 box", 0, lambda: _at_once(lambda: _kill_box(service, rng, launcher=True)))
    yield Fault("kill -9 zygote in the box", 0, lambda: _at_once(lambda: _kill_box(service, rng, launcher=False)))
    yield Fault("kill -9 Redis", 0, lambda: _at_once(parts["redis"].kill))
    if "postgresql" in parts:
        yield Fault("kill -9 PostgreSQL", 0, lambda: _at_once(parts["postgresql"].kill))
    if "docker" in parts:
        yield Fault("kill -9 Docker's daemon", 0, lambda: _without_docker(service))
    yield Fault("SIGTERM worker", 0, lambda: _at_once(lambda: interrupt(parts["worker"])))
    yield Fault("SIGTERM API", 0, lambda: _at_once(lambda: interrupt(parts["api"])))


def _pool(worker: Part) -> list[int]:
    """The worker's direct children that are Celery's."""
    assert worker.process
    path = Path(f"/proc/{worker.process.pid}/task/{worker.process.pid}/children")
    with contextlib.suppress(OSError):
        return [int(pid) for pid in path.read_text().split() if b"celery" in _command(int(pid))]
    return []


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _kill_one(pids: list[int], rng: random.Random) -> None:
    if pids:
        kill(rng.choice(pids))


def _kill_box(service: Service, rng: random.Random, launcher: bool) -> None:
    """The launcher is the box's first process and supervisor; the zygote is its child."""
    launchers = box_launchers(service)
    if not launchers:
        return
    chosen = rng.choice(launchers)
    _kill_one([chosen] if launcher else sorted(descendants(chosen), key=_started_at)[:1], rng)


def _started_at(pid: int) -> int:
    """In ticks since the machine started: the zygote is the oldest below the launcher, whatever its number."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return sys.maxsize


def box_launchers(service: Service) -> list[int]:
    """The launchers of the boxes of this run's worker."""
    pool = set(_pool(service.parts["worker"]))
    if service.box == "local":
        return [pid for child in pool for pid in _children(child) if b"launcher" in _command(pid)]
    with contextlib.closing(connected(service)) as docker:
        containers = docker.api.containers(filters={"label": OWNER})
        mine = [one["Id"] for one in containers if int(one["Labels"][OWNER].rpartition("/")[2]) in pool]
        pids = []
        for container in mine:
            with contextlib.suppress(Exception):  # it may end in between
                pids.append(int(docker.api.inspect_container(container)["State"]["Pid"]))
        return [pid for pid in pids if pid]


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text().split()]
    return []


# ---- network, Redis, disks, clock --------------------------------------------------------------------------------


def _network(service: Service) -> Iterator[Fault]:
    for way in service.ways.values():
        for how, act in (("cut", way.cut), ("stalled", way.stall), ("slowed by 0.2 s", lambda way=way: way.slow(0.2))):
            yield Fault(f"{way.name} {how}", 2, lambda act=act, way=way: _until(act, way.mend))


def _redis(service: Service) -> Iterator[Fault]:
    def flush() -> None:
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(service.redis_url) as client:
            client.flushall()

    yield Fault("Redis flushed", 0, lambda: _at_once(flush))


@contextmanager
def _full(disk: Path) -> Iterator[None]:
    """Fill a disk to the last byte, and keep it full."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def _without_docker(service: Service) -> Iterator[None]:
    """Until it answers again: ten seconds or more, which are its own, and not the service's to recover in."""
    service.parts["docker"].kill()
    yield
    wait_for(lambda: docker_answers(service), "Docker does not come back")


@contextmanager
def _stepped(service: Service, seconds: int) -> Iterator[None]:
    service.step_clock(seconds)
    try:
        yield
    finally:
        service.step_clock(0)


# ---- deliveries --------------------------------------------------------------------------------------------------


def _deliveries(service: Service, client: Client) -> Iterator[Fault]:
    def hint() -> None:
        with contextlib.suppress(Exception):  # Redis may be away
            for _ in range(20):
                wake(service.redis_url, "python")

    yield Fault("20 hints too many", 0, lambda: _at_once(hint))
    yield Fault("a zombie reports late", 0, lambda: _at_once(lambda: _zombie(service)))


def _zombie(service: Service) -> None:
    """A worker that takes a judging, falls silent, and long after reports nonsense."""

    def live() -> None:
        http = urllib3.PoolManager(headers={"Authorization": f"Bearer {WORKER_TOKEN}"}, retries=False, timeout=5)
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            claim = http.request("POST", f"{service.url}/internal/claims?worker=zombie&languages=python")
            if claim.status != 200:
                return
            judging_id = claim.json()["id"]
            with contextlib.closing(Database(service.database_url)) as database:
                while _state(database, judging_id) == RUNNING:
                    time.sleep(1)
            path = f"/internal/judgings/{judging_id}/report"
            http.request("POST", service.url + path, json={"verdict": "JE", "judge_error": "from a zombie"})

    def _state(database: Database, judging_id: str) -> str:
        try:
            with database.reading() as connection:
                return str(connection.execute(select(JudgingRow.state).where(JudgingRow.id == judging_id)).scalar())
        except SQLAlchemyError:  # it is away
            return RUNNING

    threading.Thread(target=live, name="zombie", daemon=True).start()


@contextmanager
def _at_once(act: Callable[[], object]) -> Iterator[None]:
    act()
    yield


@contextmanager
def _until(begin: Callable[[], object], end: Callable[[], object]) -> Iterator[None]:
    begin()
    try:
        yield
    finally:
        end()
