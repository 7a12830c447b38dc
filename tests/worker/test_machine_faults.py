"""Where the machine fails no submission gets a verdict: the judging is given back, to be tried again."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from leaks import eventually
from pretend_api import PretendApi
from proxy import Loop, Way

from judge.errors import BoxUnavailable
from judge.languages import get_language
from judge.sandbox import BoxOptions, start_boxes
from worker.api_client import ApiClient
from worker.judging import Judge
from worker.queue import JudgingTask
from worker.settings import Settings

SLEEPER = "import time\ndef add_two(a, b):\n    time.sleep(60)"
OPTIONS = BoxOptions(get_language("python"))


@contextmanager
def judge_in(backend: str, settings: Settings, client: ApiClient) -> Iterator[Judge]:
    with closing(Judge(settings, start_boxes(backend, OPTIONS), client, lambda: False)) as made:
        yield made


# ---- Docker ------------------------------------------------------------------------------------------------------


@pytest.fixture
def to_docker(require: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    """The way to the daemon, which can be cut as a restart of the daemon cuts it."""
    require("docker")
    require("image")
    loop = Loop()
    daemon = Path(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://"))
    way = Way(loop, "worker-docker", tmp_path / "docker.sock", daemon)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    yield way
    way.close()
    loop.close()


def test_a_daemon_that_goes_in_the_midst_costs_an_attempt_and_no_verdict(
    to_docker: Way, settings: Settings, client: ApiClient, api: PretendApi, task: Callable[..., JudgingTask]
):
    with judge_in("docker", settings, client) as judge:
        judge.prepare_all(("all",))
        begun = threading.Event()
        run = judge._boxes.submissions.run
        judge._boxes.submissions.run = lambda job: (begun.set(), run(job))[1]
        cutter = threading.Thread(target=lambda: (begun.wait(30), to_docker.cut()))
        cutter.start()
        api.todo.extend([task(SLEEPER), task(id="j2")])
        with pytest.raises(BoxUnavailable):
            judge.work()
        cutter.join()
        assert [judging_id for judging_id, _ in api.faults] == ["j1"]
        assert "the container" in api.faults[0][1]
        with pytest.raises(BoxUnavailable):
            judge.work()
        assert [each.id for each in api.todo] == ["j2"], "what waits is not claimed where it cannot be judged"
        to_docker.mend()
        judge.work()
    assert [(judging_id, report["verdict"]) for judging_id, report in api.reports] == [("j2", "AC")]


# ---- disks -------------------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small one of its own."""
    folder = tmp_path / "cache"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here (provide it: run the tests as root)")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_costs_an_attempt_and_no_verdict(
    disk: Path, settings: Settings, client: ApiClient, api: PretendApi, task: Callable[..., JudgingTask]
):
    filler = disk / "filler"
    with judge_in("local", settings, client) as judge:
        fill(filler)
        api.todo.append(task())
        judge.work()
        assert api.faults == [("j1", "the worker's disk: No space left on device")]
        filler.unlink()
        eventually(lambda: not list((disk / "packages").glob("*")), lambda: "half a package is left")
        api.todo.append(task(id="j2"))
        judge.work()
    assert [(judging_id, report["verdict"]) for judging_id, report in api.reports] == [("j2", "AC")]


def fill(path: Path) -> None:
    """To the last byte."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 512)
