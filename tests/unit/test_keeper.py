"""The keeper replaces boxes: when they are worn, when they broke, and without anybody waiting for the next."""

import threading
from collections.abc import Callable

import pytest

from judge.errors import BoxBroken, BoxUnavailable
from judge.sandbox.base import BoxInfo, Job, JobResult
from judge.sandbox.keeper import BoxKeeper

JOB = Job("", {}, [], None)  # type: ignore[arg-type]


class FakeBox:
    def __init__(self, number: int) -> None:
        self.info = BoxInfo("fake", (), f"box {number}")
        self.number, self.jobs, self.closed, self.broken = number, 0, False, False

    def run(self, job: Job) -> JobResult:
        assert not self.closed, "a closed box was asked"
        self.jobs += 1
        if self.broken:
            raise BoxBroken("it is broken")
        return JobResult()

    def close(self) -> None:
        self.closed = True


class Factory:
    """Starts boxes and keeps them all; `before` runs at the start of each."""

    def __init__(self, before: Callable[[int], None] = lambda number: None) -> None:
        self.boxes: list[FakeBox] = []
        self.started = threading.Condition()
        self._calls, self._before = 0, before

    def __call__(self) -> FakeBox:
        self._calls += 1
        self._before(self._calls)
        box = FakeBox(len(self.boxes) + 1)
        with self.started:
            self.boxes.append(box)
            self.started.notify_all()
        return box

    def wait_for(self, count: int) -> None:
        with self.started:
            assert self.started.wait_for(lambda: len(self.boxes) >= count, timeout=10)


def test_the_first_box_is_there_before_the_first_job():
    factory = Factory()
    keeper = BoxKeeper(factory, recycle_after=500)
    assert len(factory.boxes) == 1
    assert keeper.info.runtime == "box 1"
    keeper.close()


def judge(keeper: BoxKeeper, submissions: int, jobs: int = 1) -> None:
    for _ in range(submissions):
        for _ in range(jobs):
            keeper.run(JOB)
        keeper.submission_ends()


def test_a_box_serves_its_number_of_submissions_and_no_more():
    factory = Factory()
    keeper = BoxKeeper(factory, recycle_after=10)
    judge(keeper, submissions=35)
    assert [box.jobs for box in factory.boxes[:4]] == [10, 10, 10, 5]
    assert [box.closed for box in factory.boxes[:4]] == [True, True, True, False]
    keeper.close()


def test_all_jobs_of_a_submission_run_in_the_same_box():
    factory = Factory()
    keeper = BoxKeeper(factory, recycle_after=2)
    judge(keeper, submissions=4, jobs=5)
    assert [box.jobs for box in factory.boxes[:2]] == [10, 10]
    keeper.close()


def test_one_means_a_box_for_every_submission():
    factory = Factory()
    keeper = BoxKeeper(factory, recycle_after=1)
    judge(keeper, submissions=3, jobs=2)
    assert [box.jobs for box in factory.boxes[:3]] == [2, 2, 2]
    keeper.close()
    assert all(box.closed for box in factory.boxes)


def test_the_next_box_is_started_while_the_old_one_still_serves():
    factory = Factory()
    keeper = BoxKeeper(factory, recycle_after=10)
    judge(keeper, submissions=8)
    assert len(factory.boxes) == 1
    judge(keeper, submissions=1)
    factory.wait_for(2)
    assert not factory.boxes[0].closed
    keeper.close()


def test_nobody_waits_for_the_next_box_to_start():
    may_start = threading.Event()
    factory = Factory(before=lambda number: None if number == 1 else _wait(may_start))
    keeper = BoxKeeper(factory, recycle_after=10)
    judge(keeper, submissions=9)
    keeper.run(JOB)
    assert [box.jobs for box in factory.boxes] == [10]
    may_start.set()
    keeper.close()
    assert all(box.closed for box in factory.boxes)


def _wait(event: threading.Event) -> None:
    assert event.wait(10)


def test_a_broken_box_is_thrown_away_and_the_fault_goes_on():
    factory = Factory()
    keeper = BoxKeeper(factory, recycle_after=500)
    factory.boxes[0].broken = True
    with pytest.raises(BoxBroken):
        keeper.run(JOB)
    assert factory.boxes[0].closed
    keeper.run(JOB)
    assert keeper.info.runtime == "box 2"
    assert factory.boxes[1].jobs == 1
    keeper.close()


def test_a_broken_box_that_cannot_even_be_closed_is_replaced_all_the_same():
    factory = Factory()
    keeper = BoxKeeper(factory, recycle_after=500)
    factory.boxes[0].broken = True

    def close() -> None:
        raise BrokenPipeError

    factory.boxes[0].close = close  # type: ignore[method-assign]
    with pytest.raises(BoxBroken):
        keeper.run(JOB)
    keeper.run(JOB)
    keeper.close()


def test_when_no_box_can_be_had_the_next_job_tries_again():
    down = [False]

    def before(number: int) -> None:
        if down[0]:
            raise BoxUnavailable("no daemon", "start it")

    factory = Factory(before)
    keeper = BoxKeeper(factory, recycle_after=500)
    factory.boxes[0].broken = down[0] = True
    with pytest.raises(BoxBroken):
        keeper.run(JOB)
    with pytest.raises(BoxUnavailable):
        keeper.run(JOB)
    down[0] = False
    keeper.run(JOB)
    keeper.close()


def test_a_next_box_that_could_not_be_started_is_tried_again():
    """One bad moment in the background must not cost the worker its boxes for ever."""

    def before(number: int) -> None:
        if number == 2:
            raise BoxUnavailable("no daemon", "start it")

    factory = Factory(before)
    keeper = BoxKeeper(factory, recycle_after=10)
    judge(keeper, submissions=10)
    refused = 0
    for _ in range(3):
        try:
            judge(keeper, submissions=1)
        except BoxUnavailable:
            refused += 1
    assert refused <= 1
    assert factory.boxes[-1].jobs >= 2
    keeper.close()


def test_closing_leaves_no_box_and_no_thread():
    before = threading.active_count()
    factory = Factory()
    keeper = BoxKeeper(factory, recycle_after=10)
    judge(keeper, submissions=9)
    keeper.close()
    keeper.close()
    assert len(factory.boxes) == 2
    assert all(box.closed for box in factory.boxes)
    assert threading.active_count() == before
