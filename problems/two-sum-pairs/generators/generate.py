"""Builds the generated cases: each function returns the arguments of one test, the list and the target."""

import random


def pairs(n, partners, low, high, seed, repeats=1, shuffled=True):
    """n numbers, never 0 nor half the target: `partners` pairs, each number up to `repeats` times, the rest alone."""
    rng = random.Random(seed)
    target = low + high
    numbers = [x for pair in _pairs(rng, partners, low, high) for x in pair]
    taken = set(numbers)
    made = [x for x in numbers for _ in range(rng.randint(1, repeats))][:n]
    while len(made) < n:
        x = rng.randint(low, high)
        if x in taken and repeats > 1:
            made.append(x)
        elif x and 2 * x != target and target - x not in taken:
            taken.add(x)
            made.append(x)
    if shuffled:
        rng.shuffle(made)
    else:
        made.sort()
    return [made, target]


def _pairs(rng, count, low, high):
    """Different pairs (x, y) with x + y = low + high, x < y and neither of them 0."""
    target, smaller = low + high, set()
    while len(smaller) < count:
        x = rng.randint(low, high)
        if x and x < target - x and target != x:
            smaller.add(x)
    return [(x, target - x) for x in sorted(smaller)]
