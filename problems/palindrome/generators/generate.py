"""Builds the generated cases: each returns the arguments [s] of one test."""

import random

BLOCK = 10_000


def text(n, seed, differ=None):
    """About `n` characters, letters with marks and spaces strewn in, in capitals and small letters.

    differ: where a letter is not what its partner is, as a part of the half: 0 is the end of the text, 0.5 its middle.
    """
    rng = random.Random(seed)
    half = _half(rng, n // 2)
    other = half[::-1].swapcase()
    if differ is not None:
        place = _letter_at(other, int(len(other) * (1 - 2 * differ)))
        other = other[:place] + ("b" if other[place] in "aA" else "a") + other[place + 1 :]
    return [half + "x" * (n % 2) + other]


def _half(rng, n):
    """Blocks of random text, repeated in random order: ten million single choices would take longer than the judging."""
    blocks = ["".join(rng.choices("abcdefghABCDEFGH ,.", k=min(BLOCK, n))) for _ in range(7)]
    return "".join(rng.choice(blocks) for _ in range(-(-n // BLOCK)))[:n]


def _letter_at(text, place):
    while not text[place].isalpha():
        place += 1
    return place
