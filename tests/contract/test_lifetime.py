"""Nothing outlives a box, however it ends; and a box that was hurt says so instead of judging."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from boxes import CLEAN, IMPATIENT, Caller, function, options
from leaks import child_processes, descendants, eventually, existing_containers, gone

from judge.errors import BoxBroken, BoxUnavailable, UnknownName
from judge.sandbox import AUTO, BACKENDS, choose_backend, start_box
from judge.sandbox.base import Box, Input, Job, program_entry
from judge.sandbox.docker import CAPABILITIES, LABEL, connect
from judge.sandbox.keeper import BoxKeeper
from judge.sandbox.launched import BoxOptions, launcher_config

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
import docker
from judge.languages import get_language
from judge.sandbox import BoxOptions, start_box

create = docker.APIClient.create_container_from_config
made = []
docker.APIClient.create_container_from_config = lambda *given, **more: made.append(create(*given, **more)) or made[-1]
box = start_box(sys.argv[1], BoxOptions(get_language("python")))
print(*(one["Id"] for one in made), flush=True)
sys.stdin.read()
"""


def test_a_box_that_was_started_in_the_background_outlives_its_start(backend: str, leak_detector: None):
    keeper = BoxKeeper(lambda: start_box(backend, options()), recycle_after=2)
    for _ in range(7):
        Caller(keeper).judges_a_clean_submission()
        keeper.submission_ends()
    keeper.close()


def launcher_pid(before: set[int]) -> int:
    (pid,) = child_processes() - before
    return pid


def test_a_box_leaves_nothing_when_it_is_closed(backend: str, leak_detector: None):
    box = start_box(backend, options())
    Caller(box).judges_a_clean_submission()
    box.close()


def test_a_box_closed_while_a_program_runs_leaves_nothing(backend: str, leak_detector: None):
    box = start_box(backend, options())
    ended: list[BaseException] = []

    def run() -> None:
        try:
            Caller(box).job(function("while True: pass"))
        except BoxBroken as exc:
            ended.append(exc)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.3)
    box.close()
    thread.join()


def test_a_launcher_killed_is_a_broken_box_that_can_still_be_closed(leak_detector: None):
    before = child_processes()
    box = start_box("local", options())
    pid = launcher_pid(before)
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: gone({pid}))
    for _ in range(2):
        with pytest.raises(BoxBroken):
            Caller(box).judges_a_clean_submission()
    box.close()
    box.close()


def test_a_launcher_killed_in_the_midst_of_a_job_is_a_broken_box(leak_detector: None):
    before = child_processes()
    box = start_box("local", options())
    killer = subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -9 {launcher_pid(before)}"])
    with pytest.raises(BoxBroken):
        Caller(box).job(function("while True: pass"))
    killer.wait()
    box.close()


def test_a_stopped_container_is_a_broken_box_that_can_still_be_closed(require, leak_detector: None, started_containers):
    require("docker")
    require("image")
    box = start_box("docker", options())
    client = connect()
    client.api.kill(started_containers[-1])
    client.close()
    eventually(lambda: not existing_containers(started_containers[-1:]))
    with pytest.raises(BoxBroken):
        Caller(box).judges_a_clean_submission()
    box.close()


def test_a_killed_zygote_is_a_broken_box(leak_detector: None):
    before = child_processes()
    box = start_box("local", options())
    pid = launcher_pid(before)
    zygote = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
    os.kill(zygote, signal.SIGKILL)
    caller = Caller(box)
    with contextlib.suppress(BoxBroken):
        caller.judges_a_clean_submission()  # the spare child may still serve one job
    with pytest.raises(BoxBroken):
        caller.judges_a_clean_submission()
    box.close()


def freeze_container(container_id: str) -> None:
    with contextlib.closing(connect()) as client:
        client.api.pause(container_id)


def test_boxes_that_end_in_the_moment_they_are_closed_are_closed(
    backend: str, leak_detector: None, started_containers: list[str]
):
    """Docker removes a container that has ended, and so do we: one of the two comes too late."""
    ends: list[Callable[[], None]] = []
    for _ in range(6):
        before = child_processes()
        box = start_box(backend, options())
        kill_it = kill_container(started_containers[-1]) if backend == "docker" else kill_process(launcher_pid(before))
        ends += [kill_it, box.close]
    start = threading.Barrier(6)

    def end_at_once(kill_it: Callable[[], None], close: Callable[[], None]) -> None:
        start.wait(10)
        kill_it()
        close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(end_at_once, ends[::2], ends[1::2]))


def kill_process(pid: int) -> Callable[[], None]:
    return lambda: os.kill(pid, signal.SIGKILL)


def kill_container(container_id: str) -> Callable[[], None]:
    def kill() -> None:
        with contextlib.closing(connect()) as client:
            client.api.kill(container_id)

    return kill


ASKS: dict[str, Callable[[Box], object]] = {
    "run": lambda box: Caller(box).job(CLEAN, limits=IMPATIENT),
    "talk": lambda box: box.talk(Job("", program_entry(), [Input.of(b"")], IMPATIENT)).receive(),
}


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_a_box_of_which_nothing_is_heard_is_not_waited_for(
    backend: str,
    ask: Callable[[Box], object],
    leak_detector: None,
    started_containers: list[str],
    monkeypatch: pytest.MonkeyPatch,
):
    """Docker may lose a container's end, or that memory ran out: the worker has a deadline of its own."""
    monkeypatch.setattr("judge.sandbox.protocol._GRACE_S", 0.2)
    before = child_processes()
    box = start_box(backend, options())
    if backend == "docker":
        freeze_container(started_containers[-1])
    else:
        os.kill(launcher_pid(before), signal.SIGSTOP)
    with pytest.raises(BoxBroken, match="did not answer within"):
        ask(box)
    box.close()


