"""Builds the generated cases: each returns the arguments [root] of one test, the tree level by level."""

import random

LIMIT = 10**9


def random_tree(n, seed, present=0.7, limit=LIMIT):
    """`n` different values; a child is there with this probability, or the tree would end too early."""
    rng = random.Random(seed)
    values = rng.sample(range(1, limit), n)
    levels, used, open_nodes = [values[0]], 1, 1
    while used < n:
        for is_right in (False, True):
            is_last_chance = is_right and open_nodes == 1
            if used < n and (is_last_chance or rng.random() < present):
                levels.append(values[used])
                used, open_nodes = used + 1, open_nodes + 1
            else:
                levels.append(None)
        open_nodes -= 1
    while levels[-1] is None:
        levels.pop()
    return [levels]


def chain(n, side, seed):
    """`n` nodes with different values, each the only child of the one before."""
    rng = random.Random(seed)
    first, *values = rng.sample(range(100000, 1000000), n)
    levels = [first]
    for value in values:
        levels += [value, None] if side == "left" else [None, value]
    while levels[-1] is None:
        levels.pop()
    return [levels]
