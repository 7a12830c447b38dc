"""What every box promises, whatever it is made of. After each test the same box must judge a clean submission."""

import json

import pytest
from boxes import CLASS, CLEAN, FUNCTION, IMPATIENT, LIMITS, SHORT, Caller, function, options

from judge.languages import languages
from judge.sandbox import start_box
from judge.sandbox.base import Input, Job

SMOKE = {"kind": "function", "name": "smoke_test", "parameters": ["any"], "returns": "any"}
COUNTER = "class Counter2:\n    def __init__(self, start):\n        self.total = start\n    {add}\n    {get}\n"


# ---- a program that runs well ------------------------------------------------------------------------------------


def test_the_result_comes_back_as_compact_json_bytes(any_box: Caller):
    run = any_box.one(function('return {"a": [1, 2.5, None, True, "é"]}'))
    assert (run.ended, run.output) == ("ok", b'{"a":[1,2.5,null,true,"\\u00e9"]}')


def test_figures_come_with_every_run(any_box: Caller):
    run = any_box.one(function("return sum(range(3_000_000))"))  # longer than a tick of the coarsest clock
    assert 0 < run.cpu_time_s <= LIMITS.cpu_time_s
    assert run.cpu_time_s / 2 < run.wall_time_s
    assert run.peak_memory_kib > 1_000
    assert (run.exit_code, run.signal, run.failure) == (None, None, None)


def test_memory_is_measured(any_box: Caller):
    """Of the program, however large the process may be that keeps the box."""
    ballast = b"x" * (150 << 20)
    small = any_box.one(function("return 1"))
    large = any_box.one(function("return len(b'x' * (100 << 20))"))
    assert small.peak_memory_kib < 100 * 1024 < large.peak_memory_kib < 200 * 1024
    del ballast


def test_every_case_of_a_job_is_answered_in_order(any_box: Caller):
    result = any_box.job(function("return n * n"), *(b"[%d]" % n for n in range(5)))
    assert [run.output for run in result.runs] == [b"0", b"1", b"4", b"9", b"16"]


def test_the_same_input_may_come_more_than_once_in_a_job_and_again_in_another(any_box: Caller):
    for _ in range(2):
        result = any_box.job(function("return n"), b"[7]", b"[8]", b"[7]")
        assert [run.output for run in result.runs] == [b"7", b"8", b"7"]


def test_many_small_jobs_in_a_row(any_box: Caller):
    assert [any_box.value(f"return n + {k}") for k in range(20)] == [b"%d" % (1 + k) for k in range(20)]


def test_a_large_input_and_a_large_result_pass(any_box: Caller):
    data = json.dumps([list(range(100_000))], separators=(",", ":")).encode()
    run = any_box.one(function("return n[::-1]"), data)
    assert json.loads(run.output) == list(range(100_000))[::-1]


def test_nothing_of_one_job_is_there_in_the_next(any_box: Caller):
    any_box.value("import builtins, json; builtins.left_here = json.left_here = 1; return 1")
    assert (
        any_box.value("import builtins, json; return hasattr(builtins, 'left_here') or hasattr(json, 'left_here')")
        == b"false"
    )


def test_standard_input_is_empty(any_box: Caller):
    assert any_box.value("import sys; return sys.stdin.read()") == b'""'
    assert any_box.raised("return input()") == "EOFError"


@pytest.mark.parametrize("codec", ["utf-16", "idna", "cp1252", "rot13"])
def test_modules_of_packages_that_are_already_loaded_can_be_imported(any_box: Caller, codec: str):
    body = f"import codecs, json.tool\nreturn codecs.decode(codecs.encode('abc', {codec!r}), {codec!r})"
    assert any_box.value(body) == b'"abc"'


def test_threads_and_async_work(any_box: Caller):
    body = """
import asyncio, threading
seen = []
threads = [threading.Thread(target=seen.append, args=(k,)) for k in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
async def total(): return sum(seen)
return asyncio.run(total())"""
    assert any_box.value(body) == b"28"


def test_recursion_fifty_thousand_deep_passes(any_box: Caller):
    source = "def down(k):\n    return 1 + down(k - 1) if k else 0\n" + function("return down(50_000)")
    assert any_box.one(source).output == b"50000"


@pytest.mark.parametrize("language", languages())
def test_the_smoke_program_of_every_language_runs(any_box: Caller, language: str):
    run = any_box.one(languages()[language].smoke_source, b"[[1,2,3]]", entry=SMOKE)
    assert (run.ended, run.output) == ("ok", b"[10000,6]")


