"""Writes docs/attacks.md, the table of all attacks: python tests/attacks/table.py"""

import sys
from collections.abc import Iterator
from pathlib import Path

from elsewhere import NOT_TRIED, TRIED

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "attacks.md"
_HEAD = """# Attacks

What was tried against this judge, which wall stops it, and what is seen where that wall is missing. A row with a
verdict is a file that `tests/attacks/test_attacks.py` runs against every box, whole and without its wall;
`judge doctor --attack` runs them on your own machine. The verdict is the name of the file's folder. "JE" in the last
column: the judge itself fell; "leak": a hidden input or answer stood in the report; "flood": a report larger than
anybody can read.

What attacks the service (74 to 86), and what becomes of a submission when machines fail (87 to 100), is tried by the
test that the row names.

This file is written by `python tests/attacks/table.py`.

| no. | attack | stopped by | verdict | without | seen then |
|---:|---|---|---|---|---|
"""


def table() -> str:
    return _HEAD + "\n".join(row for _, row in sorted(_rows(), key=lambda one: one[0])) + "\n"


def _rows() -> Iterator[tuple[int, str]]:
    from judge.attack_check import load_attacks

    for attack in load_attacks():
        header = attack.header
        link = f"[{header.name}](../tests/attacks/{attack.id}.py)"
        cells = (header.attack, link, header.stopped_by, attack.expected, header.without, header.then)
        yield header.attack, f"| {' | '.join(map(str, cells))} |"
    for file, rows in TRIED.items():
        for number, name, test in rows:
            yield number, f"| {number} | {name} | [{test}](../{file}) | | | |"
    for number, name, why in NOT_TRIED:
        yield number, f"| {number} | {name} | {why} | | | |"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    FILE.write_text(table(), encoding="utf-8")
