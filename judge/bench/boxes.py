"""Figures of the box itself: what its walls cost, against no wall, a process per case and a container per case."""

import json
import multiprocessing
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judge import pipeline
from judge.bench import Figure
from judge.cache import Cache, default_folder
from judge.calibration import Calibration, prepare
from judge.languages import get_language
from judge.models import Limits, Submission, Verdict
from judge.package import Problem, load_package
from judge.sandbox import Box, Boxes, BoxOptions, start_box, start_boxes
from judge.sandbox.base import Input, Job
from judge.sandbox.docker import LABEL, OWNER, connect, owner

PROBLEMS = Path(__file__).parent / "problems"
_ROUNDS = 7
_PER_ROUND = 40
_LOAD_S = 6.0
_CHILDREN = 200
_WALLS = frozenset({"chroot", "landlock", "rlimits", "seccomp", "uid"})


@dataclass(frozen=True)
class Ready:
    """A workload made ready for one box."""

    problem: Problem
    calibration: Calibration
    submission: Submission
    boxes: Boxes
    containers: frozenset[str]

    def judge(self) -> None:
        report = pipeline.judge(self.submission, self.problem, self.calibration, self.boxes)
        assert report.verdict is Verdict.AC, report


def make_ready(slug: str, backend: str, cpu: int | None = None) -> Ready:
    others = containers()
    boxes = start_boxes(backend, BoxOptions(get_language("python"), cpu=cpu))
    own = containers() - others
    cache = Cache(default_folder())
    problem, calibration = prepare(load_package(PROBLEMS / slug), boxes, cache)
    submission = Submission(language="python", source=problem.accepted[0].source)
    return Ready(problem, calibration, submission, boxes, own)


def against_no_wall(say: Callable[[str], None]) -> Iterator[Figure]:
    """CPU of W1 in a warm Docker box, the worker's part included, against the same work without any wall."""
    ready = make_ready("lru", "docker", cpu=_first_cpu())
    try:
        warm, cold, boxed, inside, wall_s = [], [], [], [], []
        for number in range(_ROUNDS):
            say(f"W1 against no wall, round {number + 1} of {_ROUNDS}")
            warm += _plain(ready, "warm", 1)
            cold += _plain(ready, "cold", 1)
            cpu_s, container_s, elapsed_s = _boxed(ready)
            boxed.append(cpu_s)
            inside.append(container_s)
            wall_s.append(elapsed_s)
        per_case_s = [_docker_run_s(ready) for _ in range(5)]
    finally:
        ready.boxes.close()
    note = f"{_ms(inside)} ms in the box, {_ms(warm)} ms plain"
    yield Figure.at_most("W1 CPU in a Docker box / plain warm process", _ratios(inside, warm), "times", 1.35, note)
    note = f"{_ms(boxed)} ms with the worker's and Docker's part, {_ms(cold)} ms by processes"
    yield Figure.at_least(
        "W1 CPU by `python3 solution.py < case` / Docker box", _ratios(cold, boxed), "times", 10, note
    )
    runs = [20 * case_s / elapsed_s for case_s, elapsed_s in zip(per_case_s, wall_s, strict=False)]
    note = f"{_ms(wall_s)} ms in the box, {_ms(per_case_s)} ms per `docker run`"
    yield Figure.at_least("W1 wall time by `docker run` per case / Docker box", runs, "times", 100, note)


def docker_against_local(say: Callable[[str], None]) -> Iterator[Figure]:
    """Wall time of W1 in a Docker box against a local one, in turns."""
    docker, local = make_ready("lru", "docker", _first_cpu()), make_ready("lru", "local", _first_cpu())
    try:
        ratios = []
        for number in range(_ROUNDS):
            say(f"docker against local, round {number + 1} of {_ROUNDS}")
            ratios.append(_elapsed_s(docker) / _elapsed_s(local))
        note = f"{docker.boxes.submissions.info.runtime} against {local.boxes.submissions.info.runtime}"
    finally:
        docker.boxes.close()
        local.boxes.close()
    yield Figure.at_most("W1 wall time in a Docker box / local box", ratios, "times", 1.15, note)


def walls(say: Callable[[str], None]) -> Iterator[Figure]:
    """CPU that the jail's walls cost each child: of a box with all of them less that of one with none, in turns."""
    whole, bare = _warm_box(frozenset()), _warm_box(_WALLS)
    try:
        assert not bare[0].info.walls
        costs, walled = [], []
        for number in range(_ROUNDS):
            say(f"walls per child, round {number + 1} of {_ROUNDS}")
            walled.append(_child_cpu_ms(*whole))
            costs.append(walled[-1] - _child_cpu_ms(*bare))
        note = f"{sorted(walled)[_ROUNDS // 2]:.1f} ms per child in all, walls: {', '.join(whole[0].info.walls)}"
    finally:
        whole[0].close()
        bare[0].close()
    yield Figure.at_most("the walls' CPU per child", costs, "ms", 1.5, note)


def _warm_box(without: frozenset[str]) -> tuple[Box, frozenset[str]]:
    """A Docker box on the first core, and its container's id."""
    others = containers(own=True)
    box = start_box("docker", BoxOptions(get_language("python"), cpu=_first_cpu(), without=without))
    return box, containers(own=True) - others


