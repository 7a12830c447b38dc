"""Builds the generated cases: each returns the arguments [nums, target] of one test.

Exactly one pair of indices adds up to the target, because each other number of the list (a) is none of the pair's,
(b) has no partner in the list, and (c) is not half the target, or is so only once.
"""

import random


def one_pair(n, low, high, seed, place="anywhere", equal=False, half=False):
    """`n` numbers from `low` to `high`: from a narrow range, most of them are duplicates. `place` is where the pair is.

    equal: the pair is one number twice. half: half the target is in the list too, once and early: with itself it is no
    pair. Not both at once.
    """
    rng = random.Random(seed)
    pair = _pair(rng, low, high, equal, half)
    nums = _others(rng, low, high, n - 2, pair)
    if half:
        nums[rng.randrange(n // 4)] = sum(pair) // 2
    for index, number in sorted(zip(_places(rng, n, place), pair)):
        nums.insert(index, number)
    return [nums, sum(pair)]


def _pair(rng, low, high, equal, half):
    while True:
        first = rng.randint(low, high)
        second = first if equal else rng.randint(low, high)
        if equal or (first != second and not (half and (first + second) % 2)):
            return first, second


def _others(rng, low, high, count, pair):
    """Numbers of which no two, equal ones included, add up to what the pair does; none is a number of the pair."""
    target, chosen, numbers = sum(pair), set(), []
    while len(numbers) < count:
        number = rng.randint(low, high)
        if number not in pair and 2 * number != target and target - number not in chosen:
            chosen.add(number)
            numbers.append(number)
    return numbers


def _places(rng, n, place):
    """Two indices, in either order."""
    middle = n // 2
    fixed = {"front": [0, 1], "back": [n - 2, n - 1], "ends": [0, n - 1], "middle": [middle - 1, middle]}
    return rng.sample(fixed.get(place, range(n)), 2)
