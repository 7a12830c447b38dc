"""Builds the generated cases: each function returns the calls of one test, the constructor first."""

import random

LIMIT = 10**9


def mix(capacity, keys, operations, seed, puts=0.5):
    """Gets and puts of keys drawn evenly from `keys` many; they lie around 0."""
    rng = random.Random(seed)
    calls = [["LFUCache", capacity]]
    for _ in range(operations):
        key = rng.randrange(keys) - keys // 2
        calls.append(["put", key, _value(rng)] if rng.random() < puts else ["get", key])
    return calls


def stream(capacity, operations, seed):
    """Fills the cache, then new keys all the time, each of which evicts one, and a look at a recent one."""
    rng = random.Random(seed)
    calls = [["LFUCache", capacity], *(["put", key, _value(rng)] for key in range(capacity))]
    key = capacity
    while len(calls) < operations:
        calls += ["put", key, _value(rng)], ["get", key - rng.randrange(capacity)]
        key += 1
    return calls


def favourites(capacity, operations, seed):
    """Few keys are used very often, the rest once and never again."""
    rng = random.Random(seed)
    calls, fresh = [["LFUCache", capacity]], 1000
    while len(calls) < operations:
        if rng.random() < 0.4:
            key = int(1000 * rng.random() ** 2)
            calls.append(["get", key] if rng.random() < 0.6 else ["put", key, _value(rng)])
        else:
            calls.append(["put", fresh, _value(rng)])
            fresh += 1
    return calls


def _value(rng):
    """Any value; 0 and -1, which are easily taken for a miss, far more often than by chance."""
    return rng.choice((0, -1)) if rng.random() < 0.1 else rng.randint(-LIMIT, LIMIT)
