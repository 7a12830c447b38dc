"""Restarts and kills in the midst of work, with real processes: no request fails, nothing is lost or judged twice."""

import os
import re
import shutil
import signal
import subprocess
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from service import RIGHT, SLEEPER, WRONG, Service, free_port, pool_processes, until

NGINX_CONF = Path(__file__).parents[2] / "deploy" / "proxy" / "nginx.conf"
CLIENTS = 4


class Load(threading.Thread):
    """A client that submits and asks for verdicts until told to stop; every request must be answered as it should."""

    def __init__(self, service: Service, number: int, over: threading.Event) -> None:
        super().__init__(name=f"client {number}")
        self._service, self._wait_s, self._over = service, number % 2 * 20, over
        self.sent: dict[str, str] = {}
        self.failed: list[str] = []

    def run(self) -> None:
        while not self._over.is_set():
            wrong = len(self.sent) % 2
            try:
                known = self._service.submit((RIGHT, WRONG)[wrong], self._wait_s, key=uuid.uuid4().hex)
                self.sent[known["id"]] = ("AC", "WA")[wrong]
                self._service.show(known["id"])
            except Exception as exc:
                self.failed.append(f"{type(exc).__name__}: {exc}")
            self._over.wait(0.05)


@pytest.fixture
def nginx(require: Callable[[str], None], tmp_path: Path) -> str:
    require("nginx")
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert found
    return found


def start_proxy(service: Service, nginx: str, ports: list[int]) -> "subprocess.Popen[bytes]":
    """The proxy with the configuration that is shipped, but for addresses and folders."""
    port, folder = free_port(), service.folder
    text = NGINX_CONF.read_text()
    for number, its in enumerate(ports, 1):
        text = text.replace(f"api-{number}:8000", f"127.0.0.1:{its}")
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}").replace("/run/nginx.pid", f"{folder}/nginx.pid")
    text = re.sub(r"_temp_path /tmp/", f"_temp_path {folder}/", text)
    conf = folder / "nginx.conf"
    conf.write_text(text.replace("worker_processes auto;", "worker_processes 1;\ndaemon off;"))
    service.front = f"http://127.0.0.1:{port}"
    return service.start("nginx", [nginx, "-c", str(conf), "-p", str(folder)])


def test_a_rolling_restart_under_load_fails_no_request_and_loses_nothing(nginx: str, tmp_path: Path) -> None:
    ports = [free_port(), free_port()]
    with Service(tmp_path) as service:
        apis = [service.start_api(f"api-{number}", port) for number, port in enumerate(ports, 1)]
        start_proxy(service, nginx, ports)
        worker = service.start_worker("worker-1")
        over = threading.Event()
        clients = [Load(service, number, over) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for number, port in enumerate(ports, 1):
            wait_for_more(clients)
            apis[number - 1].terminate()
            assert apis[number - 1].wait(15) == 0
            apis[number - 1] = service.start_api(f"api-{number}", port)
        second = service.start_worker("worker-2")
        worker.terminate()
        assert worker.wait(60) == 0
        wait_for_more(clients)
        over.set()
        for client in clients:
            client.join()
        assert [failure for client in clients for failure in client.failed] == []
        sent = {known: verdict for client in clients for known, verdict in client.sent.items()}
        assert {known: service.show(known, 30)["verdict"] for known in sent} == sent
        attempts = Counter(submission for submission, _, _ in service.attempts())
        assert attempts == dict.fromkeys(sent, 1), "each was judged by one attempt"
        second.terminate()
        assert second.wait(60) == 0


def wait_for_more(clients: list[Load]) -> None:
    """Until each has got some further requests answered."""
    before = [len(client.sent) for client in clients]
    until(lambda: all(len(client.sent) > known + 2 for client, known in zip(clients, before, strict=True)))


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """One API, and workers that are given up early."""
    with Service(tmp_path, JUDGE_LEASE_S="4") as started:
        port = free_port()
        started.start_api("api", port)
        started.front = f"http://127.0.0.1:{port}"
        yield started


def stop_hard(worker: "subprocess.Popen[bytes]") -> None:
    worker.terminate()
    worker.send_signal(signal.SIGQUIT)


def kill_with_its_pool(worker: "subprocess.Popen[bytes]") -> None:
    os.killpg(worker.pid, signal.SIGKILL)


@pytest.mark.parametrize("end", [stop_hard, kill_with_its_pool, subprocess.Popen.kill])
def test_a_worker_that_ends_in_the_midst_gives_its_judging_back(
    service: Service, end: Callable[["subprocess.Popen[bytes]"], None]
) -> None:
    worker = service.start_worker("worker-1")
    submission_id = service.submit(SLEEPER)["id"]
    until(lambda: service.show(submission_id)["status"] == "running")
    end(worker)
    assert worker.wait(10) in (1, -signal.SIGKILL)
    service.start_worker("worker-2")
    assert service.show(submission_id, 60)["verdict"] == "TLE"
    assert service.attempts(submission_id) == [(submission_id, 1, "lost"), (submission_id, 2, "judged")]


def test_a_submission_that_kills_who_judges_it_ends_as_a_judge_error_and_others_are_judged(service: Service) -> None:
    worker = service.start_worker("worker")
    poison = service.submit(SLEEPER)["id"]
    others = [service.submit(RIGHT)["id"] for _ in range(3)]
    for attempt in (1, 2, 3):
        until(lambda attempt=attempt: (poison, attempt, "running") in service.attempts(poison))
        for pid in pool_processes(worker):
            os.kill(pid, signal.SIGKILL)
    report = service.show(poison, 60)
    assert report["verdict"] == "JE"
    assert "3 times" in report["report"]["judge_error"]
    assert [service.show(other, 60)["verdict"] for other in others] == ["AC"] * 3
    assert worker.poll() is None
    assert [state for _, _, state in service.attempts(poison)] == ["lost"] * 3
