"""Inputs too large or too many to write by hand. The same seed always makes the same input."""

import random


def some_twice(n, seed):
    """The text of an input."""
    rng = random.Random(seed)
    return text([rng.randrange(n) for _ in range(n)])


def all_different(n, seed):
    """The worst case: everything has to be kept."""
    return text(random.Random(seed).sample(range(10 * n), n))


def text(numbers):
    return f"{len(numbers)}\n{' '.join(map(str, numbers))}\n"
