"""Inputs too large or too many to write by hand. The same seed always makes the same input."""

import random


def mixed(n, seed):
    """A list of operations, the constructor first."""
    rng = random.Random(seed)
    return [["TheName"], *([rng.choice(["add", "count"]), rng.randrange(n)] for _ in range(n))]


def all_different(n, seed):
    """The worst case: half of the calls fill it, and the others ask for what it holds."""
    numbers = random.Random(seed).sample(range(10 * n), n // 2)
    return [["TheName"], *(["add", number] for number in numbers), *(["count", number] for number in numbers)]
