# attack: 38
# name: standard error without end
# stopped by: printed text and results are counted, and capped before they are kept
# without: output limit
# then: AC
import sys


def square(n):
    for _ in range(3_000):
        print("x" * 1_000, file=sys.stderr)
    return n * n