def test_the_launcher_ends_when_its_stream_does(leak_detector: None):
    config = launcher_config(options(), None, die_with_parent=False)
    launcher = subprocess.Popen(
        [sys.executable, "-I", "-S", str(ROOT / "judge/inside/launcher.py"), config],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert launcher.stdin
    assert launcher.stdout
    launcher.stdout.read(8)
    below = descendants(launcher.pid)
    assert below
    launcher.stdin.close()
    assert launcher.wait(30) == 0
    launcher.stdout.close()
    eventually(lambda: gone(below), lambda: f"left: {below}")


@pytest.mark.parametrize("data", [b"\xff" * 8, b"\0\0\0\2\0\0\0\0[]", b"\0\0\0\1\0\0\0\0{"])
def test_a_launcher_that_is_sent_nonsense_ends_and_says_why(data: bytes, leak_detector: None):
    config = launcher_config(options(), None, die_with_parent=False)
    command = [sys.executable, "-I", "-S", str(ROOT / "judge/inside/launcher.py"), config]
    ended = subprocess.run(command, input=data, capture_output=True, timeout=30)
    assert ended.returncode == 70
    assert ended.stderr.startswith(b"launcher: a ")


def test_a_local_box_dies_with_the_process_that_held_it(leak_detector: None):
    with holder_of("local") as (holder, _):
        below = descendants(holder.pid)
        assert len(below) >= 2
        holder.kill()
    eventually(lambda: gone(below), lambda: f"left: {below}")


def test_a_container_goes_when_the_process_that_held_it_is_killed(require):
    require("docker")
    require("image")
    with holder_of("docker") as (holder, ids):
        assert existing_containers(ids) == ids
        holder.kill()
        eventually(lambda: not existing_containers(ids), lambda: f"left: {ids}")


@contextlib.contextmanager
def holder_of(backend: str) -> Iterator[tuple[subprocess.Popen[bytes], list[str]]]:
    """Another process that holds a box, and the ids of its containers."""
    command = [sys.executable, "-c", HOLDER, backend]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as holder:
        assert holder.stdout
        try:
            yield holder, holder.stdout.readline().decode().split()
        finally:
            holder.kill()


def test_the_container_has_four_capabilities_and_no_other_power(require, leak_detector: None, started_containers):
    require("docker")
    require("image")
    box = start_box("docker", options())
    client = connect()
    try:
        real = client.api.inspect_container(started_containers[-1])
    finally:
        client.close()
        box.close()
    host = real["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert sorted(name.removeprefix("CAP_") for name in host["CapAdd"]) == sorted(CAPABILITIES)
    assert sorted(CAPABILITIES) == ["KILL", "SETGID", "SETUID", "SYS_CHROOT"]
    assert host["Privileged"] is False
    assert host["ReadonlyRootfs"] is True
    assert host["NetworkMode"] == "none"
    assert host["IpcMode"] == "none"
    assert host["PidMode"] == host["UTSMode"] == ""
    assert any(option.startswith("no-new-privileges") for option in host["SecurityOpt"])
    assert not any("unconfined" in option for option in host["SecurityOpt"])
    assert host["AutoRemove"] is True
    assert host["LogConfig"]["Type"] == "none"
    assert 0 < host["PidsLimit"] < 1000
    assert 0 < host["Memory"] == host["MemorySwap"]
    assert not real["Mounts"]
    assert not host["Binds"]
    assert not host["Devices"]
    assert LABEL in real["Config"]["Labels"]


def test_a_missing_image_says_how_to_build_it(require):
    require("docker")
    with pytest.raises(BoxUnavailable) as caught:
        start_box("docker", BoxOptions(options().language, image="there-is-no-such-image:ever"))
    assert "there-is-no-such-image:ever" in caught.value.reason
    assert "judge image build" in caught.value.remedy


def test_a_missing_daemon_says_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    with pytest.raises(BoxUnavailable) as caught:
        start_box("docker", options())
    assert caught.value.reason == "No Docker daemon answers."
    assert "--box local" in caught.value.remedy


def test_auto_takes_local_without_a_daemon_and_says_why(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    backend, why = choose_backend(AUTO, options())
    assert backend == "local"
    assert "No Docker daemon answers." in why
    assert "without the container" in why


def test_auto_takes_docker_where_it_is_at_hand_and_leaves_nothing(require, leak_detector: None):
    require("docker")
    require("image")
    assert choose_backend(AUTO, options())[0] == "docker"


def test_an_unknown_backend_lists_those_there_are():
    for call in (start_box, choose_backend):
        with pytest.raises(UnknownName) as caught:
            call("dokcer", options())
        assert caught.value.known == sorted([AUTO, *BACKENDS])


def test_the_box_says_what_it_is(backend: str, warm_boxes):
    info = warm_boxes.get(backend).info
    assert info.backend == backend
    assert {"rlimits", "seccomp"} <= set(info.walls)
    assert info.runtime.startswith("Python 3.")
    assert (info.image or "").startswith("sha256:") == (backend == "docker")
    assert (info.container_runtime is not None) == (backend == "docker")
    if backend == "docker" or os.geteuid() == 0:
        assert {"chroot", "uid"} <= set(info.walls)
