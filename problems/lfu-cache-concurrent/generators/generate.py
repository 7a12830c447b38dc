"""Builds the generated cases: each function returns the calls of one test, the constructor first.

Whatever order the threads' calls come in, what is asked afterwards has one right answer, but for `crowd`, of which
output_validator/ counts the survivors.
"""

import random


def counted(threads, uses, call):
    """All threads use key 1; then key 2 is used once less, and key 3 pushes out the rarer one: key 2."""
    get, put = ["get", 1], ["put", 1, 10]
    work = {"get": [get] * uses, "put": [put] * uses, "both": [get, put] * (uses // 2)}[call]
    total = 1 + threads * uses
    calls = [["LFUCache", 2], ["put", 1, 10], ["concurrently", [work] * threads], ["put", 2, 20]]
    calls += [["get", 2]] * (total - 2)
    return [*calls, ["put", 3, 30], ["get", 2], ["get", 1], ["get", 3]]


def own_keys(threads, keys):
    """Each thread writes and reads keys of its own, and there is room for all."""
    work = []
    for thread in range(threads):
        mine = range(thread * keys, (thread + 1) * keys)
        work.append([one for key in mine for one in (["put", key, -key], ["get", key], ["put", key, key])])
    calls = [["LFUCache", threads * keys], ["concurrently", work]]
    return calls + [["get", key] for key in range(threads * keys)]


def crowd(threads, keys, capacity):
    """Far more keys than there is room for; which of them stay nobody can say, only how many."""
    work = []
    for thread in range(threads):
        mine = range(thread * keys, (thread + 1) * keys)
        work.append([one for key in mine for one in (["put", key, key + 1], ["get", key - 1])])
    calls = [["LFUCache", capacity], ["concurrently", work]]
    return calls + [["get", key] for key in range(threads * keys)]


def mix(capacity, keys, operations, seed, puts=0.5):
    """Gets and puts one after another, of keys drawn evenly from `keys` many."""
    rng = random.Random(seed)
    calls = [["LFUCache", capacity]]
    for _ in range(operations):
        key = rng.randrange(keys) - keys // 2
        value = rng.choice((0, -1)) if rng.random() < 0.1 else rng.randint(-(10**9), 10**9)
        calls.append(["put", key, value] if rng.random() < puts else ["get", key])
    return calls
