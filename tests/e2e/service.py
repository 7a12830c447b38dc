"""A service of several processes for tests that stop and kill some of them: Redis, instances of the API, workers."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import urllib3
from leaks import descendants

from judge.stack import redis_server

FILES = {
    "problem.yaml": "problem_format_version: 2025-09\nname: {en: Double}\n",
    "interface.yaml": "function: double\nparameters: [{name: n, type: int}]\nreturns: int\n",
    "statement/problem.en.md": "Return twice the number.\n",
    "data/sample/1.in": "[2]\n",
    "data/sample/1.ans": "4\n",
    "data/secret/small/1.in": "[-3]\n",
    "data/secret/small/1.ans": "-6\n",
    "submissions/accepted/double.py": "def double(n): return 2 * n\n",
}
RIGHT, WRONG = "def double(n): return 2 * n", "def double(n): return n + 2"
SLEEPER = "import time\ndef double(n):\n    time.sleep(60)"
_SOON_S = 60.0


def until(holds: Callable[[], Any], seconds: float = _SOON_S) -> Any:
    """The first true value."""
    deadline = time.monotonic() + seconds
    while not (value := holds()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return value


class Service:
    """Use as a context manager. `front`: where clients and workers ask; set it before workers are started."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.front = ""
        self._processes: list[subprocess.Popen[bytes]] = []
        self._sockets = tempfile.TemporaryDirectory(prefix="judge-")  # a socket's path may have 107 characters at most
        self.database = folder / "judge.sqlite3"
        self._http = urllib3.PoolManager(retries=False, timeout=60, maxsize=16)
        for name, text in FILES.items():
            path = folder / "problems" / "double" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.environment = {
            **os.environ, "JUDGE_REDIS_URL": f"unix://{self._sockets.name}/redis.sock", "JUDGE_BOX": "local",
            "JUDGE_DATABASE_URL": f"sqlite:///{self.database}", "JUDGE_PROBLEMS_DIR": str(folder / "problems"),
            "JUDGE_WORKER_TOKEN": "a-token-that-only-workers-know", "JUDGE_PRELOAD": "all", **settings,
        }  # fmt: skip

    def __enter__(self) -> "Service":
        path = f"{self._sockets.name}/redis.sock"
        quiet = ["--save", "", "--appendonly", "no", "--dir", self._sockets.name]
        self.start("redis", [redis_server(), "--port", "0", "--unixsocket", path, *quiet])
        until(lambda: Path(path).exists())
        self._manage("db", "upgrade")
        self.key = self._manage("create-key", "somebody")
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        self._http.clear()
        self._sockets.cleanup()

    def start(self, name: str, command: list[str], **environment: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, env={**self.environment, **environment}, stdout=log, stderr=log, start_new_session=True
            )
        self._processes.append(process)
        return process

    def start_api(self, name: str, port: int) -> "subprocess.Popen[bytes]":
        """An instance of the API, ready."""
        bind = f"127.0.0.1:{port}"
        command = [sys.executable, "-m", "gunicorn", "--config", "python:api.gunicorn_config", "--bind", bind]
        process = self.start(name, command)
        until(lambda: self._answers(f"http://{bind}/readyz"))
        return process

    def start_worker(self, name: str) -> "subprocess.Popen[bytes]":
        """A worker of one process, which has its box."""
        ready = self.folder / f"{name}-{time.monotonic_ns()}"
        ready.mkdir()
        command = [sys.executable, "-m", "celery", "-A", "worker.app", "worker", "--concurrency", "1"]
        flags = ["--queues", "python", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        there = {"JUDGE_API_URL": self.front, "JUDGE_READY_FOLDER": str(ready)}
        process = self.start(name, [*command, *flags], **there)
        until(lambda: list(ready.iterdir()))
        return process

    def submit(self, source: str, wait_s: int = 0, key: str | None = None) -> dict[str, Any]:
        """Asked once: any fault and any refusal is an exception."""
        body = {"problem": "double", "language": "python", "source": source}
        headers = {"Idempotency-Key": key} if key else {}
        return self._ask("POST", f"/api/v1/submissions?wait={wait_s}", json=body, headers=headers)

    def show(self, submission_id: str, wait_s: int = 0) -> dict[str, Any]:
        return self._ask("GET", f"/api/v1/submissions/{submission_id}?wait={wait_s}")

    def attempts(self, submission_id: str | None = None) -> list[tuple[str, int, str]]:
        """(submission, attempt, state) of all judgings, or of one submission's."""
        with sqlite3.connect(self.database, timeout=30) as connection:
            rows = connection.execute("SELECT submission_id, attempt, state FROM judgings ORDER BY attempt").fetchall()
        return [row for row in rows if submission_id in (None, row[0])]

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def _ask(self, method: str, path: str, headers: dict[str, str] | None = None, **body: Any) -> dict[str, Any]:
        given = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        response = self._http.request(method, self.front + path, headers=given, **body)
        assert response.status in (200, 201, 202), f"{method} {path}: {response.status} {response.data[:300]!r}"
        found: dict[str, Any] = response.json()
        return found

    def _answers(self, url: str) -> bool:
        try:
            return self._http.request("GET", url).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def _manage(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "api.manage", *arguments]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout.strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pool_processes(worker: "subprocess.Popen[bytes]") -> set[int]:
    """The processes that judge, which are the worker's own children."""
    return descendants(worker.pid) & {
        int(child) for path in Path(f"/proc/{worker.pid}/task").glob("*/children") for child in path.read_text().split()
    }
