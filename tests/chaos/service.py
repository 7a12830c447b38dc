"""The whole service for a chaos run: PostgreSQL (or SQLite), Redis, API, worker, boxes, and a way between each pair.

Disks of the database and of the worker are small file systems of their own where we may mount some, so that they can be
full; API and worker read their clock through libfaketime where it is installed, so that it can be stepped.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import docker
import urllib3
from parts import ROOT, Part, free_port, wait_for
from proxy import Loop, Way

from judge.languages import get_language
from judge.sandbox.docker import sandbox_image
from judge.stack import redis_server

WORKER_TOKEN = "the-token-of-the-chaos-run"
PROBLEM = "two-sum"
_DISKS = {"database": "300m", "worker": "100m"}


@dataclass
class Service:
    """Use `started`. `ways` by "from-to"; `disks` are those that can be filled."""

    folder: Path
    box: str
    database: str
    parts: dict[str, Part] = field(default_factory=dict)
    ways: dict[str, Way] = field(default_factory=dict)
    disks: dict[str, Path] = field(default_factory=dict)
    clock: Path | None = None
    url: str = ""
    database_url: str = ""  # past all ways
    redis_url: str = ""

    @property
    def docker(self) -> Path:
        return self.folder / "dockerd.sock"

    def step_clock(self, seconds: int) -> None:
        """From now on, for API and worker. Only where `clock` is there."""
        assert self.clock
        with self.clock.open("r+b") as file:  # in place: it is mapped
            file.write(seconds.to_bytes(8, sys.byteorder, signed=True))


@contextlib.contextmanager
def started(folder: Path, box: str, database: str) -> Iterator[Service]:
    """Everything up and ready, and everything gone at the end."""
    with ExitStack() as stack:
        service = Service(folder, box, database)
        loop = Loop()
        stack.callback(loop.close)
        stack.callback(lambda: [way.close() for way in service.ways.values()])
        _mount(service, stack)
        _make_clock(service)
        for name, part in _servers(service, loop):
            service.parts[name] = part
            stack.callback(part.stop)
            part.run()
            _wait(service, name)
        stack.callback(lambda: [way.mend() for way in service.ways.values()])
        yield service


def connected(service: Service) -> docker.DockerClient:
    """To the daemon of this run, past the way."""
    return docker.DockerClient(f"unix://{service.docker}", timeout=10)


def _mount(service: Service, stack: ExitStack) -> None:
    for name, size in _DISKS.items():
        disk = service.folder / name
        disk.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "tmpfs", disk]
        if os.geteuid() == 0 and not subprocess.run(command, capture_output=True).returncode:
            service.disks[name] = disk
            stack.callback(subprocess.run, ["umount", "--lazy", disk], check=False)


def _make_clock(service: Service) -> None:
    library, source = service.folder / "stepped_clock.so", Path(__file__).with_name("stepped_clock.c")
    if compiler := shutil.which("cc"):
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
        service.clock = service.folder / "clock"
        service.clock.write_bytes(bytes(8))


def _servers(service: Service, loop: Loop) -> Iterator[tuple[str, Part]]:
    folder = service.folder
    if service.database == "postgresql":
        yield "postgresql", _postgresql(service)
        port = free_port()
        service.ways["api-database"] = Way(loop, "api-database", port, folder / "run" / ".s.PGSQL.5432")
        reached = f"postgresql://judge@127.0.0.1:{port}/postgres?connect_timeout=5"
        service.database_url = f"postgresql+psycopg:///postgres?host={folder / 'run'}&user=judge"
    else:
        reached = service.database_url = f"sqlite:///{folder / 'database' / 'judge.sqlite3'}"
    yield "redis", _redis(service)
    for who in ("api", "worker"):
        service.ways[f"{who}-redis"] = Way(loop, f"{who}-redis", folder / f"{who}-redis.sock", folder / "redis.sock")
    api_port, client_port, worker_port = free_port(), free_port(), free_port()
    service.ways["client-api"] = Way(loop, "client-api", client_port, api_port)
    service.ways["worker-api"] = Way(loop, "worker-api", worker_port, api_port)
    service.url = f"http://127.0.0.1:{client_port}"
    service.redis_url = f"unix://{folder / 'redis.sock'}"
    environment = {**_environment(service), "JUDGE_DATABASE_URL": reached}
    subprocess.run([sys.executable, "-m", "api.manage", "db", "upgrade"], env=environment, cwd=ROOT, check=True)
    yield "api", _api(service, environment, api_port)
    if service.box == "docker":
        yield "docker", _docker(service)
        subprocess.run(_move_image(service), shell=True, check=True, stdout=subprocess.DEVNULL)
        service.ways["worker-docker"] = Way(loop, "worker-docker", folder / "docker.sock", service.docker)
    yield "worker", _worker(service, worker_port)


def _postgresql(service: Service) -> Part:
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))[-1].parent
    data, run = service.folder / "database" / "data", service.folder / "run"
    run.mkdir(mode=0o777)
    run.chmod(0o777)
    user = "nobody" if os.geteuid() == 0 else None
    initialise = [binaries / "initdb", "-D", data, "-A", "trust", "-U", "judge", "-E", "UTF8", "--locale=C"]
    as_user = {"user": user} if user else {}
    subprocess.run(initialise, check=True, stdout=subprocess.DEVNULL, cwd="/", **as_user)  # type: ignore[call-overload]
    options = [
        "-c",
        "listen_addresses=",
        "-c",
        "max_connections=150",
        "-c",
        "max_wal_size=64MB",
        "-c",
        "wal_keep_size=0",
    ]
    command = [str(binaries / "postgres"), "-D", str(data), "-k", str(run), *options]
    log = service.folder / "postgresql.log"
    log.touch()
    log.chmod(0o666)
    return Part("postgresql", command, os.environ, log, user=user)


def _docker(service: Service) -> Part:
    """A daemon of our own, so that it can be killed; in a network of its own, or it takes the bridge of the other."""
    folder = service.folder
    folders = ["--data-root", str(folder / "docker"), "--exec-root", str(folder / "docker-run")]
    network = ["--bridge=none", "--iptables=false", "--host", f"unix://{service.docker}"]
    command = ["unshare", "--net", "dockerd", *folders, *network, "--pidfile", str(folder / "docker.pid")]
    # What was killed leaves its pid files, and another process may have that number by now.
    left = [folder / "docker.pid", folder / "docker-run" / "containerd" / "containerd.pid"]

    def clear() -> None:
        for path in left:
            path.unlink(missing_ok=True)

    return Part("docker", command, os.environ, folder / "docker.log", before=clear)


def _move_image(service: Service) -> str:
    """The command that brings the sandbox image from the machine's daemon."""
    image = sandbox_image(get_language("python"))
    return f"docker save {image} | docker --host unix://{service.docker} load"


