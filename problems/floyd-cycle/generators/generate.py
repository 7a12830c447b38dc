"""Builds the generated cases: each returns the arguments [head] of one test."""

import random

LIMIT = 10**9


def linked_list(n, seed, start=None, low=-LIMIT, high=LIMIT, distinct=False):
    """`n` nodes with values from `low` to `high`; the last one leads back to the node with index `start`, if given."""
    rng = random.Random(seed)
    values = rng.sample(range(low, high + 1), n) if distinct else [rng.randint(low, high) for _ in range(n)]
    return [values if start is None else {"values": values, "cycle": start}]
