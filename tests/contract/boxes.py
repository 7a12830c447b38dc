"""Helpers of the contract suite: boxes kept warm, and jobs in one line."""

import os
from collections.abc import Callable
from typing import Any

from judge.errors import MachineFault
from judge.languages import get_language
from judge.models import Limits
from judge.sandbox import BoxOptions, start_box
from judge.sandbox.base import Box, Input, Job, JobResult, RunResult

# The wall clock is generous, for the machine may be busy with other tests; only sleepers are held to it.
LIMITS = Limits(cpu_time_s=2.0, wall_time_s=30.0, memory_mib=256, output_mib=1)
SHORT = Limits(cpu_time_s=0.2, wall_time_s=30.0, memory_mib=256, output_mib=1)
IMPATIENT = Limits(cpu_time_s=2.0, wall_time_s=1.0, memory_mib=256, output_mib=1)
FUNCTION = {"kind": "function", "name": "two_words", "parameters": ["any"], "returns": "any"}
CLASS = {
    "kind": "class",
    "name": "Counter2",
    "parameters": ["int"],
    "methods": {
        "add": {"parameters": ["int"], "returns": "any"},
        "get_total": {"parameters": [], "returns": "any"},
    },
}
CLEAN = "def two_words(n):\n    return [n, n + 1]\n"


def options(without: tuple[str, ...] = ()) -> BoxOptions:
    return BoxOptions(get_language("python"), without=frozenset(without))


class Caller:
    """A box with short words for what tests ask of it."""

    def __init__(self, box: Box) -> None:
        self.box = box

    @property
    def walls(self) -> tuple[str, ...]:
        return self.box.info.walls

    def job(
        self, source: str, *inputs: bytes, limits: Limits = LIMITS, entry: Any = FUNCTION, **more: Any
    ) -> JobResult:
        """Run a source on these inputs (one, `[1]`, when none are given)."""
        given = [Input.of(data) for data in inputs or (b"[1]",)]
        return self.box.run(Job(source, entry, given, limits, **more))

    def one(self, source: str, *inputs: bytes, **more: Any) -> RunResult:
        """The only run of a job."""
        result = self.job(source, *inputs, **more)
        assert result.compile_error is None
        (run,) = result.runs
        return run

    def value(self, body: str, **more: Any) -> bytes:
        """What the body of a function of `n` returns, as JSON; fails when it does not end well."""
        run = self.one(function(body), **more)
        assert run.ended == "ok", run
        return run.output

    def raised(self, body: str, **more: Any) -> str:
        """The type of the exception that the body raises."""
        run = self.one(function(body), **more)
        assert run.ended == "failed", run
        assert run.failure
        return run.failure.type

    def judges_a_clean_submission(self) -> None:
        run = self.one(CLEAN)
        assert (run.ended, run.output) == ("ok", b"[1,2]")


def function(body: str) -> str:
    """A source whose entry point has this body."""
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    return f"def two_words(n):\n{lines}"


class WarmBoxes:
    """One warm box of each kind for the whole session; a broken one is replaced."""

    def __init__(self) -> None:
        self._boxes: dict[tuple[str, str, tuple[str, ...]], Box] = {}

    def get(self, backend: str, without: tuple[str, ...] = ()) -> Box:
        key = (backend, os.environ.get("JUDGE_DOCKER_RUNTIME", ""), without)
        if key not in self._boxes:
            self._boxes[key] = start_box(backend, options(without))
        return self._boxes[key]

    def forget(self, box: Box) -> None:
        self._boxes = {key: kept for key, kept in self._boxes.items() if kept is not box}
        box.close()

    def close(self) -> None:
        for box in self._boxes.values():
            box.close()


def still_works(box: Box) -> Callable[[], None]:
    """A check that the box judges a clean submission; raises what is wrong with it."""

    def check() -> None:
        try:
            Caller(box).judges_a_clean_submission()
        except MachineFault as exc:
            raise AssertionError(f"the box did not live through the test: {exc}") from exc

    return check