# ---- entry points forgive style ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "def two_words(n):\n    return n",
        "def twoWords(n):\n    return n",
        "two_words = lambda n: n",
        "def two_words(n, *, key=None):\n    return n",
        "def two_words(*all_of_them):\n    return all_of_them[0]",
        "import functools\n@functools.lru_cache(None)\ndef two_words(n):\n    return n",
        "class Solution:\n    def two_words(self, n):\n        return n",
        "class Solution:\n    def twoWords(self, n: int) -> int:\n        return n",
        "class Solution:\n    @staticmethod\n    def twoWords(n):\n        return n",
        "class Base:\n    def twoWords(self, n):\n        return n\nclass Solution(Base):\n    pass",
    ],
)
def test_a_function_is_found_in_every_style(any_box: Caller, source: str):
    assert any_box.one(source).output == b"1"


@pytest.mark.parametrize(
    ("add", "get"),
    [
        ("def add(self, n):\n        self.total += n", "def get_total(self):\n        return self.total"),
        ("def add(self, n):\n        self.total += n", "def getTotal(self):\n        return self.total"),
    ],
)
def test_a_class_is_called_operation_by_operation(any_box: Caller, add: str, get: str):
    source = COUNTER.format(add=add, get=get)
    operations = b'[["Counter2",5],["add",2],["get_total"],["add",1],["get_total"]]'
    assert any_box.one(source, operations, entry=CLASS).output == b"[null,null,7,null,8]"


def test_every_case_gets_a_new_instance(any_box: Caller):
    source = COUNTER.format(
        add="def add(self, n):\n        self.total += n", get="def getTotal(self):\n        return self.total"
    )
    operations = b'[["Counter2",0],["add",1],["get_total"]]'
    result = any_box.job(source, operations, operations, entry=CLASS)
    assert [run.output for run in result.runs] == [b"[null,null,1]"] * 2


@pytest.mark.parametrize(
    "expression",
    [
        "defaultdict(int)[n]",
        "heapq.nsmallest(1, [0])[0]",
        "heappop([0])",
        "bisect_left([1], 0)",
        "collections.deque([0])[0]",
        "Counter([n])[5]",
        "int(inf < 1)",
        "gcd(0, 0)",
        "len(list(itertools.chain([])))",
        "reduce(int.__sub__, [1, 1])",
        "next(permutations([0]))[0]",
        "(lambda x: 0)(List[int]) + (lambda x: 0)(Optional[int])",
        "math.floor(0.5)",
        "int(re.match('0', '0')[0])",
    ],
)
def test_the_names_of_interview_sites_are_there(any_box: Caller, expression: str):
    assert any_box.value(f"return {expression}") == b"0"


# ---- a source that cannot be judged ------------------------------------------------------------------------------


def test_a_syntax_error_has_a_line_a_column_and_the_text(any_box: Caller):
    error = any_box.job("x = 1\ndef two_words(n)\n    return n\n").compile_error
    assert error
    assert (error.kind, error.line, error.text) == ("syntax_error", 2, "def two_words(n)")
    assert error.caret() == "def two_words(n)\n                ^"
    assert "expected ':'" in error.message


@pytest.mark.parametrize("source", ["x = '\0'", "(" * 5_000, "return 1", "\tx = 1\n  y = 2", "x = 'ä' é"])
def test_any_source_that_does_not_compile_is_a_syntax_error(any_box: Caller, source: str):
    error = any_box.job(source).compile_error
    assert error
    assert error.kind == "syntax_error"
    assert error.message


def test_a_missing_function_says_what_was_looked_for_and_found(any_box: Caller):
    error = any_box.job(
        "def three_words(n):\n    return n\nclass Solution:\n    def other(self):\n        pass\n"
    ).compile_error
    assert error
    assert error.kind == "missing_entry"
    assert error.looked_for == ["two_words", "twoWords", "Solution.twoWords"]
    assert {"three_words", "Solution.other"} <= set(error.found)


