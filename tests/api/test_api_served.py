"""The API behind gunicorn, as it is run: real sockets, real signals."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from api_help import WORKER_TOKEN, RedisServer, body_for, eventually, new_database, report_for
from leaks import descendants

from api.auth import digest_of, new_key
from api.store import NewKey

SUBMISSIONS = "/api/v1/submissions"
KEY = new_key()
HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}


class Server:
    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "-c", "python:api.gunicorn_config"]
        env = {**os.environ, **environ, "JUDGE_BIND": f"127.0.0.1:{self.port}", "HOME": str(folder)}
        self.process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
        eventually(self.is_up, 30)

    def is_up(self) -> bool:
        try:
            return self.ask("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = self.connect()
        try:
            connection.request(method, path, body, HEADERS | headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def kill(self) -> None:
        """At once, with its workers."""
        for pid in (self.process.pid, *descendants(self.process.pid)):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def work(self, path: str, report: dict[str, Any] | None = None) -> Any:
        """As a worker: what to do next, if anything."""
        connection = self.connect()
        headers = {"Authorization": f"Bearer {WORKER_TOKEN}", "Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(report) if report else b"", headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return json.loads(text) if response.status == 200 else None

    def stop(self, seconds: float) -> int:
        self.process.terminate()
        return self.process.wait(seconds)


@pytest.fixture
def start(redis_server: RedisServer, problems_dir: Path, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a server, each on the same database; of one process, unless told."""
    store = new_database(f"sqlite:///{tmp_path}/judge.sqlite3")
    store.keys.add(NewKey("somebody", digest_of(KEY), KEY[-4:], datetime.now(UTC)))
    store.close()
    environ = {
        "JUDGE_REDIS_URL": redis_server.url,
        "JUDGE_WORKER_TOKEN": WORKER_TOKEN,
        "JUDGE_DATA_DIR": str(tmp_path),
        "JUDGE_PROBLEMS_DIR": str(problems_dir),
        "TMPDIR": str(tmp_path / "tmp"),
    }
    started: list[Server] = []
    (tmp_path / "tmp").mkdir()

    def start_one(processes: int = 1) -> Server:
        started.append(Server(tmp_path / "home", {**environ, "JUDGE_API_PROCESSES": str(processes)}))
        return started[-1]

    yield start_one
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()


@pytest.fixture
def server(start: Callable[..., Server]) -> Server:
    return start()


def test_bodies_that_are_refused_leave_the_connection_usable(server: Server) -> None:
    connection = server.connect()
    for body, status in ((iter([b"{}"]), 411), (b"\xff{", 400), (b"{", 400)):
        connection.request("POST", SUBMISSIONS, body, HEADERS)
        response = connection.getresponse()
        assert json.loads(response.read())["status"] == response.status == status
        assert response.headers["Content-Type"] == "application/problem+json"
    connection.close()


@pytest.mark.parametrize("size", [262_145, 3_000_000])
def test_who_sends_too_much_still_gets_the_answer(server: Server, size: int) -> None:
    for _ in range(5):
        status, body = server.ask("POST", SUBMISSIONS, b"x" * size)
        assert json.loads(body)["status"] == status == 413


def test_streams_are_served_beside_everything_else_and_end_with_the_server(server: Server) -> None:
    submitted = json.loads(server.ask("POST", SUBMISSIONS, json.dumps(body_for()).encode())[1])
    streams = []
    for _ in range(150):  # more than the server had threads without them
        connection = server.connect()
        connection.request("GET", f"{SUBMISSIONS}/{submitted['id']}/events", headers=HEADERS)
        response = connection.getresponse()
        assert response.headers["Content-Type"].startswith("text/event-stream")
        while not response.readline().startswith(b"data: "):
            pass
        streams.append((connection, response))
    assert server.ask("GET", "/readyz")[0] == 200
    assert server.stop(8) == 0
    for connection, response in streams:
        assert response.read() == b"\n"
        connection.close()


def test_a_stop_lets_go_of_held_requests(server: Server, redis_server: RedisServer, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(server.ask, "POST", f"{SUBMISSIONS}?wait=60", json.dumps(body_for()).encode())
        eventually(redis_server.queued)
        assert server.stop(8) == 0
        assert held.result(1)[0] == 202
    assert not (tmp_path / "home").exists()


def test_processes_tell_each_other_what_is_judged_and_count_together(
    start: Callable[..., Server], tmp_path: Path
) -> None:
    server = start(processes=2)
    body = json.dumps(body_for()).encode()
    with ThreadPoolExecutor(20) as pool:
        held = [pool.submit(server.ask, "POST", f"{SUBMISSIONS}?wait=60", body) for _ in range(20)]
        for _ in held:
            task = eventually(lambda: server.work("/internal/claims?worker=w&languages=python"))
            server.work(f"/internal/judgings/{task['id']}/report", report_for())
        assert [one.result(30)[0] for one in held] == [201] * 20
    for _ in range(10):  # whichever process answers
        _, text = server.ask("GET", "/metrics")
        assert b'judge_verdicts_total{verdict="AC"} 20.0' in text
        assert text.count(b"\njudge_held_requests ") == 1
    assert list((tmp_path / "tmp").glob("judge-metrics-*"))
    assert server.stop(8) == 0
    assert not list((tmp_path / "tmp").glob("judge-metrics-*"))


def test_a_sighup_takes_up_new_problems_and_fails_no_request(server: Server, problems_dir: Path) -> None:
    shutil.copytree(problems_dir / "add-two", problems_dir / "add-more")
    server.process.send_signal(signal.SIGHUP)

    def is_taken_up() -> bool:
        status, body = server.ask("GET", "/api/v1/problems")
        assert status == 200
        return b"add-more" in body

    eventually(is_taken_up, 30)


def test_a_post_that_its_server_did_not_live_to_answer_is_stored_once(
    start: Callable[[], Server], redis_server: RedisServer
) -> None:
    server, body, key = start(), json.dumps(body_for()).encode(), {"Idempotency-Key": "k"}
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(server.ask, "POST", f"{SUBMISSIONS}?wait=60", body, **key)
        eventually(redis_server.queued)
        server.kill()
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            held.result(10)
    server = start()
    (stored,) = json.loads(server.ask("GET", SUBMISSIONS)[1])["submissions"]
    status, answer = server.ask("POST", SUBMISSIONS, body, **key)
    assert (status, json.loads(answer)["id"]) == (202, stored["id"])
    assert len(json.loads(server.ask("GET", SUBMISSIONS)[1])["submissions"]) == 1


def test_what_is_no_request_is_not_shown_as_a_page(server: Server) -> None:
    for line in (b"GET /<script>alert(1)</script> HTTP/9.9", b"<script>alert(1)</script> / HTTP/1.1", b"GET <script>"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
            client.sendall(line + b"\r\n\r\n")
            answer = client.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 4")
        assert b"<script>" not in answer
