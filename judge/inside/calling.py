"""How a case calls a solution: one function with its arguments, or the methods of one object, in turn or in threads.

Arguments are made of JSON and results made ready for it as the types of interface.yaml say (typed.py).
"""

import itertools
import sys
import time
from collections.abc import Callable
from typing import Any

import typed

CONCURRENTLY = "concurrently"
SOLUTION = "solution.py"  # the name of its file in its code
# What goes wrong without a lock shall go wrong here. A short switch interval alone does not do it: a case may be over
# before another thread has woken up. So each thread also lets go between some of the solution's lines.
_SWITCH_INTERVAL_S = 1e-6
_LETS_GO_EVERY = 7  # lines, calls and returns: no divisor of the number that a usual operation makes


def function(call: Callable[..., Any], entry: dict[str, Any]) -> Callable[[Any], Any]:
    """What runs one case: a list of arguments in, the result out."""
    decode = _arguments_decoder(entry["parameters"])
    if "node_of" in entry:
        return lambda given: _node_returned(call, given, decode(given), entry["node_of"])
    encode = _encoder(entry["returns"])
    if "in_place" in entry:
        return lambda given: encode(_changed(call, decode(given), entry["in_place"]))
    return lambda given: encode(call(*decode(given)))


def _changed(call: Callable[..., Any], arguments: list[Any], place: int) -> Any:
    """The argument at that place after the call; what is returned is nobody's business."""
    call(*arguments)
    return arguments[place]


def _node_returned(call: Callable[..., Any], given: list[Any], arguments: list[Any], place: int) -> int | None:
    """Which node of the list at that place the call returns. They are noted before, for it may change the list."""
    count = len(given[place]["values"] if isinstance(given[place], dict) else given[place])
    nodes = typed.first_nodes(arguments[place], count)
    return typed.node_index(nodes, call(*arguments))


def operations(cls: type, attributes: dict[str, str], entry: dict[str, Any]) -> Callable[[Any], Any]:
    """What runs one case of a class: constructor and operations in, the list of their results out."""
    decode = _arguments_decoder(entry["parameters"])
    coded = {
        name: (_arguments_decoder(method["parameters"]), _encoder(method["returns"]))
        for name, method in entry["methods"].items()
        if _is_coded(method)
    }

    def run(given: list[list[Any]]) -> list[Any]:
        instance = cls(*decode(given[0][1:]))
        bound = {name: getattr(instance, attribute) for name, attribute in attributes.items()}
        for name, (decode_arguments, encode) in coded.items():
            bound[name] = _coded(bound[name], decode_arguments, encode)
        bound[CONCURRENTLY] = lambda threads: _concurrently(bound, threads)
        return [None, *(bound[operation[0]](*operation[1:]) for operation in given[1:])]

    return run


def _is_coded(method: dict[str, Any]) -> bool:
    types = [*method["parameters"], method["returns"]]
    return method["returns"].startswith("list[") or any(map(typed.decoder, types)) or any(map(typed.encoder, types))


def _coded(
    method: Callable[..., Any], decode: Callable[[Any], Any], encode: Callable[[Any], Any]
) -> Callable[..., Any]:
    return lambda *given: encode(method(*decode(given)))


def _concurrently(bound: dict[str, Callable[..., Any]], threads: list[list[list[Any]]]) -> list[list[Any]]:
    """Run each list of operations in a thread of its own, all let go at once. The first exception ends the case."""
    import threading  # not in the zygote: it would cost every child

    barrier = threading.Barrier(len(threads))
    results: list[list[Any]] = [[] for _ in threads]
    raised: list[BaseException] = []

    def work(todo: list[list[Any]], done: list[Any]) -> None:
        try:
            barrier.wait()
            sys.settrace(_letting_go())
            for name, *arguments in todo:
                done.append(bound[name](*arguments))
        except BaseException as exc:
            raised.append(exc)
        finally:
            sys.settrace(None)

    workers = [threading.Thread(target=work, args=pair) for pair in zip(threads, results, strict=True)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        sys.setswitchinterval(interval)
    if raised:
        raise raised[0]
    return results


def _letting_go() -> Callable[..., Any]:
    """A trace function that lets the other threads run now and then, wherever the solution's own code is."""
    turn = itertools.count(1).__next__

    def trace(frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != SOLUTION:
            return None
        if not turn() % _LETS_GO_EVERY:
            time.sleep(0)
        return trace

    return trace


def _arguments_decoder(types: list[str]) -> Callable[[Any], Any]:
    decoders = [typed.decoder(one) for one in types]
    if not any(decoders):
        return _as_is
    return lambda given: [decode(value) if decode else value for decode, value in zip(decoders, given, strict=True)]


def _encoder(type_text: str) -> Callable[[Any], Any]:
    found = typed.encoder(type_text)
    if found:
        return found
    return _listed if type_text.startswith("list[") else _as_is


def _as_is(value: Any) -> Any:
    return value


def _listed(value: Any) -> Any:
    """A list where one is asked for: a generator, a set, a deque will do; what it raises here is the solution's."""
    if isinstance(value, (list, str, bytes, dict)) or not hasattr(value, "__iter__"):
        return value
    return list(value)
