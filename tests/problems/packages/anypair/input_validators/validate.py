import re
import sys

assert re.fullmatch(r"[0-9]+\n", sys.stdin.read())
sys.exit(42)