def _redis(service: Service) -> Part:
    path = service.folder / "redis.sock"
    options = [
        "--port",
        "0",
        "--unixsocket",
        str(path),
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(service.folder),
    ]
    command = [redis_server(), *options]
    log = service.folder / "redis.log"
    return Part("redis", command, os.environ, log, before=lambda: path.unlink(missing_ok=True))


def _environment(service: Service) -> dict[str, str]:
    faked = {}
    if service.clock:
        faked = {"LD_PRELOAD": str(service.folder / "stepped_clock.so"), "STEPPED_CLOCK": str(service.clock)}
    return {**os.environ, "JUDGE_WORKER_TOKEN": WORKER_TOKEN, **faked}


def _api(service: Service, environment: dict[str, str], port: int) -> Part:
    problems = service.folder / "problems"
    shutil.copytree(ROOT / "problems" / PROBLEM, problems / PROBLEM)
    environment = {
        **environment, "JUDGE_REDIS_URL": f"unix://{service.folder / 'api-redis.sock'}",
        "JUDGE_PROBLEMS_DIR": str(problems), "JUDGE_BIND": f"127.0.0.1:{port}",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "--config", "python:api.gunicorn_config"]
    return Part("api", command, environment, service.folder / "api.log")


def _worker(service: Service, api_port: int) -> Part:
    cache = service.folder / "worker" / "cache"
    cache.mkdir()
    environment = {
        **_environment(service), "JUDGE_API_URL": f"http://127.0.0.1:{api_port}", "JUDGE_BOX": service.box,
        "JUDGE_REDIS_URL": f"unix://{service.folder / 'worker-redis.sock'}", "JUDGE_CACHE_DIR": str(cache),
        "JUDGE_PRELOAD": PROBLEM,
    }  # fmt: skip
    if service.box == "docker":
        environment["DOCKER_HOST"] = f"unix://{service.folder / 'docker.sock'}"
    flags = ["--pool", "prefork", "--concurrency", "2", "--queues", "python", "--loglevel", "WARNING"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    command = [sys.executable, "-m", "celery", "-A", "worker.app", "worker", *flags, *quiet]
    return Part("worker", command, environment, service.folder / "worker.log")


def _wait(service: Service, name: str) -> None:
    if name == "postgresql":
        wait_for((service.folder / "run" / ".s.PGSQL.5432").exists, "PostgreSQL does not answer")
    elif name == "redis":
        wait_for((service.folder / "redis.sock").exists, "Redis does not answer")
    elif name == "docker":
        wait_for(lambda: docker_answers(service), "Docker does not answer")
    elif name == "api":
        wait_for(lambda: answers(service), "the API does not answer")


def answers(service: Service) -> bool:
    try:
        return urllib3.request("GET", f"{service.url}/readyz", retries=False, timeout=2).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def docker_answers(service: Service) -> bool:
    version = ["docker", "--host", f"unix://{service.docker}", "version"]
    return not subprocess.run(version, capture_output=True).returncode


def interrupt(part: Part) -> None:
    """A stop as an operator would ask for it."""
    if part.process:
        part.process.send_signal(signal.SIGTERM)
