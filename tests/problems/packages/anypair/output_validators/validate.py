import sys
from pathlib import Path

n = int(Path(sys.argv[1]).read_text())
answer = Path(sys.argv[2]).read_text().split()
feedback = Path(sys.argv[3])


def refuse(reason):
    (feedback / "judgemessage.txt").write_text(reason)
    sys.exit(43)


words = sys.stdin.read().split()
if answer == ["impossible"]:
    sys.exit(42 if words == ["impossible"] else 43)
if len(words) != 2:
    refuse("not two words")
try:
    one, other = map(int, words)
except ValueError:
    refuse("no numbers")
sys.exit(42 if one + other == n and min(one, other) >= 1 else 43)
