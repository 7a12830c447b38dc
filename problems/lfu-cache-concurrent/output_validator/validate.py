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
    threads, room = calls[place][1], calls[0][1]
    fits = len({call[1] for call in everything(calls[: place + 1]) if call[0] == "put"}) <= room
    wrong = differs(answer[:place], output, 0) or why_wrong_threads(calls[:place], threads, output[place], fits)
    if wrong:
        return wrong
    if fits:
        return differs(answer[place + 1 :], output[place + 1 :], place + 1)
    return why_wrong_survivors(calls, output, place)


def differs(answer, output, first):
    """Call by call; True is not 1."""
    for place, (expected, given) in enumerate(zip(answer, output), first):
        if json.dumps(expected) != json.dumps(given):
            return f"call {place} returned {json.dumps(given)}, not {json.dumps(expected)}"
    return None


def everything(calls):
    """All calls, those of the threads too."""
    return [one for call in calls for one in (sum(call[1], []) if call[0] == "concurrently" else [call])]


def written(calls):
    """The values that these calls put under each key, in their order."""
    values = {}
    for call in everything(calls):
        if call[0] == "put":
            values.setdefault(call[1], []).append(call[2])
    return values


def why_wrong_threads(before, threads, results, fits):
    if not isinstance(results, list) or [len(done) for done in results] != [len(thread) for thread in threads]:
        return "a thread has not returned a result for each of its calls"
    for mine, (thread, done) in enumerate(zip(threads, results)):
        others = written([["concurrently", threads[:mine] + threads[mine + 1 :]]])
        last = {key: values[-1] for key, values in written(before).items()}
        for call, result in zip(thread, done):
            if call[0] == "put":
                last[call[1]] = call[2]
                if result is not None:
                    return "a put in a thread returned something"
            elif not may_be_read(result, {last.get(call[1], -1), *others.get(call[1], [])}, fits):
                return f"a get of key {call[1]} in a thread returned {json.dumps(result)}, which cannot be there"
    return None


def may_be_read(result, possible, fits):
    """What this thread last knew to be there, or what another puts there; a miss only where a key may be evicted."""
    return type(result) is int and (result in possible or (result == -1 and not fits))


def why_wrong_survivors(calls, output, place):
    """More keys than room: as many as there is room for must be left, with their values."""
    values, left = written(calls), 0
    for call, result in zip(calls[place + 1 :], output[place + 1 :]):
        if type(result) is not int or result not in {-1, *values[call[1]]}:
            return f"a get of key {call[1]} returned {json.dumps(result)}, which nobody has put there"
        left += result != -1
    return None if left == calls[0][1] else f"{left} keys are left, not {calls[0][1]}"


main()
