"""A growth with its noise: what a thousand submissions add, and between which bounds that is known.

The samples are put together in blocks, each of which counts with its smallest: what is taken for a while and given back
is no growth. The slope is the median of the slopes between all pairs of blocks (Theil and Sen), its bounds are those
that Sen derives from the order of the pairs alone. A leak of which every block has a little more than the one before is
beyond them, however small. One step is no growth, for an allocator may take more once and keep it: one that is most of
the whole range is left out, and told.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

_BLOCKS: Final = 12
_FEWEST: Final = 4  # samples: of fewer, no order is rare
_MOST: Final = 0.5
_SURE: Final = 1.96  # standard deviations: 95 %

Sample = tuple[int, float]  # submissions judged, what was measured then
Block = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Slope:
    """Growth per thousand submissions: the estimate and, around it, what it is with 95 % probability."""

    low: float
    value: float
    high: float
    step: float  # what was left out of it

    @property
    def within_noise(self) -> bool:
        """No growth at all would look like this, too."""
        return self.low <= 0 <= self.high


def slope(samples: Sequence[Sample]) -> Slope:
    """Raises ValueError when there are too few samples to tell."""
    if len(samples) < _FEWEST:
        raise ValueError(f"{len(samples)} samples are too few for a slope")
    blocks, step = _without_step(_blocks(samples))
    count = len(blocks)
    pairs = combinations(blocks, 2)
    slopes = sorted(1_000 * (later[1] - earlier[1]) / (later[0] - earlier[0]) for earlier, later in pairs)
    reach = _SURE * (count * (count - 1) * (2 * count + 5) / 18) ** 0.5  # of the count of rising less falling pairs
    first = max(0, int((len(slopes) - reach) / 2) - 1)
    return Slope(slopes[first], statistics.median(slopes), slopes[-1 - first], step)


def _blocks(samples: Sequence[Sample]) -> list[Block]:
    """(mean number, least value) of each block; what does not fill one is left out at the beginning."""
    size = max(1, len(samples) // _BLOCKS)
    starts = range(len(samples) % size, len(samples), size)
    return [
        (statistics.fmean(number for number, _ in block), min(value for _, value in block))
        for block in (samples[start : start + size] for start in starts)
    ]


def _without_step(blocks: list[Block]) -> tuple[list[Block], float]:
    """The blocks without the one step that is most of their range, and its size: all after it are above all before."""
    values = [value for _, value in blocks]
    steps = [min(values[place:]) - max(values[:place]) for place in range(1, len(values))]
    step = max(steps)
    if step <= _MOST * (max(values) - min(values)):
        return blocks, 0.0
    before = steps.index(step)
    return [(number, value - step * (place > before)) for place, (number, value) in enumerate(blocks)], step
