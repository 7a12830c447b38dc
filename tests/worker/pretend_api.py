"""Stands in for the API: says what to do, serves packages by hash, takes reports, and misbehaves when told to."""

import io
import json
import tarfile
import threading
import time
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from judge.package import hash_folder
from worker.queue import JudgingTask

TOKEN = "the-workers-token"
FILES = {
    "problem.yaml": "problem_format_version: 2025-09\nname: {en: Add Two}\n",
    "interface.yaml": "function: add_two\nparameters: [{name: a, type: int}, {name: b, type: int}]\nreturns: int\n",
    "statement/problem.en.md": "Add two numbers.\n",
    "data/sample/1.in": "[1, 2]\n",
    "data/sample/1.ans": "3\n",
    "data/secret/small/1.in": "[10, 20]\n",
    "data/secret/small/1.ans": "30\n",
    "submissions/accepted/plus.py": "def add_two(a, b):\n    return a + b\n",
}
RIGHT, WRONG = "def add_two(a, b): return a + b", "def add_two(a, b): return a - b"


def write_package(folder: Path, **changes: str) -> str:
    """A small package; returns its hash."""
    for name, content in {**FILES, **changes}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return hash_folder(folder)


def tar_of(folder: Path) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                tar.add(path, path.relative_to(folder).as_posix())
    return data.getvalue()


def tar_with(**entries: bytes | tarfile.TarInfo) -> bytes:
    """A tar of these entries: a name and its bytes, or an entry of any kind."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for name, content in entries.items():
            if isinstance(content, tarfile.TarInfo):
                tar.addfile(content)
            else:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return data.getvalue()


class PretendApi:
    """`todo` waits to be claimed; `answers` are the statuses of the next reports; `on_package` runs before each package
    is sent; `signs` are the judgings of the signs of life."""

    def __init__(self) -> None:
        self.packages: dict[str, bytes] = {}
        self.slugs: dict[str, str] = {}
        self.asked: list[str] = []
        self.reports: list[tuple[str, dict[str, Any]]] = []
        self.faults: list[tuple[str, str]] = []
        self.signs: list[str | None] = []
        self.todo: deque[JudgingTask] = deque()
        self.answers: deque[int] = deque()
        self.on_package: Callable[[], None] = lambda: None
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> "PretendApi":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, folder: Path, package_hash: str) -> None:
        self.packages[package_hash] = tar_of(folder)
        self.slugs[folder.name] = package_hash

    def report_of(self, judging_id: str, timeout_s: float = 60) -> dict[str, Any]:
        """The report of this judging, waited for."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not (found := [report for known, report in self.reports if known == judging_id]):
                assert self._changed.wait(deadline - time.monotonic()), f"no report of {judging_id}"
        return found[0]

    def _take(self, path: str, content: dict[str, Any]) -> int:
        """The status of the answer; 204: it was taken."""
        _, _, kind, subject, *what = path.split("/")
        with self._changed:
            if kind == "workers":
                self.signs.append(content["judging"])
                return 204
            status = self.answers.popleft() if self.answers and what else 204
            if status == 204 and what == ["report"]:
                self.reports.append((subject, content))
            elif status == 204 and what == ["fault"]:
                self.faults.append((subject, content["reason"]))
            self._changed.notify_all()
        return status

    def _next(self, query: str) -> bytes:
        """What a worker shall do that asks with this query."""
        with self._changed:
            wanted = parse_qs(query).get("languages", [""])[0].split(",")
            task = self.todo.popleft() if self.todo and self.todo[0].language in wanted else None
        return task.model_dump_json().encode() if task else b""

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                api.asked.append(self.path)
                if self.path == "/internal/problems":
                    return self._answer(200, json.dumps(api.slugs).encode())
                api.on_package()
                package = api.packages.get(self.path.rpartition("/")[2])
                return self._answer(404 if package is None else 200, package or b"")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not self._known():
                    return self._answer(401, b"")
                path, _, query = self.path.partition("?")
                status = 204 if path == "/internal/claims" else api._take(path, json.loads(body))
                following = api._next(query) if status == 204 else b""
                return self._answer(200 if following else status, following)

            def _known(self) -> bool:
                return bool(self.headers.get("Authorization") == f"Bearer {TOKEN}")

            def _answer(self, status: int, body: bytes) -> None:
                if not self._known():
                    status, body = 401, b""
                self.send_response(status)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
