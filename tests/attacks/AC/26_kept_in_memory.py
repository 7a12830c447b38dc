# attack: 26
# name: the input kept in memory for another group to print
# stopped by: a fresh process for every group of cases
# without: a process per group
# then: WA
import builtins
import json


def square(n):
    kept = getattr(json, "kept", getattr(builtins, "kept", []))
    kept.append(n)
    json.kept = builtins.kept = kept
    return -1 if n == 12 and 7 in kept else n * n
