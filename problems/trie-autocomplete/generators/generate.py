"""Builds the generated cases: each function returns the calls of one test, the constructor first."""

import random

MOST = 10


def mix(letters, longest, highest, calls, seed, inserts=0.5):
    """Words of one letter up to `longest`, drawn again and again, inserted and asked for in any order."""
    rng = random.Random(seed)
    made = [["Trie"]]
    while len(made) <= calls:
        word = _word(rng, letters, rng.randint(1, longest))
        if rng.random() < inserts:
            made.append(["insert", word, rng.randint(1, highest)])
        else:
            made.append(["autocomplete", word[: rng.randint(0, min(2, len(word)))], rng.randint(1, MOST)])
    return made


def fill_then_ask(words, questions, seed):
    """Inserts everything, then asks; nearly all words begin with every prefix that is asked for."""
    rng = random.Random(seed)
    return [["Trie"], *_inserts(rng, words), *(_question(rng) for _ in range(questions))]


def in_turn(rounds, seed):
    """Each word is followed by a question."""
    rng = random.Random(seed)
    return [["Trie"], *(call for insert in _inserts(rng, rounds) for call in (insert, _question(rng)))]


def _inserts(rng, count):
    """Words that begin with "re"; one in ten comes again. Few are frequent, many are alike."""
    words = []
    for _ in range(count):
        again = words and rng.random() < 0.1
        words.append(rng.choice(words) if again else "re" + _word(rng, "aeiorst", rng.randint(2, 6)))
        yield ["insert", words[-1], int(rng.paretovariate(1))]


def _question(rng):
    return ["autocomplete", "re"[: rng.randint(0, 2)], rng.randint(1, MOST)]


def _word(rng, letters, length):
    return "".join(rng.choice(letters) for _ in range(length))