def test_a_missing_class_and_a_missing_method_say_so(any_box: Caller):
    no_class = any_box.job("class Other:\n    pass\n", entry=CLASS).compile_error
    assert no_class
    assert (no_class.kind, no_class.looked_for, no_class.found) == ("missing_entry", ["Counter2"], ["Other"])
    no_method = any_box.job(
        "class Counter2:\n    def __init__(self, s): ...\n    def add(self, n): ...\n", entry=CLASS
    ).compile_error
    assert no_method
    assert (no_method.looked_for, no_method.found) == (["Counter2.get_total"], ["Counter2.add"])


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def two_words():\n    pass", []),
        ("def two_words(a, b):\n    pass", ["a", "b"]),
        ("class Solution:\n    def twoWords(self, a, b):\n        pass", ["a", "b"]),
        ("def two_words(a, *, b):\n    pass", ["a"]),
    ],
)
def test_wrong_parameters_are_named(any_box: Caller, source: str, found: list[str]):
    error = any_box.job(source).compile_error
    assert error
    assert (error.kind, error.expected_parameters, error.found) == ("wrong_parameters", 1, found)


def test_an_exception_of_the_top_level_is_the_first_cases(any_box: Caller):
    run = any_box.job("1 / 0", b"[1]", b"[2]").runs[0]
    assert run.ended == "failed"
    assert run.failure
    assert run.failure.type == "ZeroDivisionError"


# ---- a program that fails ----------------------------------------------------------------------------------------


def test_an_exception_comes_with_its_facts(any_box: Caller):
    source = "def inner():\n    raise KeyError('no such key')\n" + function("inner()")
    failure = any_box.one(source, show=True).failure
    assert failure
    assert (failure.kind, failure.type, failure.message) == ("exception", "KeyError", "'no such key'")
    assert failure.traceback == ("line 4, in two_words: inner()", "line 2, in inner: raise KeyError('no such key')")


def test_the_lines_of_the_source_are_shown_only_where_they_may_be(any_box: Caller):
    failure = any_box.one(function("raise ValueError"), show=False).failure
    assert failure
    assert not any("ValueError" in line for line in failure.traceback)


def test_after_an_exception_the_next_case_runs(any_box: Caller):
    result = any_box.job(function("return 1 // n"), b"[0]", b"[1]")
    assert [run.ended for run in result.runs] == ["failed", "ok"]


@pytest.mark.parametrize(
    ("statement", "code"), [("sys.exit()", 0), ("sys.exit(3)", 3), ("sys.exit('bye')", 1), ("exit(7)", 7)]
)
def test_a_program_that_exits_has_an_exit_code_and_no_result(any_box: Caller, statement: str, code: int):
    run = any_box.one(function(f"import sys\n{statement}"))
    assert run.ended == "failed"
    assert run.failure
    assert (run.failure.kind, run.failure.code) == ("exit", code)


def test_a_program_that_leaves_at_once_died_with_that_code(any_box: Caller):
    result = any_box.job(function("import os\nif n == 0: os._exit(5)\nreturn n"), b"[0]", b"[1]")
    assert [(run.ended, run.exit_code, run.signal) for run in result.runs] == [("died", 5, None), ("ok", None, None)]


def test_a_crash_is_told_by_its_signal(any_box: Caller):
    result = any_box.job(function("import ctypes\nif n == 0: ctypes.string_at(0)\nreturn n"), b"[0]", b"[1]")
    assert [(run.ended, run.signal) for run in result.runs] == [("died", 11), ("ok", None)]


@pytest.mark.parametrize(
    "result",
    ["object()", "b'x'", "{(1, 2): 3}", "(lambda x: x.append(x) or x)([])"],
)
def test_a_result_that_json_cannot_hold_is_told_apart(any_box: Caller, result: str):
    run = any_box.one(function(f"return {result}"))
    assert run.ended == "failed"
    assert run.failure
    assert run.failure.kind == "unserialisable"
    assert run.output == b""


def test_a_result_over_the_limit_is_told_apart(any_box: Caller):
    result = any_box.job(function("return 'x' * n"), b"[2000000]", b"[1]")
    assert result.runs[0].ended == "output_limit"
    assert [run.ended for run in result.runs[1:]] == ["ok"]


def test_runaway_recursion_ends_as_a_failure_of_the_program(any_box: Caller):
    run = any_box.one("def down(k):\n    return 1 + down(k + 1)\n" + function("return down(0)"))
    assert (run.ended, run.failure and run.failure.type) in {
        ("failed", "RecursionError"), ("failed", "MemoryError"), ("died", None), ("cpu_limit", None)
    }  # fmt: skip


