"""The benchmark: figures of this machine, each with its goal, all as ratios, rates or differences measured in one run.

A measurement is a function that yields Figures; MEASUREMENTS in judge/bench/run.py lists them. Times of shared machines
are noise alone, so what is compared is measured in turns, and a figure is the median of its rounds with their spread.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and what it should be. `rounds` are the single measurements behind the median."""

    name: str
    rounds: tuple[float, ...]
    unit: str
    goal: float
    better: Literal["lower", "higher"]
    note: str = ""

    @classmethod
    def at_most(cls, name: str, rounds: Sequence[float], unit: str, goal: float, note: str = "") -> "Figure":
        return cls(name, tuple(rounds), unit, goal, "lower", note)

    @classmethod
    def at_least(cls, name: str, rounds: Sequence[float], unit: str, goal: float, note: str = "") -> "Figure":
        return cls(name, tuple(rounds), unit, goal, "higher", note)

    @property
    def value(self) -> float:
        return statistics.median(self.rounds)

    @property
    def met(self) -> bool:
        return self.value <= self.goal if self.better == "lower" else self.value >= self.goal
