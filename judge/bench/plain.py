"""Runs inside the sandbox image, without any wall: what the box is compared with. Standard library only.

    plain.py warm ROUNDS    the same work in one warm process: load the source, decode, run, encode
    plain.py cold ROUNDS    `python3 solution.py < case`, a process for each case

Reads {"source", "entry", "cases"} as JSON on stdin; prints the CPU seconds of one submission, a line per round.
"""

import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from typing import Any

_STDIN_MAIN = """
import json, sys
operations = json.load(sys.stdin)
cache = LRUCache(*operations[0][1:])
print(json.dumps([None] + [getattr(cache, operation[0])(*operation[1:]) for operation in operations[1:]]))
"""
_REPEAT = 20


def warm(given: dict[str, Any]) -> float:
    sys.path.insert(0, "/judge")
    driver, loading, replies = map(
        importlib.import_module, ("driver", "loading", "replies")
    )  # as they lie in the image
    cases = [case.encode() for case in given["cases"]]
    driver.preload(None)
    started = time.process_time()
    for _ in range(_REPEAT):
        call = loading.load(given["source"], given["entry"])
        for case in cases:
            replies.to_json(call(json.loads(case)))
    return (time.process_time() - started) / _REPEAT


def cold(given: dict[str, Any]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "solution.py")
        with open(path, "w") as file:
            file.write(given["source"] + _STDIN_MAIN)
        for case in given["cases"]:
            subprocess.run([sys.executable, path], input=case.encode(), stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    measure = {"warm": warm, "cold": cold}[sys.argv[1]]
    given = json.load(sys.stdin)
    for _ in range(int(sys.argv[2])):
        print(measure(given), flush=True)
