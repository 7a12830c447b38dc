"""A long run: thousands of submissions, one in ten an attack, through one worker's loop. What grows, what stays?

A leak of a few bytes a submission is in no single test's reach. So memory and descriptors are sampled all along, this
process's and the box's, when nothing runs and both have given back what they need no more: pages that belong to no
file, each counted once however many of the box's processes share it. Growth is told with its noise (slope.py), after a
time to warm up.

Each backend is tried twice. In one box for all submissions a leak has nowhere to hide; with boxes that are replaced as
a worker replaces them, it is the worker that lasts.
"""

import ctypes
import gc
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from judge import attack_check, pipeline
from judge.bench import Figure
from judge.bench.boxes import containers, launcher_pids
from judge.bench.slope import Sample, slope
from judge.calibration import Calibration
from judge.errors import BoxUnavailable, MachineFault
from judge.languages import get_language
from judge.models import Limits, Submission, Verdict
from judge.package import Problem, load_packages
from judge.sandbox import Box, Boxes, BoxOptions, start_box
from judge.sandbox.boxes import RECYCLE_AFTER

_SUBMISSIONS = 10_000
_SAMPLES = 100
_WARMING_UP = 0.5  # of all submissions: until then the box keeps more and more inputs, up to its fill
_GOAL_KIB = 64
_ATTACKS_SHARE = 0.1
_FIRST_CHILD_UID = 1 << 30
_AT_REST = 3  # processes of a box at rest: supervisor, zygote and the spare child
_IDLE_S = 0.12  # after which a box gives back what it does not need: judge/inside/memory.py
_LOOKS, _BETWEEN_LOOKS_S = 100, 0.005
_SEED = 20_240_229
# An attack that runs out of time must; anything else shall not because this machine is busy.
_LIMITS = Limits(cpu_time_s=0.25, wall_time_s=2.0, memory_mib=64, output_mib=1)
_HONEST = (
    ("square", "def square(n):\n    return n * n\n", Verdict.AC),
    ("square", "class Solution:\n    def square(self, n):\n        return sum(range(9)) and n**2\n", Verdict.AC),
    ("square", "def square(n):\n    return n + n\n", Verdict.WA),
    ("square", "def square(n):\n    return [n][n]\n", Verdict.RTE),
    ("square", "def square(n)\n    return n * n\n", Verdict.CE),
    ("program", "n = int(input())\nprint(n * n)\n", Verdict.AC),
    ("program", "print(*range(50_000))\n", Verdict.WA),
)


@dataclass
class Soak:
    """What a soak has seen so far."""

    backend: str
    wrong: list[str] = field(default_factory=list)
    worker_kib: list[Sample] = field(default_factory=list)
    box_kib: list[Sample] = field(default_factory=list)  # of whichever box served then
    descriptors: list[Sample] = field(default_factory=list)  # of worker and box together
    boxes: int = 0
    left: list[str] = field(default_factory=list)
    elapsed_s: float = 0.0


def soak(say: Callable[[str], None]) -> Iterator[Figure | str]:
    """Ten thousand submissions in one box, and as many in boxes that are replaced as usual: local, then in Docker."""
    for backend in ("local", "docker"):
        for recycle_after in (None, RECYCLE_AFTER):
            seen = run(backend, _SUBMISSIONS, recycle_after, say)
            name = f"soak, {backend}, {f'{recycle_after:,} a box' if recycle_after else 'one box'}"
            note = f"of {_SUBMISSIONS:,}, {_SUBMISSIONS / seen.elapsed_s:.0f} a second, in {seen.boxes} boxes"
            yield Figure.at_most(f"{name}: verdicts not as expected", [len(seen.wrong)], "", 0, note)
            yield Figure.at_most(f"{name}: processes, containers, files left", [len(seen.left)], "", 0)
            yield growth(f"{name}: growth of the worker", seen.worker_kib, "KiB", _GOAL_KIB)
            yield growth(f"{name}: growth of the box", seen.box_kib, "KiB", _GOAL_KIB)
            yield growth(f"{name}: growth of descriptors", seen.descriptors, "descriptors", 0)
            yield from (seen.wrong + seen.left)[:10]


def growth(name: str, samples: list[Sample], unit: str, goal: float) -> Figure:
    """The slope after the warming up, its 95 % bounds as the spread; the note compares it with its noise."""
    last = samples[-1][0] if samples else 0
    found = slope([sample for sample in samples if sample[0] >= last * _WARMING_UP])
    note = f"{'within' if found.within_noise else 'beyond'} its noise (from, to: 95 %)"
    if found.value <= goal < found.high:
        note += ", which is wider than the goal"
    if found.step:
        note += f"; a step of {found.step:.0f} {unit} left out"
    return Figure.at_most(name, [found.low, found.value, found.high], f"{unit} per 1,000", goal, note)


