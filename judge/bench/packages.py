"""Figures of the problem packages: how long their author waits, and what a box is sent."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from judge.bench import Figure
from judge.commands import problems_folder
from judge.commands.packages import for_each
from judge.crew import Crew, Desk
from judge.package import Problem, load_packages
from judge.verify import submission_of, verify

_LOADS = 5


def packages(say: Callable[[str], None]) -> Iterator[Figure]:
    """All packages of the problems folder, with local boxes and an empty cache."""
    problems = list(load_packages(problems_folder()).values())
    note = f"{len(problems)} packages, {sum(len(problem.jury) for problem in problems)} jury submissions"
    with _empty_cache():
        say("building all packages")
        with Crew("local") as crew:
            started_s = time.monotonic()
            for_each(problems, lambda problem: crew.call(_build, problem.folder), crew)
            yield Figure.at_most("building all packages", [time.monotonic() - started_s], "s", 60, note)
        yield from _at_a_desk(problems, say)
    with _empty_cache(), Crew("local") as crew:
        started_s = time.monotonic()
        findings = for_each(
            problems, lambda problem: verify(problem, crew, lambda done: say(f"{problem.slug} {done}")), crew
        )
        took_s = time.monotonic() - started_s
    faults = sum(not finding.is_note for found in findings for finding in found)
    note += f", {faults} findings; from an empty cache, {crew.size} cores"
    yield Figure.at_most("judge verify of all packages", [took_s], "s", 60, note)


def _at_a_desk(problems: list[Problem], say: Callable[[str], None]) -> Iterator[Figure]:
    """What one worker process does with packages that are built."""
    desk = Desk("local")
    try:
        say("loading built packages")
        loads = {problem.slug: _load_ms(desk, problem.folder) for problem in problems}
        slowest = max(loads, key=lambda slug: loads[slug])
        yield Figure.at_most("loading a built package, the slowest", [loads[slowest]], "ms", 20, slowest)
        sent = {}
        for problem in problems:
            say(f"second submission to {problem.slug}")
            sent[problem.slug] = _second_submission_kib(desk, problem)
        most = max(sent, key=lambda slug: sent[slug])
        yield Figure.at_most("sent to a box by the second submission, the most", [sent[most]], "KiB", 64, most)
    finally:
        desk.close()


def _build(desk: Desk, folder: Path) -> None:
    desk.build(folder)


def _load_ms(desk: Desk, folder: Path) -> float:
    """Milliseconds, the median of several times."""
    times_ms = []
    for _ in range(_LOADS):
        started_s = time.monotonic()
        desk.build(folder)
        times_ms.append((time.monotonic() - started_s) * 1000)
    return statistics.median(times_ms)


def _second_submission_kib(desk: Desk, problem: Problem) -> float:
    """What this process writes while it judges an accepted solution for the second time: all of it goes to the box."""
    prepared, submission = desk.prepare(problem.folder), submission_of(problem.accepted[0])
    desk.judge(submission, prepared)
    before = _written_bytes()
    desk.judge(submission, prepared)
    return (_written_bytes() - before) / 1024


def _written_bytes() -> int:
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("wchar:"))


@contextmanager
def _empty_cache() -> Iterator[None]:
    """Derived things go to an empty folder, also in the processes that are started here."""
    earlier = os.environ.get("JUDGE_CACHE_DIR")
    with tempfile.TemporaryDirectory(prefix="judge-bench-") as folder:
        os.environ["JUDGE_CACHE_DIR"] = folder
        try:
            yield
        finally:
            del os.environ["JUDGE_CACHE_DIR"]
            if earlier is not None:
                os.environ["JUDGE_CACHE_DIR"] = earlier
