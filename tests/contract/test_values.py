"""What becomes of a case's JSON on its way into a solution, and of a result on its way out; and calls from threads."""

import json
import signal

import pytest
from boxes import LIMITS, Caller

from judge.interface import Interface

DEEP = 100_000
ROOMY = LIMITS.model_copy(update={"output_mib": 4, "cpu_time_s": 10.0})


def interface(**keys: object) -> Interface:
    return Interface.model_validate({"function": "f", **keys})


def entry_of(types: list[str], returns: str, **more: object) -> dict[str, object]:
    parameters = [{"name": f"p{number}", "type": one} for number, one in enumerate(types)]
    return interface(parameters=parameters, returns=returns, **more).entries[0]


def result(box: Caller, source: str, entry: dict[str, object], *arguments: object) -> object:
    run = box.one(source, json.dumps(list(arguments)).encode(), entry=entry, limits=ROOMY)
    assert run.ended == "ok", run
    return json.loads(run.output)


AS_IT_IS = "def f(value):\n    return value\n"
FLAT = {"flat": ["["] * DEEP + [7] + ["]"] * DEEP}
MIXED = {"flat": ["[", {"str": "["}, "(", 1, ")", "]"]}
CHAIN = [value for level in range(DEEP) for value in (level, None)][:-1]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("list_node", []), ("list_node", [1]), ("list_node", [1, "a", None]), ("list_node", list(range(DEEP))),
        ("list_node", {"values": [1], "cycle": 0}), ("list_node", {"values": [1, 1, 1, 1], "cycle": 2}),
        ("list_node", {"values": list(range(DEEP)), "cycle": DEEP - 1}),
        ("tree_node", []), ("tree_node", [1]), ("tree_node", [1, None, 2, 3]), ("tree_node", [5, 4, 7, 3, None, 2]),
        ("tree_node", CHAIN),
        ("nested_list", []), ("nested_list", [1, [2, ["a", None], []]]), ("nested_list", [{"tuple": [1, [2]]}]),
        ("nested_list", FLAT),
        ("bytes", "AAH/"), ("optional[int]", None), ("optional[list_node]", None), ("optional[bytes]", "AAH/"),
        ("list[list_node]", [[1, 2], [], [3]]), ("list[optional[tree_node]]", [[1, 2], None]),
        ("float", {"float": "inf"}), ("float", {"float": "-inf"}), ("float", {"float": "nan"}),
        ("list[float]", [1.5, {"float": "nan"}]), ("any", {"a": [1]}),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_value_comes_back_as_it_went_in(any_box: Caller, kind: str, value: object):
    assert interface(parameters=[{"name": "p", "type": kind}]).why_not_input([value]) is None
    assert result(any_box, AS_IT_IS, entry_of([kind], kind), value) == value


@pytest.mark.parametrize(
    ("kind", "value", "expression", "expected"),
    [
        ("list_node", [4, 5], "[type(value).__name__, value.val, value.next.val, value.next.next]", None),
        ("tree_node", [1, None, 2], "[type(value).__name__, value.val, value.left, value.right.val]", None),
        ("nested_list", [{"tuple": [1]}], "[type(value[0]).__name__]", ["tuple"]),
        ("nested_list", MIXED, "[value[0], type(value[1]).__name__]", ["[", "tuple"]),
        ("bytes", "AAH/", "[value[0], value[1], value[2]]", [0, 1, 255]),
        ("float", {"float": "nan"}, "[value != value]", [True]),
    ],
)
def test_a_solution_is_given_the_value_itself(
    any_box: Caller, kind: str, value: object, expression: str, expected: list[object] | None
):
    named = {"list_node": ["ListNode", 4, 5, None], "tree_node": ["TreeNode", 1, None, 2]}
    found = result(any_box, f"def f(value):\n    return {expression}\n", entry_of([kind], "any"), value)
    assert found == (expected or named[kind])


@pytest.mark.parametrize(
    "body", ["yield from (1, 2)", "return iter([1, 2])", "return (1, 2)", "return {1: 0, 2: 0}.keys()",
             "return deque([1, 2])", "return range(1, 3)", "return (n for n in [1, 2])"],
)  # fmt: skip
def test_anything_that_can_be_gone_through_will_do_where_a_list_is_asked_for(any_box: Caller, body: str):
    assert result(any_box, f"def f():\n    {body}\n", entry_of([], "list[int]")) == [1, 2]


