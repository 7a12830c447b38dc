"""Is this a possible result of the calls? The threads' part may come out in many ways, what follows mostly in one.

validate.py INPUT ANSWER FEEDBACK < OUTPUT      exit code 42: right, 43: wrong
"""

import json
import sys
from pathlib import Path

RIGHT, WRONG = 42, 43


def main():
    calls, answer = (json.loads(Path(path).read_text()) for path in sys.argv[1:3])
    output = json.load(sys.stdin)
    reason = why_wrong(calls, answer, output)
    if reason:
        Path(sys.argv[3], "teammessage.txt").write_text(reason)
    sys.exit(WRONG if reason else RIGHT)


def why_wrong(calls, answer, output):
    if len(output) != len(calls):
        return f"{len(output)} results for {len(calls)} calls"
    place = next((place for place, call in enumerate(calls) if call[0] == "concurrently"), None)
    if place is None:
        return differs(answer, output, 0)
    threads = calls[place][1]
    wrong = differs(answer[:place], output, 0) or why_wrong_threads(threads, output[place], written(calls))
    if wrong:
        return wrong
    if len({call[1] for thread in threads for call in thread if call[0] == "put"}) <= calls[0][1]:
        return differs(answer[place + 1 :], output[place + 1 :], place + 1)
    return why_wrong_survivors(calls, output, place)


def differs(answer, output, first):
    """Call by call; True is not 1."""
    for place, (expected, given) in enumerate(zip(answer, output), first):
        if json.dumps(expected) != json.dumps(given):
            return f"call {place} returned {json.dumps(given)}, not {json.dumps(expected)}"
    return None


def written(calls):
    """The values that any call puts under each key."""
    every = [
        one for call in calls for one in ([o for t in call[1] for o in t] if call[0] == "concurrently" else [call])
    ]
    values = {}
    for call in every:
        if call[0] == "put":
            values.setdefault(call[1], set()).add(call[2])
    return values


def why_wrong_threads(threads, results, values):
    if not isinstance(results, list) or [len(done) for done in results] != [len(thread) for thread in threads]:
        return "a thread has not returned a result for each of its calls"
    for thread, done in zip(threads, results):
        for call, result in zip(thread, done):
            if call[0] == "put" and result is not None:
                return "a put in a thread returned something"
            if call[0] == "get" and (type(result) is not int or result not in values.get(call[1], set()) | {-1}):
                return f"a get of key {call[1]} in a thread returned {json.dumps(result)}, which nobody has put there"
    return None


def why_wrong_survivors(calls, output, place):
    """More keys than room: as many as there is room for must be left, with their values."""
    values, left = written(calls), 0
    for call, result in zip(calls[place + 1 :], output[place + 1 :]):
        if type(result) is not int or result not in values[call[1]] | {-1}:
            return f"a get of key {call[1]} returned {json.dumps(result)}, which nobody has put there"
        left += result != -1
    return None if left == calls[0][1] else f"{left} keys are left, not {calls[0][1]}"


main()
