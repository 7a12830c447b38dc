"""A growth is told from noise, from a step and from what comes and goes, and a small leak from all three."""

import random

import pytest

from judge.bench.slope import Sample, slope

NUMBERS = range(2_000, 10_000, 50)
LEVEL_KIB = 30_000.0


def leaking(samples: list[Sample], per_thousand: float) -> list[Sample]:
    return [(number, value + number * per_thousand / 1_000) for number, value in samples]


def level() -> list[Sample]:
    return [(number, LEVEL_KIB) for number in NUMBERS]


def test_what_stays_does_not_grow():
    found = slope(level())
    assert (found.low, found.value, found.high, found.step) == (0, 0, 0, 0)
    assert found.within_noise


def test_a_leak_is_told_to_the_byte_where_nothing_else_moves():
    found = slope(leaking(level(), 64))
    assert found.low == pytest.approx(64)
    assert found.value == pytest.approx(64)
    assert found.high == pytest.approx(64)
    assert not found.within_noise


@pytest.mark.parametrize("where", range(2_500, 9_500, 500))
def test_one_step_is_told_and_no_growth_and_hides_none(where: int):
    step = [(number, value + 800 * (number > where)) for number, value in level()]
    assert slope(step).within_noise
    assert slope(step).value == pytest.approx(0)
    assert 700 < slope(step).step <= 800
    assert slope(leaking(step, 20)).value == pytest.approx(20, rel=0.2)
    assert not slope(leaking(step, 20)).within_noise


@pytest.mark.parametrize("begin", range(2_000, 8_500, 250))
def test_what_is_taken_for_a_while_looks_like_no_growth_and_hides_none(begin: int):
    hump = [(number, value + 12_000 * (begin <= number < begin + 1_500)) for number, value in level()]
    assert slope(hump).value == pytest.approx(0)
    assert slope(hump).within_noise
    assert slope(leaking(hump, 64)).value == pytest.approx(64)


def test_small_leaks_among_what_each_sample_has_by_chance_are_seen():
    chance = random.Random(1)
    for _ in range(50):
        noisy = [(number, value + chance.expovariate(1 / 200)) for number, value in level()]
        found = slope(leaking(noisy, 64))
        assert not found.within_noise
        assert found.value == pytest.approx(64, rel=0.3)


def test_the_bounds_hold_the_truth_as_often_as_they_say():
    chance, held = random.Random(2), 0
    for _ in range(500):
        noisy = [(number, value + chance.gauss(0, 300)) for number, value in leaking(level(), 20)]
        found = slope(noisy)
        held += found.low <= 20 <= found.high
    assert held >= 0.95 * 500


def test_rare_large_steps_are_a_leak():
    found = slope([(number, value + 3_000 * (number // 1_000)) for number, value in level()])
    assert not found.within_noise
    assert found.value == pytest.approx(3_000, rel=0.1)


def test_too_few_samples_are_no_slope():
    with pytest.raises(ValueError, match="too few"):
        slope(level()[:3])
