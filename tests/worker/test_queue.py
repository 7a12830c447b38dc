"""The real thing but the API: a Redis server, a Celery worker with its pool, one message in, one report out."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from leaks import descendants, eventually, gone
from pretend_api import RIGHT, TOKEN, WRONG, PretendApi

import worker.queue
from judge.stack import redis_server
from worker.queue import TASK_NAME, JudgingTask, broker_url, wake

ROOT = Path(__file__).parents[2]
SLEEPER = "import time\ndef add_two(a, b):\n    time.sleep(60)"


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="judge-") as folder:  # a socket's path may have 107 characters at most
        path = f"{folder}/redis.sock"
        command = [
            redis_server(),
            "--port",
            "0",
            "--unixsocket",
            path,
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            folder,
        ]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        eventually(lambda: Path(path).exists())
        yield f"unix://{path}"
        worker.queue._sender.cache_clear()
        server.terminate()
        server.wait()


@dataclass
class Worker:
    """A running Celery worker with one pool process."""

    process: subprocess.Popen[bytes]
    ready: Path
    redis_url: str

    @property
    def children(self) -> set[int]:
        """The pool processes that have started their box, dead ones too."""
        return {int(path.name) for path in self.ready.iterdir()}

    def pending(self) -> int:
        """Messages that are queued or not yet acknowledged."""
        with redis.Redis.from_url(self.redis_url) as client:
            return int(client.llen("python")) + int(client.hlen("unacked"))  # type: ignore[arg-type]


@pytest.fixture
def running(
    request: pytest.FixtureRequest, redis_url: str, api: PretendApi, package: str, tmp_path: Path
) -> Iterator[Worker]:
    """A parameter gives it further settings."""
    ready = tmp_path / "ready"
    ready.mkdir()
    environment = {
        **os.environ, "JUDGE_REDIS_URL": redis_url, "JUDGE_API_URL": api.url, "JUDGE_WORKER_TOKEN": TOKEN,
        "JUDGE_BOX": "local",
        "JUDGE_CACHE_DIR": str(tmp_path / "cache"), "JUDGE_READY_FOLDER": str(ready),
        **getattr(request, "param", {}),
    }  # fmt: skip
    command = [sys.executable, "-m", "celery", "-A", "worker.app", "worker", "--pool", "prefork", "--concurrency", "1"]
    log = (tmp_path / "worker.log").open("wb")
    process = subprocess.Popen(
        [*command, "--queues", "python", "--without-gossip", "--without-mingle", "--without-heartbeat"],
        env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    started = Worker(process, ready, redis_url)
    try:
        eventually(lambda: bool(started.children), lambda: (tmp_path / "worker.log").read_text()[-2000:])
        yield started
    finally:
        below = descendants(process.pid)
        process.terminate()
        process.wait(30)
        log.close()
        eventually(lambda: gone(below), lambda: f"left by the worker: {below}")
        with redis.Redis.from_url(redis_url) as client:
            client.flushall()


@pytest.fixture
def send(running: Worker, api: PretendApi, package: str) -> Callable[..., None]:
    def let_judge(judging_id: str, source: str = RIGHT) -> None:
        given = {"kind": "submission", "problem": "add-two", "package": package, "language": "python"}
        api.todo.append(JudgingTask.model_validate({"id": judging_id, "source": source, **given}))
        wake(running.redis_url, "python")

    return let_judge


def test_one_message_in_one_report_out(running: Worker, send: Callable[..., None], api: PretendApi):
    send("one", RIGHT)
    send("two", WRONG)
    assert api.report_of("one")["verdict"] == "AC"
    assert api.report_of("two")["verdict"] == "WA"
    eventually(lambda: running.pending() == 0, lambda: "the messages were not acknowledged")
    assert [judging_id for judging_id, _ in api.reports] == ["one", "two"]


def test_a_pool_process_killed_in_the_midst_of_a_judging_leaves_nothing_and_another_goes_on(
    running: Worker, send: Callable[..., None], api: PretendApi
):
    (victim,) = running.children
    box = descendants(victim)
    reached, killed = threading.Event(), threading.Event()

    def hold_the_first() -> None:
        if not reached.is_set():
            reached.set()
            killed.wait(30)

    api.on_package = hold_the_first
    send("victim")
    assert reached.wait(30)
    os.kill(victim, signal.SIGKILL)
    killed.set()
    send("next")  # the victim's judging comes back when the API misses its signs of life
    assert api.report_of("next")["verdict"] == "AC"
    eventually(lambda: running.pending() == 0)
    eventually(lambda: gone(box), lambda: f"the dead process left its box: {box}")
    assert [judging_id for judging_id, _ in api.reports] == ["next"]
    assert len(running.children) == 2


def test_a_stop_in_the_midst_of_a_judging_waits_for_its_report(
    running: Worker, send: Callable[..., None], api: PretendApi
):
    reached = threading.Event()
    api.on_package = reached.set
    send("last", SLEEPER)
    assert reached.wait(30)
    running.process.terminate()
    assert api.report_of("last")["verdict"] == "TLE"
    assert running.process.wait(30) == 0
    assert running.pending() == 0


@pytest.fixture
def held(api: PretendApi) -> Iterator[threading.Event]:
    """A judging that goes on until the test ends; set when it has begun."""
    begun, over = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        over.wait(30)

    api.on_package = hold
    yield begun
    over.set()


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGQUIT])
def test_a_second_signal_ends_all_at_once(
    running: Worker, send: Callable[..., None], api: PretendApi, held: threading.Event, second: signal.Signals
):
    send("last")
    assert held.wait(30)
    below = descendants(running.process.pid)
    running.process.terminate()
    assert _still_runs(running.process)
    running.process.send_signal(second)
    assert running.process.wait(10) == 1
    eventually(lambda: gone(below), lambda: f"left by the worker: {below}")
    assert not api.reports


@pytest.mark.parametrize("running", [{"JUDGE_STOP_S": "1"}], indirect=True)
def test_a_stop_waits_no_longer_than_was_stated(
    running: Worker, send: Callable[..., None], api: PretendApi, held: threading.Event
):
    send("last")
    assert held.wait(30)
    below = descendants(running.process.pid)
    running.process.terminate()
    assert running.process.wait(15) == 1
    eventually(lambda: gone(below), lambda: f"left by the worker: {below}")
    assert not api.reports


def test_a_worker_killed_outright_leaves_nothing(
    running: Worker, send: Callable[..., None], api: PretendApi, held: threading.Event
):
    send("last")
    assert held.wait(30)
    below = descendants(running.process.pid)
    running.process.kill()
    eventually(lambda: gone(below), lambda: f"left by the worker: {below}")
    assert not api.reports


def _still_runs(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        return True
    return False


def test_a_report_that_was_not_taken_is_delivered_later(running: Worker, send: Callable[..., None], api: PretendApi):
    api.answers.append(500)
    send("stubborn")
    assert api.report_of("stubborn")["verdict"] == "AC"
    eventually(lambda: running.pending() == 0)
    assert len(api.reports) == 1


def test_a_message_that_is_no_judging_does_not_stop_the_worker(
    running: Worker, send: Callable[..., None], api: PretendApi
):
    app = worker.queue._sender(running.redis_url)
    app.send_task(TASK_NAME, args=[{"id": "x", "verdict": "AC"}], queue="python")  # a hint takes no arguments
    app.send_task("some.other.task", args=[], queue="python")
    send("after")
    assert api.report_of("after")["verdict"] == "AC"


def test_a_pickled_message_is_never_opened(running: Worker, send: Callable[..., None], api: PretendApi, tmp_path: Path):
    bitten = tmp_path / "bitten"

    class Bite:
        def __reduce__(self) -> tuple[object, ...]:
            return (open, (str(bitten), "w"))

    worker.queue._sender(running.redis_url).send_task(TASK_NAME, args=[Bite()], queue="python", serializer="pickle")
    send("after")
    assert api.report_of("after")["verdict"] == "AC"
    assert not bitten.exists()
    eventually(lambda: running.pending() == 0, lambda: "the message comes again and again")
    told = [line for line in (tmp_path / "worker.log").read_text().splitlines() if "pickle" in line]
    assert json.loads(told[0])["level"] in ("error", "critical")


def test_celery_writes_a_unix_socket_its_own_way():
    assert broker_url("unix:///run/r.sock") == "redis+socket:///run/r.sock"
    assert broker_url("redis://host:1/0") == "redis://host:1/0"


def test_a_worker_understands_an_api_that_is_newer():
    given = {"id": "j", "kind": "submission", "problem": "p", "package": "h", "language": "python", "source": "x"}
    assert JudgingTask.model_validate({**given, "of_a_later_version": 1}) == JudgingTask.model_validate(given)
