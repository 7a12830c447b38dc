"""How CPU time grows with the size of the input: the exponent b of t = a * n^b, and whether a limit on it is kept.

Least squares on logarithms of time and size. What disturbs a time (another process in the cache, a core that is shared)
only ever makes it longer, so of several measurements of a size the shortest counts. Four or five sizes can lie on
a line by chance: the interval therefore never takes a time for more certain than `_LEAST_NOISE` says.

Does not promise more than the sizes show: a fixed cost makes the exponent of small sizes look smaller, and n log n has
one of 1.1 or so. A limit should lie half-way between what is wanted and what is not: 1.5 tells linear from quadratic.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

MIN_SIZES = 3
_LEAST_NOISE = 0.05  # of one time, as a factor: 5 %
_CLOCK_S = 1e-6  # no time is taken for shorter
_T_95 = (
    12.706,
    4.303,
    3.182,
    2.776,
    2.571,
    2.447,
    2.365,
    2.306,
    2.262,
    2.228,
)  # 97.5 % of Student's t, 1 to 10 degrees


class Growth(BaseModel):
    """A fitted exponent with its 95 % confidence interval, and what it was fitted to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exponent: float = Field(description="b of t = a * n^b")
    low: float = Field(description="lower end of the exponent's 95 % confidence interval")
    high: float = Field(description="upper end of it")
    r_squared: float = Field(description="how much of the times the curve explains: 1 is all")
    max_exponent: float | None = Field(None, description="the limit; null where growth is only reported")
    sizes: tuple[int, ...]
    cpu_times_s: tuple[float, ...] = Field(description="by size: the shortest of its measurements")

    @property
    def verdict(self) -> Literal["within", "beyond", "unclear"]:
        """Where the whole interval lies; unclear when the limit lies inside it, and then more should be measured."""
        if self.max_exponent is None or self.high <= self.max_exponent:
            return "within"
        return "beyond" if self.low > self.max_exponent else "unclear"

    @property
    def exceeds(self) -> bool:
        """Whether the exponent itself is above the limit: the decision when nothing more is measured."""
        return self.max_exponent is not None and self.exponent > self.max_exponent


def fit(points: Mapping[int, Sequence[float]], max_exponent: float | None = None) -> Growth:
    """Fit CPU seconds by size, one or more measurements of each. Raises ValueError for fewer than MIN_SIZES sizes."""
    sizes = sorted(size for size, times_s in points.items() if times_s)
    if len(sizes) < MIN_SIZES or sizes[0] < 1:
        raise ValueError(f"a growth needs times of at least {MIN_SIZES} sizes from 1 on, not {sizes}")
    times_s = [max(_CLOCK_S, min(points[size])) for size in sizes]
    exponent, error, r_squared = _least_squares([math.log(n) for n in sizes], [math.log(t) for t in times_s])
    margin = _T_95[min(len(sizes) - 2, len(_T_95)) - 1] * error
    return Growth(
        exponent=exponent,
        low=exponent - margin,
        high=exponent + margin,
        r_squared=r_squared,
        max_exponent=max_exponent,
        sizes=tuple(sizes),
        cpu_times_s=tuple(times_s),
    )


def _least_squares(x: Sequence[float], y: Sequence[float]) -> tuple[float, float, float]:
    """(slope, its standard error, R²) of the line through the points."""
    mean_x, mean_y = math.fsum(x) / len(x), math.fsum(y) / len(y)
    spread = math.fsum((one - mean_x) ** 2 for one in x)
    slope = math.fsum((one - mean_x) * (other - mean_y) for one, other in zip(x, y, strict=True)) / spread
    left = math.fsum((other - mean_y - slope * (one - mean_x)) ** 2 for one, other in zip(x, y, strict=True))
    total = math.fsum((other - mean_y) ** 2 for other in y)
    noise = max(math.sqrt(left / (len(x) - 2)), _LEAST_NOISE)
    return slope, noise / math.sqrt(spread), 1 - left / total if total else 1.0
