"""Builds the generated cases: each returns the arguments [nested_list] of one test; deep lists in the flat form."""

import random


def random_nested(n, seed, opening=0.4):
    """`n` times an element, a bracket that opens or one that closes, at random."""
    rng = random.Random(seed)
    marks, open_brackets = ["["], [("[", "]")]
    for _ in range(n):
        choice = rng.random()
        if choice < opening / 2:
            open_brackets.append(rng.choice([("[", "]"), ("(", ")")]))
            marks.append(open_brackets[-1][0])
        elif choice < opening and len(open_brackets) > 1:
            marks.append(open_brackets.pop()[1])
        else:
            marks.append(rng.choice([rng.randint(-99, 99), {"str": rng.choice("abc")}, None, True]))
    return [{"flat": marks + [closing for _, closing in reversed(open_brackets)]}]


def wide(n, seed):
    """`n` numbers side by side, now and then a short list of them."""
    rng = random.Random(seed)
    numbers = [rng.randint(0, 9) for _ in range(1000)]
    return [
        [
            [number, number] if not place % 1000 else number
            for place in range(n - 2 * (n // 1000))
            for number in [numbers[place % 999]]
        ]
    ]


def deep(levels):
    """A list in a list in a list…, with one number inside and one behind them all."""
    return [{"flat": ["["] * levels + [1] + ["]"] * (levels - 1) + [2, "]"]}]


def pairs(n, seed):
    """`n` lists of two."""
    rng = random.Random(seed)
    return [[[rng.randint(0, 99), rng.randint(0, 99)] for _ in range(n)]]