def run(backend: str, count: int, recycle_after: int | None, say: Callable[[str], None]) -> Soak:
    """Judge so many submissions in boxes of this backend, each of which serves so many; None: one box serves all."""
    seen, before, starting = Soak(backend), _outside(backend), _Starting(backend)
    problems = load_packages(attack_check.FOLDER / "problems")
    boxes = Boxes(starting.start, recycle_after or 2 * count)
    started_s = time.monotonic()
    try:
        for number, (source, problem, expected) in enumerate(_submissions(problems, count)):
            verdict = _judge(source, problem, boxes)
            if verdict != expected:
                seen.wrong.append(f"submission {number}: {verdict} instead of {expected}:\n{source[:200]}")
            if verdict := _run_own_input(problems["square"], number, boxes):
                seen.wrong.append(f"run {number} on an input of its own: {verdict}")
            boxes.submission_ends()
            if number % max(1, count // _SAMPLES) == 0:
                say(f"soak, {backend}: {number} of {count}")
                _sample(seen, number, starting)
    finally:
        boxes.close()
    seen.elapsed_s = time.monotonic() - started_s
    seen.boxes = starting.count
    seen.left = sorted(_outside(backend) - before)
    return seen


class _Starting:
    """Starts boxes, counts them, and finds those that are there now."""

    def __init__(self, backend: str) -> None:
        self._backend, self.count = backend, 0
        self._others = _launchers(backend)

    def start(self) -> Box:
        self.count += 1
        return start_box(self._backend, BoxOptions(get_language("python")))

    def launchers(self) -> set[int]:
        return _launchers(self._backend) - self._others


def _launchers(backend: str) -> set[int]:
    return set(launcher_pids(containers(own=True))) if backend == "docker" else _children(os.getpid())


def _submissions(problems: dict[str, Problem], count: int) -> Iterator[tuple[str, Problem, str]]:
    """(source, problem, the verdict it must get), the same ones every time."""
    chance = random.Random(_SEED)  # noqa: S311 - chosen to be the same again, not to be secret
    attacks = attack_check.load_attacks()
    for _ in range(count):
        if chance.random() < _ATTACKS_SHARE:
            attack = chance.choice(attacks)
            yield attack.source, problems[attack.header.problem], attack.expected
        else:
            slug, source, verdict = chance.choice(_HONEST)
            yield source, problems[slug], verdict


def _judge(source: str, problem: Problem, boxes: Boxes) -> str:
    try:
        return attack_check.what_is_seen(attack_check.judge(source, problem, boxes, _LIMITS), problem)
    except MachineFault as exc:
        return f"{Verdict.JE} ({exc})"


def _run_own_input(problem: Problem, number: int, boxes: Boxes) -> str:
    """What people try beside: an input that no box has seen before. A run that ends well has no verdict."""
    calibration = Calibration({group.name: _LIMITS for group in problem.groups}, {})
    submission = Submission(language="python", source=_HONEST[0][1])
    try:
        report = pipeline.run_own_input(submission, problem, b"[%d]" % number, calibration, boxes)
    except MachineFault as exc:
        return f"{Verdict.JE} ({exc})"
    return report.verdict or ""


def _sample(seen: Soak, number: int, starting: _Starting) -> None:
    launchers = starting.launchers()
    if len(launchers) != 1:
        return  # the next box is being started beside this one
    _give_back()
    seen.worker_kib.append((number, _own_kib(os.getpid())))
    box = at_rest(*launchers)
    seen.box_kib.append((number, sum(box.values())))
    seen.descriptors.append((number, sum(map(_descriptors, [os.getpid(), *box]))))


def _give_back() -> None:
    """What this process needs no more; its box does the same when it is idle."""
    gc.collect()
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def at_rest(launcher: int) -> dict[int, float]:
    """The memory of each of a box's processes, when the next child is ready and nothing changes any more."""
    last: dict[int, float] = {}
    time.sleep(_IDLE_S)
    for _ in range(_LOOKS):
        found = {pid: _own_kib(pid) for pid in _family(launcher)}
        if len(found) == _AT_REST and found == last:
            break
        last = found
        time.sleep(_BETWEEN_LOOKS_S)
    return last


def _outside(backend: str) -> set[str]:
    """What is there on this machine that a soak could leave: processes, descriptors, containers, files."""
    things = {f"process {pid}" for pid in _children(os.getpid())}
    things |= {f"descriptor {fd}" for fd in os.listdir("/proc/self/fd")}
    if backend == "docker":
        things |= {f"container {one}" for one in containers(own=True)}
    for entry in os.scandir(tempfile.gettempdir()):
        try:
            if entry.stat(follow_symlinks=False).st_uid >= _FIRST_CHILD_UID:
                things.add(f"file {entry.path}")
        except OSError:
            continue  # somebody else's, and gone
    return things


def _children(pid: int) -> set[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return {int(child) for task in tasks for child in (task / "children").read_text().split()}
    except OSError:
        return set()


def _family(pid: int) -> set[int]:
    """The process, its children, theirs, and so on."""
    return {pid}.union(*map(_family, _children(pid)))


def _own_kib(pid: int) -> float:
    """Memory that belongs to no file, its part of what it shares; 0 when the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except PermissionError as exc:
        raise BoxUnavailable("This user may not see how much memory a box takes.", "Soak as root.") from exc
    except OSError:
        return 0.0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss_Anon:"))


def _descriptors(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0  # gone