def _child_cpu_ms(box: Box, ids: frozenset[str]) -> float:
    """CPU of the box for one child that runs one tiny case, over a round of them."""
    entry = {"kind": "function", "name": "same", "parameters": ["any"], "returns": "any"}
    limits = Limits(cpu_time_s=1, wall_time_s=10, memory_mib=256, output_mib=1)
    job = Job("def same(n):\n    return n\n", entry, [Input.of(b"[1]")], limits)
    before_s = _container_cpu_s(ids)
    for _ in range(_CHILDREN):
        assert box.run(job).runs[0].output == b"1"
    return (_container_cpu_s(ids) - before_s) / _CHILDREN * 1000


def two_boxes(say: Callable[[str], None]) -> Iterator[Figure]:
    """How many W1 submissions two Docker boxes judge on two cores, checking included."""
    rates = []
    for number in range(3):
        say(f"two boxes on two cores, round {number + 1} of 3")
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            rates.append(sum(pool.map(_judge_for_a_while, sorted(os.sched_getaffinity(0))[:2])))
    yield Figure.at_least("W1 in two Docker boxes on two cores", rates, "per s", 100, "checking included")


def _judge_for_a_while(cpu: int) -> float:
    ready = make_ready("lru", "docker", cpu)
    try:
        ready.judge()
        count, started_s = 0, time.monotonic()
        while time.monotonic() - started_s < _LOAD_S:
            ready.judge()
            count += 1
        return count / (time.monotonic() - started_s)
    finally:
        ready.boxes.close()


def _boxed(ready: Ready) -> tuple[float, float, float]:
    """(CPU with worker and Docker's daemons, CPU of the container, wall) seconds of one submission."""
    container, daemons, own = _container_cpu_s(ready.containers), _daemons_cpu_s(ready), time.process_time()
    wall = _elapsed_s(ready)
    own = time.process_time() - own  # before Docker is asked, which takes a while
    container, daemons = _container_cpu_s(ready.containers) - container, _daemons_cpu_s(ready) - daemons
    return (container + daemons + own) / _PER_ROUND, container / _PER_ROUND, wall


def _elapsed_s(ready: Ready) -> float:
    """Wall seconds of one submission, over a round of them."""
    started_s = time.monotonic()
    for _ in range(_PER_ROUND):
        ready.judge()
    return (time.monotonic() - started_s) / _PER_ROUND


def _plain(ready: Ready, how: str, rounds: int) -> list[float]:
    """CPU seconds of one submission in the sandbox image's own interpreter, without launcher, jail and worker."""
    assert ready.problem.interface
    given: dict[str, Any] = {
        "source": ready.submission.source,
        "entry": ready.problem.interface.entries[0],
        "cases": [case.input.decode() for group in ready.problem.groups for case in group.cases],
    }
    script = (Path(__file__).parent / "plain.py").read_text(encoding="utf-8")
    command = ["docker", "run", "--rm", "-i", "--network", "none", "--cpuset-cpus", str(_first_cpu())]
    command += [
        "--entrypoint",
        "python3",
        str(ready.boxes.submissions.info.image),
        "-I",
        "-S",
        "-c",
        script,
        how,
        str(rounds),
    ]
    ran = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
    return [float(line) for line in ran.stdout.split()]


def _docker_run_s(ready: Ready) -> float:
    """Wall seconds of one case in a container of its own."""
    command = ["docker", "run", "--rm", "-i", "--network", "none", "--entrypoint", "python3"]
    command += [
        str(ready.boxes.submissions.info.image),
        "-c",
        f"{ready.submission.source}\nimport json, sys; json.load(sys.stdin)",
    ]
    case = ready.problem.groups[0].cases[0].input
    started_s = time.monotonic()
    subprocess.run(command, input=case, capture_output=True, check=True)
    return time.monotonic() - started_s


def containers(own: bool = False) -> frozenset[str]:
    """The ids of all boxes' containers, or of this process's own."""
    label = f"{OWNER}={owner()}" if own else LABEL
    with closing(connect()) as client:
        found = client.api.containers(filters={"label": label})  # ids only: another's may be gone in a moment
    return frozenset(str(container["Id"]) for container in found)


def launcher_pids(ids: frozenset[str]) -> list[int]:
    """The process ids, on this machine, of those containers' launchers."""
    with closing(connect()) as client:
        return [int(client.api.inspect_container(one)["State"]["Pid"]) for one in ids]


def _container_cpu_s(ids: frozenset[str]) -> float:
    """CPU time of a box's container, as Docker counts it."""
    with closing(connect()) as client:
        stats = [client.api.stats(container_id, stream=False, one_shot=True) for container_id in ids]
    return float(sum(one["cpu_stats"]["cpu_usage"]["total_usage"] for one in stats)) / 1e9


def _daemons_cpu_s(ready: Ready) -> float:
    """CPU time of Docker's own processes: dockerd, containerd and the box's shim."""
    shims = map(parent_pid, launcher_pids(ready.containers))
    return sum(cpu_s(pid) for pid, name in processes() if name in ("dockerd", "containerd")) + sum(map(cpu_s, shims))


def processes() -> Iterator[tuple[int, str]]:
    """(pid, name) of every process of this machine."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                yield int(entry.name), (entry / "comm").read_text().strip()[:15]
            except OSError:
                continue


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and the children it has reaped; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def parent_pid(pid: int) -> int:
    """The process that started this one; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _first_cpu() -> int:
    return min(os.sched_getaffinity(0))


def _ratios(over: list[float], under: list[float]) -> list[float]:
    return [one / other for one, other in zip(over, under, strict=True)]


def _ms(seconds: list[float]) -> str:
    return f"{sorted(seconds)[len(seconds) // 2] * 1000:.1f}"
