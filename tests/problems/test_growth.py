"""Linear, n log n and quadratic solutions are told apart in a real box, however busy the machine is.

$JUDGE_GROWTH_RUNS says how often each is judged (10); with JUDGE_GROWTH_FIGURES=1 `pytest -s` shows the exponents.
"""

import json
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from judge.crew import Desk
from judge.growth import Growth, fit
from judge.interface import Interface
from judge.languages import get_language
from judge.models import Limits, Submission, Verdict
from judge.sandbox import Box, BoxOptions, start_box
from judge.sandbox.base import Input, Job

RUNS = int(os.environ.get("JUDGE_GROWTH_RUNS", "10"))
FIGURES = bool(os.environ.get("JUDGE_GROWTH_FIGURES"))
MAX_EXPONENT = 1.5
MEASUREMENTS = 3
LIMITS = Limits(cpu_time_s=60, wall_time_s=600, memory_mib=512, output_mib=8)
ENTRY = Interface.model_validate(
    {"function": "work", "parameters": [{"name": "n", "type": "int"}], "returns": "int"}
).entries[0]

# (smallest size, source): at that size each takes 4 ms or more, as in the growth group of a package
WANTED = {
    "one pass with a set": (40_000, """
def work(n):
    seen, again = set(), 0
    for i in range(n):
        x = i * 7919 % 65_537
        if x in seen:
            again += 1
        seen.add(x)
    return again
"""),
    "sort, then one pass": (20_000, """
def work(n):
    numbers = sorted(i * 7919 % 1_000_003 for i in range(n))
    return sum(a < b for a, b in zip(numbers, numbers[1:]))
"""),
    "a heap": (8_000, """
def work(n):
    heap = []
    for i in range(n):
        heappush(heap, i * 7919 % 1_000_003)
    return sum(heappop(heap) % 2 for _ in range(n))
"""),
}  # fmt: skip
UNWANTED = {
    "nested loops": (500, """
def work(n):
    return sum(1 for i in range(n) for j in range(i) if i + j == n)
"""),
    "looks a list through": (1_000, """
def work(n):
    seen = []
    for i in range(n):
        if -i - 1 not in seen:
            seen.append(i)
    return len(seen)
"""),
    "takes from the front": (10_000, """
def work(n):
    queue = list(range(n))
    while queue:
        queue.pop(0)
    return n
"""),
}  # fmt: skip


def busy(cpu: int) -> None:
    """Keep a core and its cache busy."""
    os.sched_setaffinity(0, {cpu})
    memory = bytearray(8 << 20)
    while True:
        memory[::64] = bytes(len(memory[::64]))
        sum(range(10_000))


@pytest.fixture(scope="module")
def loaded_machine() -> Iterator[None]:
    """A machine with a busy process on every core."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=busy, args=(cpu,), daemon=True) for cpu in sorted(os.sched_getaffinity(0))]
    for process in processes:
        process.start()
    yield
    for process in processes:
        process.kill()
        process.join()


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    box = start_box("local", BoxOptions(get_language("python")))
    yield box
    box.close()


def measure(box: Box, smallest: int, source: str) -> Growth:
    """The growth, measured again while it is unclear, three times at most."""
    sizes = [smallest << doublings for doublings in range(4)]
    job = Job(source, ENTRY, [Input.of(json.dumps([n]).encode()) for n in sizes], LIMITS)
    times_s: dict[int, list[float]] = {n: [] for n in sizes}
    for _ in range(MEASUREMENTS):
        runs = box.run(job).runs
        assert [run.ended for run in runs] == ["ok"] * len(sizes), runs
        for n, run in zip(sizes, runs, strict=True):
            times_s[n].append(run.cpu_time_s)
        growth = fit(times_s, MAX_EXPONENT)
        if growth.verdict != "unclear":
            break
    return growth


@pytest.mark.parametrize("name", [*WANTED, *UNWANTED])
@pytest.mark.usefixtures("loaded_machine")
def test_none_is_misjudged_on_a_busy_machine(box: Box, name: str):
    smallest, source = {**WANTED, **UNWANTED}[name]
    measured = [measure(box, smallest, source) for _ in range(RUNS)]
    if FIGURES:
        exponents = sorted(growth.exponent for growth in measured)
        shortest_ms = min(growth.cpu_times_s[0] for growth in measured) * 1000
        print(f"\n{name}: {RUNS} runs, exponents {exponents[0]:.2f} to {exponents[-1]:.2f}, ", end="")
        print(f"median {exponents[RUNS // 2]:.2f}; the smallest size takes {shortest_ms:.1f} ms")
    assert not [growth for growth in measured if growth.exceeds != (name in UNWANTED)]


PACKAGE = {
    "problem.yaml": "problem_format_version: 2025-09\nname: {en: Work}\n",
    "interface.yaml": "function: work\nparameters: [{name: n, type: int}]\nreturns: int\n",
    "statement/problem.en.md": "Return `n`.\n",
    "generators/generators.yaml": "solution: accepted/linear.py\ndata:\n  growth:\n"
    + "".join(f'    "{place}": {{make: size, n: {8000 << place}}}\n' for place in range(4)),
    "generators/generate.py": "def size(n):\n    return [n]\n",
    "data/secret/growth/test_group.yaml": "growth: {size: n, max_exponent: 1.5}\ncpu_floor_s: 10\n",
    "submissions/accepted/linear.py": "def work(n):\n    return len({i for i in range(n)})\n",
}


def test_the_judge_refuses_what_grows_too_fast_though_it_keeps_the_time_limit(tmp_path: Path):
    for name, content in PACKAGE.items():
        path = tmp_path / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    desk = Desk("local")
    try:
        prepared = desk.prepare(tmp_path / "work")
        right, wrong = (
            desk.judge(Submission(language="python", source=source), prepared)
            for source in (PACKAGE["submissions/accepted/linear.py"], UNWANTED["takes from the front"][1])
        )
    finally:
        desk.close()
    assert right.verdict is Verdict.AC
    assert right.groups[0].growth
    assert not right.groups[0].growth.exceeds
    assert wrong.verdict is Verdict.TLE
    assert wrong.groups[0].cases[-1].time_limit == "growth"
    assert wrong.cpu_time_s < wrong.groups[0].limits.cpu_time_s
