"""A short soak: three hundred submissions and attacks through one worker's loop. `judge bench soak` is the long one."""

import pytest

from judge.bench import soak


def test_three_hundred_submissions_leave_nothing_and_grow_nothing(backend: str, leak_detector: None):
    seen = soak.run(backend, 300, lambda text: None)
    assert seen.wrong == []
    assert seen.left == []
    assert len(seen.box_kib) == 2
    # So few show only what is large: a process, a thread or an answer kept of each. The long soak sees a few bytes.
    assert seen.box_growth_kib < 2_000
    assert seen.worker_growth_kib < 10_000


def test_growth_is_told_from_a_step():
    level = [(number, 30_000.0) for number in range(0, 1000, 10)]
    step = [(number, 30_000.0 + 800 * (number > 600)) for number, _ in level]
    leak = [(number, 30_000.0 + number / 2) for number, _ in level]
    assert soak._growth_kib(level) == 0
    assert soak._growth_kib(step) == 0
    assert soak._growth_kib(leak) == pytest.approx(500, rel=0.25)
    rare = [(number, 30_000.0 + 3_000 * (number // 200)) for number, _ in level]
    assert soak._growth_kib(rare) > 2_000
    assert soak._growth_kib([]) == 0


def test_a_small_leak_is_seen_beneath_what_comes_and_goes():
    """Twelve megabytes taken for a while, early, late or in the middle, hide nothing and look like nothing."""
    for begin in range(500, 1000, 20):
        noise = [(number, 30_000.0 + 12_000 * (begin <= number < begin + 120)) for number in range(0, 1000, 2)]
        assert soak._growth_kib(noise) == 0
        leaking = [(number, kib + number * 0.064) for number, kib in noise]
        assert 30 < soak._growth_kib(leaking) < 80
