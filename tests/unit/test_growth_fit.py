"""The fitted exponent is right for exact times, and no noise of a busy machine turns linear into quadratic or back."""

import math
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scripted import ScriptedBox, ok, write_package

from judge.growth import MIN_SIZES, Growth, fit
from judge.measuring import Attempt, measure
from judge.models import Limits
from judge.package import Case, Group, GroupYaml, load_package
from judge.runs import Terms

TERMS = Terms(Limits(cpu_time_s=10.0, wall_time_s=40.0, memory_mib=256, output_mib=1))
SIZES = (20_000, 40_000, 80_000, 160_000)
LIMIT = 1.5
Cost = Callable[[int], float]
WANTED: dict[str, Cost] = {
    "linear": lambda n: 2e-7 * n,
    "n log n": lambda n: 3e-8 * n * math.log2(n),
    "linear in a cache that grows too small": lambda n: 1e-7 * n**1.15,
}
UNWANTED: dict[str, Cost] = {
    "quadratic": lambda n: 1e-8 * n * n,
    "quadratic with a fixed cost": lambda n: 3e-11 * n * n + 0.003,
}


def noisy(time_s: float, chance: random.Random) -> float:
    """A time as a machine with other work measures it: mostly a little longer, at times more than twice as long."""
    burst = chance.uniform(1.3, 2.5) if chance.random() < 0.1 else 1.0
    return time_s * math.exp(chance.gauss(0, 0.02)) * (1 + chance.expovariate(1 / 0.12)) * burst


def decide(cost: Cost, seed: int) -> Growth:
    """Measure up to three times, as the pipeline does."""
    chance = random.Random(seed)
    times_s: dict[int, list[float]] = {n: [] for n in SIZES}
    for _ in range(3):
        for n in SIZES:
            times_s[n].append(noisy(cost(n) + 2e-4, chance))
        growth = fit(times_s, LIMIT)
        if growth.verdict != "unclear":
            break
    return growth


@pytest.mark.parametrize("name", WANTED)
def test_what_is_wanted_never_exceeds_the_limit_however_noisy(name: str):
    assert not [seed for seed in range(1000) if decide(WANTED[name], seed).exceeds]


@pytest.mark.parametrize("name", UNWANTED)
def test_a_quadratic_solution_always_exceeds_it_however_noisy(name: str):
    assert not [seed for seed in range(1000) if not decide(UNWANTED[name], seed).exceeds]


@given(exponent=st.floats(0, 4), factor=st.floats(1e-3, 1e3), doublings=st.integers(MIN_SIZES, 12))
def test_the_exponent_of_exact_times_is_exact(exponent: float, factor: float, doublings: int):
    growth = fit({8 << i: [factor * (1 << i) ** exponent] for i in range(doublings)})
    assert growth.exponent == pytest.approx(exponent, abs=1e-6)
    assert growth.low < exponent < growth.high


@given(st.dictionaries(st.integers(1, 10**9), st.lists(st.floats(0, 1e4), min_size=1, max_size=3), min_size=MIN_SIZES))
@example({1: [0.0], 2: [0.0], 3: [0.0]})
def test_any_times_give_finite_figures_that_survive_json(points: dict[int, list[float]]):
    growth = fit(points, LIMIT)
    assert growth.low <= growth.exponent <= growth.high
    assert growth.r_squared <= 1
    assert all(map(math.isfinite, (growth.low, growth.high, growth.r_squared)))
    assert Growth.model_validate_json(growth.model_dump_json()) == growth


def test_the_interval_is_that_of_students_t():
    """Residuals ±d about a line of slope 1 at 1, 2, 4, 8, by hand: two degrees of freedom, t = 4.303."""
    up, log2 = 1.2, math.log(2)
    growth = fit({1: [up], 2: [2 / up], 4: [4 / up], 8: [8 * up]})
    left = 4 * math.log(up) ** 2  # the residuals are their own mean's mirror: the slope stays 1
    half = 4.303 * math.sqrt(left / 2) / (log2 * math.sqrt(5))
    assert growth.exponent == pytest.approx(1)
    assert (growth.low, growth.high) == pytest.approx((1 - half, 1 + half))
    total = log2**2 * 5 + left
    assert growth.r_squared == pytest.approx(1 - left / total)


def test_the_shortest_measurement_of_a_size_counts():
    assert fit({1: [1.0, 7.0], 2: [9.0, 2.0], 4: [4.0]}).cpu_times_s == (1.0, 2.0, 4.0)


@pytest.mark.parametrize(
    ("exponent", "verdict", "exceeds"),
    [(1.0, "within", False), (1.48, "unclear", False), (1.52, "unclear", True), (2.0, "beyond", True)],
)
def test_near_the_limit_it_asks_for_more_and_the_exponent_itself_decides(exponent: float, verdict: str, exceeds: bool):
    growth = fit({n: [1e-6 * n**exponent] for n in SIZES}, LIMIT)
    assert (growth.verdict, growth.exceeds) == (verdict, exceeds)


def test_without_a_limit_it_is_only_reported():
    growth = fit({n: [1e-9 * n**3] for n in SIZES})
    assert (growth.verdict, growth.exceeds) == ("within", False)


@pytest.mark.parametrize(
    "points", [{}, {1: [1.0], 2: [1.0]}, {1: [1.0], 2: [1.0], 4: []}, {0: [1.0], 1: [1.0], 2: [1.0]}]
)
def test_too_few_sizes_are_refused(points: dict[int, list[float]]):
    with pytest.raises(ValueError, match="at least 3 sizes"):
        fit(points)


@pytest.mark.parametrize(("times_s", "measured"), [((0.0, 0.0, 0.01, 0.01), False), ((0.01, 0.02, 0.04, 0.08), True)])
def test_a_clock_that_does_not_move_measures_no_growth(tmp_path: Path, times_s: tuple[float, ...], measured: bool):
    """Else a solution could be refused for the steps of the clock."""
    problem = load_package(write_package(tmp_path / "add-two"))
    options = GroupYaml.model_validate({"growth": {"size": "n", "max_exponent": LIMIT}})
    group = Group("growth", options, tuple(Case.of(str(n), b"[%d,1]" % n, b"%d" % (n + 1), size=n) for n in SIZES))
    runs = [replace(ok(b"%d" % (n + 1)), cpu_time_s=time_s) for n, time_s in zip(SIZES, times_s, strict=True)]
    outcomes = measure(Attempt(problem, "source", ScriptedBox(lambda job: runs)), group, TERMS)
    assert (outcomes.growth is not None) == measured
    assert not (outcomes.growth and outcomes.growth.exceeds)