def test_a_memory_bomb_ends_as_a_failure_of_the_program(any_box: Caller):
    result = any_box.job(function("return len([bytearray(1 << 24) for _ in range(n)])"), b"[1000]", b"[1]")
    first, second = result.runs
    assert first.ended == "failed"
    assert first.failure
    assert first.failure.type == "MemoryError"
    assert second.ended == "ok"


# ---- what it prints ----------------------------------------------------------------------------------------------


def test_what_is_printed_is_kept_apart_from_the_result(any_box: Caller):
    run = any_box.one(function("import sys\nprint('out', n)\nprint('err', file=sys.stderr)\nreturn n"), show=True)
    assert (run.output, run.printed) == (b"1", "out 1\nerr\n")


def test_what_is_printed_belongs_to_its_case(any_box: Caller):
    result = any_box.job(function("print(n)\nreturn n"), b"[1]", b"[2]", show=True)
    assert [run.printed for run in result.runs] == ["1\n", "2\n"]


def test_what_is_printed_is_dropped_where_it_may_not_be_shown(any_box: Caller):
    assert any_box.one(function("print('hidden')\nreturn n"), show=False).printed == ""


@pytest.mark.parametrize("show", [True, False])
def test_a_flood_of_printed_text_is_told_apart(any_box: Caller, show: bool):
    run = any_box.one(function("while True: print('x' * 1000)"), show=show)
    assert run.ended == "output_limit" or (run.failure and run.failure.kind == "output_limit")
    assert len(run.printed) <= 2 << 20


def test_any_text_can_be_printed(any_box: Caller):
    run = any_box.one(function(r"print('é\ud800\0')" + "\nreturn n"), show=True)
    assert run.ended == "ok"
    assert run.printed.startswith("é")


# ---- time --------------------------------------------------------------------------------------------------------


def test_a_loop_runs_out_of_cpu_time_and_the_other_cases_go_on(any_box: Caller):
    result = any_box.job(function("while n == 1: pass\nreturn n"), b"[0]", b"[1]", b"[2]", limits=SHORT)
    assert [run.ended for run in result.runs] == ["ok", "cpu_limit", "ok"]
    assert result.runs[1].cpu_time_s >= SHORT.cpu_time_s


def test_a_sleeper_runs_out_of_wall_time_and_the_other_cases_go_on(any_box: Caller):
    result = any_box.job(function("import time\nif n == 0: time.sleep(60)\nreturn n"), b"[0]", b"[1]", limits=IMPATIENT)
    assert [run.ended for run in result.runs] == ["wall_limit", "ok"]
    assert result.runs[0].wall_time_s >= IMPATIENT.wall_time_s > result.runs[0].cpu_time_s


def test_a_loop_that_no_exception_can_leave_is_ended(any_box: Caller):
    assert any_box.one(function("return len(str(10 ** (10 ** 8)))"), limits=SHORT).ended == "cpu_limit"


def test_a_program_that_ignores_every_signal_is_ended(any_box: Caller):
    body = "import signal\nfor s in (1, 2, 10, 14, 15, 24): signal.signal(s, signal.SIG_IGN)\nwhile True: pass"
    assert any_box.one(function(body), limits=SHORT).ended == "cpu_limit"


def test_time_spent_while_loading_counts(any_box: Caller):
    result = any_box.job("while True: pass\n" + function("return n"), b"[1]", limits=SHORT)
    assert [run.ended for run in result.runs] == ["cpu_limit"]


def test_a_case_that_catches_everything_cannot_outlive_its_time(any_box: Caller):
    body = "while True:\n    try:\n        while True: sum(range(100))\n    except BaseException: pass"
    for soft_limit in (False, True):
        assert any_box.one(function(body), limits=SHORT, show=True, soft_limit=soft_limit).ended == "cpu_limit"


def test_after_enough_timeouts_the_rest_is_left_out(any_box: Caller):
    inputs = [b"[%d]" % n for n in range(6)]
    result = any_box.job(function("while n % 2: pass\nreturn n"), *inputs, limits=SHORT, max_timeouts=2)
    assert [run.ended for run in result.runs] == ["ok", "cpu_limit", "ok", "cpu_limit"]


def test_a_box_may_be_closed_twice(every_backend: str, leak_detector: None):
    box = start_box(every_backend, options())
    assert box.run(Job(CLEAN, FUNCTION, [Input.of(b"[1]")], LIMITS)).runs[0].output == b"[1,2]"
    box.close()
    box.close()
