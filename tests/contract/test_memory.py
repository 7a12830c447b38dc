"""A box takes no more memory for its last job than for its first. `judge bench soak` is the long test of it."""

from collections.abc import Iterator

import pytest
from boxes import LIMITS, Caller, function, options
from leaks import child_processes

from judge.bench.soak import at_rest
from judge.sandbox import start_box
from judge.sandbox.base import program_entry

ECHO = "print(input())"
DIE = function("import os; os._exit(n)")


class Watched(Caller):
    """A box whose supervisor's memory can be seen."""

    def __init__(self) -> None:
        before = child_processes()
        super().__init__(start_box("local", options()))
        (self._supervisor,) = child_processes() - before

    def supervisor_kib(self) -> float:
        return at_rest(self._supervisor)[self._supervisor]


@pytest.fixture
def watched(leak_detector: None) -> Iterator[Watched]:
    made = Watched()
    yield made
    made.box.close()


def test_hundreds_of_children_leave_nothing_in_the_supervisor(watched: Watched):
    """What each leaves would be some hundred bytes: see judge/inside/memory.py."""

    def fifty() -> None:
        watched.job(ECHO, *[b"%d" % number for number in range(25)], entry=program_entry())
        watched.job(DIE, *[b"[%d]" % number for number in range(1, 26)])

    for _ in range(4):
        fifty()
    before_kib = watched.supervisor_kib()
    for _ in range(10):
        fifty()
    assert watched.supervisor_kib() - before_kib < 40


def test_what_a_large_result_took_is_given_back(watched: Watched):
    limits = LIMITS.model_copy(update={"output_mib": 16})
    watched.judges_a_clean_submission()
    before_kib = watched.supervisor_kib()
    for megabytes in (8, 3, 2, 4):
        assert watched.one(function("return 'x' * n"), b"[%d000000]" % megabytes, limits=limits).ended == "ok"
    watched.judges_a_clean_submission()
    assert watched.supervisor_kib() - before_kib < 2_500
