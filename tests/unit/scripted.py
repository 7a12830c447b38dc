"""Helpers of the unit tests: a box that answers as told, and a small problem package on disk."""

from collections.abc import Callable, Sequence
from pathlib import Path

from judge.models import Limits
from judge.sandbox.base import BoxInfo, Failure, Job, JobResult, RunResult

LIMITS = Limits(cpu_time_s=1.0, wall_time_s=4.0, memory_mib=256, output_mib=8)
INFO = BoxInfo("scripted", ("paper",), "Python 3.11.0", None, "runc")

FILES = {
    "problem.yaml": "problem_format_version: 2025-09\nname: {en: Add Two}\n",
    "interface.yaml": ("function: add_two\nparameters: [{name: a, type: int}, {name: b, type: int}]\nreturns: int\n"),
    "statement/problem.en.md": "Add two numbers.\n",
    "data/sample/1.in": "[1, 2]\n",
    "data/sample/1.ans": "3\n",
    "data/secret/small/1.in": "[10, 20]\n",
    "data/secret/small/1.ans": "30\n",
    "data/secret/small/2.in": "[-1, 1]\n",
    "data/secret/small/2.ans": "0\n",
    "submissions/accepted/plus.py": "def add_two(a, b):\n    return a + b\n",
    "submissions/wrong_answer/minus.py": "def add_two(a, b):\n    return a - b\n",
}
GENERATORS = {
    "generators/generators.yaml": (
        'solution: accepted/plus.py\ndata:\n  big: {"1": {make: pair, n: 5}, "2": {make: pair, n: 7}}\n'
    ),
    "generators/generate.py": "def pair(n):\n    return [n, 10 * n]\n",
}


def write_package(folder: Path, changes: dict[str, str | bytes | None] | None = None) -> Path:
    """A sound package, with these files changed, added, or (None) left out."""
    for name, content in {**FILES, **(changes or {})}.items():
        if content is None:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def ok(output: bytes, **more: object) -> RunResult:
    return RunResult("ok", 0.01, 0.02, 10_000, output=output, **more)  # type: ignore[arg-type]


def ended(how: str, failure: Failure | None = None, **more: object) -> RunResult:
    return RunResult(how, 0.01, 0.02, 10_000, failure=failure, **more)  # type: ignore[arg-type]


def raised(name: str, message: str = "") -> RunResult:
    return ended("failed", Failure("exception", name, message, None, ("line 1, in f: secret_source_line",)))


Answer = Callable[[Job], JobResult | Sequence[RunResult]]


class ScriptedBox:
    """Answers each job with what the function says, and remembers the jobs."""

    def __init__(self, answer: Answer, info: BoxInfo = INFO) -> None:
        self._answer, self.info = answer, info
        self.jobs: list[Job] = []

    def run(self, job: Job) -> JobResult:
        self.jobs.append(job)
        answer = self._answer(job)
        return answer if isinstance(answer, JobResult) else JobResult(answer)

    def close(self) -> None:
        pass

    # One box for the submissions' part and the jury's: it does not matter where a scripted answer comes from.

    @property
    def submissions(self) -> "ScriptedBox":
        return self

    @property
    def jury(self) -> "ScriptedBox":
        return self

    def give_up(self) -> None:
        pass
