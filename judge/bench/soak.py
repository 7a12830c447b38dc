"""A long run: thousands of submissions, one in ten an attack, through one worker's loop. What grows, what stays?

A leak of a few bytes a submission is in no single test's reach. So memory is sampled all along, that of this process
and that of the box's lasting ones. Growth is what is taken and never given back, without the largest step of it: a
single large answer, for which an allocator keeps more, is no leak.
"""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path

from judge import attack_check
from judge.bench import Figure
from judge.bench.boxes import containers, launcher_pids
from judge.errors import MachineFault
from judge.languages import get_language
from judge.models import Limits, Verdict
from judge.package import Problem, load_packages
from judge.sandbox import Box, Boxes, BoxOptions, start_box

_SUBMISSIONS = 10_000
_BOXES = 2  # lives of a box in one soak
_SAMPLES = 400
_WARMING_UP = 0.5  # of a life: until then allocators still take what they will need
_PARTS = 10
_ATTACKS_SHARE = 0.1
_FIRST_CHILD_UID = 1 << 30
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

Sample = tuple[int, float]  # submissions judged, KiB


@dataclass
class Soak:
    """What a soak has seen so far."""

    backend: str
    wrong: list[str] = field(default_factory=list)
    worker_kib: list[Sample] = field(default_factory=list)
    box_kib: list[list[Sample]] = field(default_factory=list)  # a list for each box
    left: list[str] = field(default_factory=list)
    elapsed_s: float = 0.0

    @property
    def worker_growth_kib(self) -> float:
        return _growth_kib(self.worker_kib)

    @property
    def box_growth_kib(self) -> float:
        return statistics.median(map(_growth_kib, self.box_kib))


def soak(say: Callable[[str], None]) -> Iterator[Figure | str]:
    """Ten thousand submissions in a local box, and as many in a Docker box."""
    for backend in ("local", "docker"):
        seen = run(backend, _SUBMISSIONS, say)
        per_s = f"{_SUBMISSIONS / seen.elapsed_s:.0f} submissions a second"
        yield Figure.at_most(f"soak, {backend}: verdicts not as expected", [len(seen.wrong)], "", 0, per_s)
        unit = "KiB per 1,000"
        yield Figure.at_most(f"soak, {backend}: growth of the worker", [seen.worker_growth_kib], unit, 64)
        yield Figure.at_most(f"soak, {backend}: growth of the box", [seen.box_growth_kib], unit, 64)
        yield Figure.at_most(f"soak, {backend}: processes, containers, files left", [len(seen.left)], "", 0)
        yield from (seen.wrong + seen.left)[:10]


def run(backend: str, count: int, say: Callable[[str], None]) -> Soak:
    """Judge so many submissions in boxes of this backend; a box serves half of them."""
    seen, before, starting = Soak(backend), _outside(backend), _Starting(backend)
    problems = load_packages(attack_check.FOLDER / "problems")
    boxes = Boxes(starting.start, recycle_after=count // _BOXES + 1)
    started_s = time.monotonic()
    try:
        for number, (source, problem, expected) in enumerate(_submissions(problems, count)):
            verdict = _judge(source, problem, boxes)
            if verdict != expected:
                seen.wrong.append(f"submission {number}: {verdict} instead of {expected}:\n{source[:200]}")
            boxes.submission_ends()
            if number % max(1, count // _SAMPLES) == 0:
                say(f"soak, {backend}: {number} of {count}")
                _sample(seen, number, starting)
    finally:
        boxes.close()
    seen.elapsed_s = time.monotonic() - started_s
    seen.left = sorted(_outside(backend) - before)
    return seen


class _Starting:
    """Starts boxes and knows their launchers."""

    def __init__(self, backend: str) -> None:
        self._backend = backend
        self.launchers: list[int] = []

    def start(self) -> Box:
        before = _launchers(self._backend)
        box = start_box(self._backend, BoxOptions(get_language("python")))
        self.launchers += _launchers(self._backend) - before
        return box


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


def _sample(seen: Soak, number: int, starting: _Starting) -> None:
    alive = [pid for pid in starting.launchers if _memory_kib(pid)]
    if len(alive) != 1:
        return  # the next box is being started beside this one
    while len(seen.box_kib) < len(starting.launchers):
        seen.box_kib.append([])
    seen.worker_kib.append((number, _memory_kib(os.getpid())))
    lasting = [alive[0], *_children(alive[0])]
    seen.box_kib[-1].append((number, sum(map(_memory_kib, lasting))))


def _growth_kib(samples: list[Sample]) -> float:
    """KiB per thousand submissions that were taken and never given back, the largest step left out.

    What is looked at is the level below which memory never falls again: it cannot sink, so a rise that does not last
    counts for nothing, and no fall hides a leak.
    """
    kept = samples[int(len(samples) * _WARMING_UP) :]
    size = max(1, len(kept) // _PARTS)
    least = [min(kib for _, kib in kept[first : first + size]) for first in range(0, len(kept) - size + 1, size)]
    level = list(accumulate(reversed(least), min))[::-1]
    steps = sorted(later - earlier for earlier, later in pairwise(level))
    span = kept[-1][0] - kept[0][0] if kept else 0
    return 1_000 * sum(steps[:-1]) / span if span else 0.0


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


def _memory_kib(pid: int) -> float:
    """Resident memory; 0 when the process is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024
