"""Builds the generated cases: each function returns the calls of one test, the constructor first.

The empty string is asked for only once there is a word, as the statement promises.
"""

import random

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def mix(letters, longest, calls, seed, inserts=0.3):
    """Words of one letter up to `longest`, many of them prefixes of others, inserted and asked for in any order."""
    rng = random.Random(seed)
    made = [["Trie"]]
    while len(made) <= calls:
        word = _word(rng, letters, rng.randint(1, longest))
        made.append(["insert", word] if rng.random() < inserts else _question(rng, word))
    return made


def same_length(letters, length, calls, seed):
    """All words are equally long, so that none is a prefix of another; questions may be shorter or longer."""
    rng = random.Random(seed)
    made = [["Trie"]]
    while len(made) <= calls:
        if rng.random() < 0.2:
            made.append(["insert", _word(rng, letters, length)])
        else:
            made.append(_question(rng, _word(rng, letters, rng.randint(1, length + 1))))
    return made


def fill_then_ask(words, questions, seed):
    """Inserts everything, then asks for words and prefixes, half of which are spoilt in the last letter."""
    rng = random.Random(seed)
    known = [_word(rng, ALPHABET, rng.randint(5, 10)) for _ in range(words)]
    return [["Trie"], *(["insert", word] for word in known), *(_hit_or_miss(rng, known) for _ in range(questions))]


def in_turn(rounds, seed):
    """Each new word is followed by a question."""
    rng = random.Random(seed)
    made, known = [["Trie"]], []
    for _ in range(rounds):
        known.append(_word(rng, ALPHABET, rng.randint(5, 10)))
        made += ["insert", known[-1]], _hit_or_miss(rng, known)
    return made


def long_words(words, length, seed):
    """Few words, but very long ones that differ from the first letter on."""
    rng = random.Random(seed)
    known = [first + _word(rng, ALPHABET, length - 1) for first in rng.sample(ALPHABET, words)]
    made = [["Trie"], *(["insert", word] for word in known)]
    for word in known:
        made += ["search", word], ["search", word[:-1]], ["starts_with", word[:-1]], ["starts_with", word + "a"]
    return made


def _hit_or_miss(rng, known):
    word = rng.choice(known)
    text = word[: rng.randint(4, len(word))]
    if rng.random() < 0.5:
        text = text[:-1] + rng.choice(ALPHABET)
    return _question(rng, text)


def _question(rng, text):
    return [rng.choice(["search", "starts_with"]), text]


def _word(rng, letters, length):
    return "".join(rng.choice(letters) for _ in range(length))
