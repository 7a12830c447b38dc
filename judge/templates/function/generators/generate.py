"""Inputs too large or too many to write by hand. The same seed always makes the same input."""

import random


def some_twice(n, seed):
    """A list of arguments: here only one, the numbers."""
    rng = random.Random(seed)
    return [[rng.randrange(n) for _ in range(n)]]


def all_different(n, seed):
    """The worst case: nothing is found before the end."""
    return [random.Random(seed).sample(range(10 * n), n)]