def test_what_a_generator_raises_is_the_solutions_exception(any_box: Caller):
    run = any_box.one("def f():\n    yield 1\n    raise KeyError(2)\n", b"[]", entry=entry_of([], "list[int]"))
    assert run.failure
    assert (run.failure.kind, run.failure.type) == ("exception", "KeyError")


def test_a_text_is_no_list_of_its_characters(any_box: Caller):
    assert result(any_box, "def f():\n    return 'ab'\n", entry_of([], "list[str]")) == "ab"


def test_a_nodes_index_is_told_by_the_node_and_not_by_its_value(any_box: Caller):
    entry = entry_of(["list_node", "int"], "node_of[p0]")
    source = "def f(head, k):\n    while k:\n        head, k = head.next, k - 1\n    return head\n"
    circle = {"values": [7, 7, 7], "cycle": 1}
    assert [result(any_box, source, entry, circle, k) for k in range(5)] == [0, 1, 2, 1, 2]
    assert result(any_box, source, entry, [7], 1) is None
    assert result(any_box, "def f(head, k):\n    return ListNode(7)\n", entry, [7], 0) == -1


def test_a_node_has_two_slots_so_that_a_mark_is_no_memory_for_nothing(any_box: Caller):
    run = any_box.one("def f(head):\n    head.seen = True\n", b"[[1]]", entry=entry_of(["list_node"], "none"))
    assert run.failure
    assert run.failure.type == "AttributeError"


def test_the_result_in_place_is_the_argument_after_the_call(any_box: Caller):
    entry = entry_of(["list[int]"], "none", in_place="p0")
    assert result(any_box, "def f(nums):\n    nums.reverse()\n    return 'ignored'\n", entry, [1, 2]) == [2, 1]


@pytest.mark.parametrize(
    "source",
    [
        "def f(head):\n    return 1 + f(head.next) if head else 0\n",
        "class Solution:\n    def f(self, head: Optional[ListNode]) -> int:\n"
        "        return 1 + self.f(head.next) if head else 0\n",
    ],
)
def test_an_honest_recursion_may_go_a_hundred_thousand_deep(any_box: Caller, source: str):
    assert result(any_box, source, entry_of(["list_node"], "int"), list(range(DEEP))) == DEEP


def test_a_recursion_without_end_is_an_exception_or_too_much_memory(box: Caller):
    run = box.one("def f(n):\n    return f(n + 1)\n", b"[0]", entry=entry_of(["int"], "int"), limits=ROOMY)
    memory = run.failure is not None and run.failure.type in ("RecursionError", "MemoryError")
    assert memory or run.peak_memory_kib > 256 * 1024, run
    run = box.one("def f(n):\n    return str(X())\nclass X:\n    def __str__(self):\n        return str(X())\n",
                  b"[0]", entry=entry_of(["int"], "str"))  # fmt: skip
    crashed = run.signal == signal.SIGSEGV  # where the stack ends sooner, as under gVisor
    assert crashed or run.ended in ("failed", "cpu_limit") or run.peak_memory_kib > 256 * 1024, run


COUNTER = Interface.model_validate(
    {"class": "Counter2", "concurrent": True, "methods": {"add": {"parameters": [{"name": "n", "type": "int"}],
                                                                 "returns": "int"}, "total": {"returns": "int"}}}
)  # fmt: skip
THREADS = [["Counter2"], ["concurrently", [[["add", 1]] * 5000] * 4], ["total"]]
LOCKED = """
import threading
class Counter2:
    def __init__(self): self.n, self.lock = 0, threading.Lock()
    def add(self, k):
        with self.lock:
            now = self.get()
            self.n = now + k
            return self.n
    def get(self): return self.n
    def total(self): return self.n
"""


def test_threads_call_at_once_and_each_ones_results_come_back(any_box: Caller):
    assert COUNTER.why_not_input(THREADS) is None
    _, threads, total = result(any_box, LOCKED, COUNTER.entries[0], *THREADS)
    assert total == 20_000
    assert sorted(one for thread in threads for one in thread) == list(range(1, 20_001))


def test_without_a_lock_updates_are_lost(any_box: Caller):
    unlocked = LOCKED.replace("with self.lock", "if True")
    assert all(result(any_box, unlocked, COUNTER.entries[0], *THREADS)[2] < 20_000 for _ in range(5))  # type: ignore[index]


def test_an_exception_in_a_thread_is_the_solutions(any_box: Caller):
    source = LOCKED.replace("now = self.get()", "now = {}[k]")
    run = any_box.one(source, json.dumps(THREADS).encode(), entry=COUNTER.entries[0])
    assert run.failure
    assert run.failure.type == "KeyError"
