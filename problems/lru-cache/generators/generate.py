"""Builds the generated cases: each function returns the calls of one test, the constructor first."""

import random

LIMIT = 10**9


def mix(capacity, keys, operations, seed, puts=0.5):
    """Gets and puts of keys drawn evenly from `keys` many; they lie around 0."""
    rng = random.Random(seed)
    calls = [["LRUCache", capacity]]
    for _ in range(operations):
        key = rng.randrange(keys) - keys // 2
        calls.append(["put", key, _value(rng)] if rng.random() < puts else ["get", key])
    return calls


def same_few_keys(capacity, operations, seed):
    """Fills the cache, then uses eight recent keys only: the far end of a list whose oldest entry comes first."""
    rng = random.Random(seed)
    keys = rng.sample(range(-LIMIT, LIMIT + 1), capacity)
    calls = [["LRUCache", capacity], *(["put", key, _value(rng)] for key in keys)]
    while len(calls) <= operations:
        key = rng.choice(keys[-8:])
        calls.append(["get", key] if rng.random() < 0.9 else ["put", key, _value(rng)])
    return calls


def stream(capacity, operations, seed):
    """New keys all the time, each of which evicts one, and a look back at a key from half a cache ago."""
    rng = random.Random(seed)
    calls = [["LRUCache", capacity]]
    for key in range(operations // 2):
        calls += ["put", key, _value(rng)], ["get", key - capacity // 2]
    return calls


def _value(rng):
    """Any value; 0 and -1, which are easily taken for a miss, far more often than by chance."""
    return rng.choice((0, -1)) if rng.random() < 0.1 else rng.randint(-LIMIT, LIMIT)
