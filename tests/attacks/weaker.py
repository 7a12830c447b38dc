"""Judges with a wall missing, to show that each attack bites there: what a careless author might have built.

A wall of the jail is taken away by the box's own switch. The others are code: inside the box they are replaced before
the launcher starts (INSIDE: lines of Python that run first), outside by patching what judges (OUTSIDE).
"""

import json
import operator
import os
import pickle
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from judge import attack_check, checkers, default_validator, measuring, pipeline
from judge.errors import MachineFault
from judge.languages import get_language
from judge.models import Limits, Verdict
from judge.package import Group, Problem
from judge.sandbox import Boxes, BoxOptions, launched, local, said

# Where an attack is to succeed, a busy machine shall not be what stops it.
_LIMITS = attack_check.LIMITS.model_copy(update={"cpu_time_s": 1.0, "wall_time_s": 2.0})
JAIL = {"chroot", "landlock", "rlimits", "seccomp", "uid"}


@dataclass
class Setting:
    """What is judged, where a weaker judge judges something else than it should."""

    source: str
    problem: Problem
    limits: Limits = _LIMITS


Weaken = Callable[[pytest.MonkeyPatch, Setting], None]


# ---- inside the box ----------------------------------------------------------------------------------------------

_OWN_CLOCK = """
import driver, supervisor, channel
channel.Clock.wait_ms = lambda self: 1000
lap = channel.Clock.lap
channel.Clock.lap = lambda self: (0, lap(self)[1])
real_load = driver.load
def load(*given):
    call = real_load(*given)
    def timed(data):
        import time
        start = time.{clock}()
        result = call(data)
        if time.{clock}() - start > 0.25:
            raise TimeoutError
        return result
    return timed
driver.load = load
"""

INSIDE: dict[str, str] = {
    "comparison outside": """
import driver
driver.rehearse = lambda: None
def compare(one, other):
    return one == other
driver.compare = compare
real_load = driver.load
def load(*given):
    call = real_load(*given)
    def judged(case):
        expected = case[1]
        result = call(case[0])
        return driver.compare(result, expected)
    return judged
driver.load = load
""",
    "plain encoding": """
import driver
driver.to_json = lambda result: repr(result).encode()
""",
    "printed text is data": """
import driver
printed = driver.Printed
driver.Printed = lambda limit, keep: printed(limit, True)
""",
    "the first answer counts": """
import time, channel
receive_reply = channel.Channel.receive_reply
def last_reply(self, clock, output_bytes):
    reply = receive_reply(self, clock, output_bytes)
    time.sleep(0.2)
    while self._readable.poll(0):
        reply = receive_reply(self, clock, output_bytes)
    return reply
channel.Channel.receive_reply = last_reply
""",
    "no hooks": """
import atexit, sys, driver
reply, failure = driver.reply, driver.failure
answered = []
def hooked(exc):
    answered.append(sys.excepthook is not sys.__excepthook__)
    sys.excepthook(type(exc), exc, exc.__traceback__)
    return failure(exc)
def last_things(*given):
    answered.append(atexit._ncallbacks() > 0)
    atexit._run_exitfuncs()
    if not any(answered):
        reply(*given)
    answered.clear()
driver.reply, driver.failure = last_things, hooked
""",
    "not a byte more": """
import channel
def receive_reply(self, clock, output_bytes):
    received = self._receive(clock)
    kind, size, printed = channel.REPLY.unpack_from(received)
    end = channel.REPLY.size + size
    return channel.Reply(kind, bytes(received[channel.REPLY.size:end]), bytes(received[end:end + printed]))
channel.Channel.receive_reply = receive_reply
""",
    "a death is a fact": """
import os, channel
receive = channel.Channel._receive
def no_death(self, *given):
    try:
        return receive(self, *given)
    except channel.Misbehaved as exc:
        if str(exc) == "died":
            os._exit(1)
        raise
channel.Channel._receive = no_death
""",
    "null descriptors": """
import jail
jail.forget_the_log = lambda: None
""",
    "fresh flags": """
import fcntl, supervisor
class NoFlags:
    F_SETFL = fcntl.F_SETFL
    fcntl = staticmethod(lambda *_: 0)
supervisor.fcntl = NoFlags
""",
    "closed descriptors": """
import os, jail
keep_only = jail._keep_only
def keep_all(*given):
    folder = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    os.dup2(folder, 40)
    closerange, os.closerange = os.closerange, lambda *_: None
    keep_only(*given)
    os.closerange = closerange
    for fd in range(5, 64):
        if fd != 40:
            try:
                os.close(fd)
            except OSError:
                pass
jail._keep_only = keep_all
""",
    "sigkill": """
import os, signal, supervisor
supervisor.Child.kill = lambda self: os.kill(self.pid, signal.SIGTERM)
""",
    "the end is waited for": """
import os, supervisor
bury = supervisor.Nursery.bury
supervisor.Nursery.bury = lambda self, child: bury(self, child) or True
""",
    "clock while loading": """
import channel, supervisor
exchange = channel.Channel.exchange
def lenient(self, message, clock, *given):
    if hasattr(self, "loaded"):
        return exchange(self, message, clock, *given)
    self.loaded = True
    limits, clock._limits = clock._limits, clock._limits._replace(cpu_ns=10**12, wall_ns=10**12)
    try:
        return exchange(self, message, clock, *given)
    finally:
        clock._limits = limits
        clock.lap()
channel.Channel.exchange = lenient
""",
    "clock outside": _OWN_CLOCK.format(clock="process_time"),
    "clock of all threads": _OWN_CLOCK.format(clock="thread_time"),
    "clean environment": "",  # see _unclean_environment
}


# ---- outside -----------------------------------------------------------------------------------------------------


def _naming(patch: pytest.MonkeyPatch, accepts: Callable[[Any], bool]) -> None:
    name = pipeline.name_verdict
    patch.setattr(pipeline, "name_verdict", lambda run, *more: Verdict.AC if accepts(run) else name(run, *more))


def _show_everything(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    patch.setattr(Group, "full_feedback", True)


def _exit_code_decides(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    _naming(patch, lambda run: run.exit_code == 0 or bool(run.failure and run.failure.code == 0))


def _printed_marks_count(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    _naming(patch, lambda run: "PASSED" in run.printed)


def _checking(patch: pytest.MonkeyPatch, check: Callable[[bytes, bytes], bool]) -> None:
    def checked(interface: Any, expected: bytes, output: bytes, *more: Any) -> str | None:
        return None if expected == output or check(expected, output) else "not the same"

    patch.setattr(checkers, "check", checked)


def _child_names_the_verdict(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    _checking(patch, lambda expected, output: output == b'{"verdict":"AC"}')
    _naming(patch, lambda run: run.ended == "protocol")


def _unpickled(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    _checking(patch, lambda expected, output: pickle.loads(output) == json.loads(expected))


def _loose_comparison(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    def same(expected: bytes, output: bytes) -> bool:
        one, other = json.loads(expected), json.loads(output)
        pairs = zip(one, other, strict=False) if isinstance(one, list) and isinstance(other, list) else [(one, other)]
        return all(map(operator.eq, *zip(*pairs, strict=True)))

    _checking(patch, same)


def _naive_tolerance(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    def near(expected: bytes, output: bytes) -> bool:
        (value,) = json.loads(output).values()
        return not abs(json.loads(expected) - float(value)) > 1e-6

    _checking(patch, near)


def _unguarded_decoding(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    def decode(expected: bytes, output: bytes) -> bool:
        try:
            value = json.loads(output.decode())
            return bool(str(value).encode() and value == json.loads(expected))
        except (ValueError, RecursionError) as exc:
            raise MachineFault(f"the judge failed: {exc}") from exc

    _checking(patch, decode)


def _lenient_decoding(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    _checking(patch, lambda expected, output: output.partition(b"\0")[0] == expected)


def _unguarded_failures(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    def decode(data: bytes) -> Any:
        try:
            return said._Said(**json.loads(data.decode()))
        except ValueError as exc:
            raise MachineFault(f"the judge failed: {exc}") from exc

    patch.setattr(said, "_said", decode)


def _text_expected(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    compare = default_validator.compare

    def decode_first(answer: bytes, output: bytes, *more: Any) -> str | None:
        try:
            output.decode()
        except UnicodeDecodeError as exc:
            raise MachineFault(f"the judge failed: {exc}") from exc
        return compare(answer, output, *more)

    patch.setattr(default_validator, "compare", decode_first)


def _any_exit_code_will_do(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    _naming(patch, lambda run: run.ended == "exited")


def _any_order(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    run = measuring.run

    def sorted_runs(problem: Any, source: Any, cases: Any, *more: Any) -> Any:
        result = run(problem, source, cases, *more)
        by_output = {one.output: one for one in result.runs}
        return replace(result, runs=[by_output.get(case.answer, result.runs[0]) for case in cases])

    patch.setattr(measuring, "run", sorted_runs)


def _compiled_outside(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    judge = pipeline.judge

    def compile_first(submission: Any, *more: Any) -> Any:
        try:
            compile(submission.source, "solution.py", "exec")
        except (MemoryError, RecursionError, SyntaxError) as exc:
            raise MachineFault(f"the judge failed: {type(exc).__name__}") from exc
        return judge(submission, *more)

    patch.setattr(pipeline, "judge", compile_first)


def _uncut(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    describe = said._COMPILE_ERRORS["syntax_error"]
    whole = setting.source
    patch.setitem(
        said._COMPILE_ERRORS, "syntax_error", lambda one: describe(one).model_copy(update={"text": whole * 2})
    )


def _limits(**changes: float) -> Weaken:
    def weaken(patch: pytest.MonkeyPatch, setting: Setting) -> None:
        setting.limits = setting.limits.model_copy(update=changes)

    return weaken


def _one_process(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    """All groups in one: what is kept in one is there in the next."""
    cases = tuple(case for group in setting.problem.groups for case in group.cases)
    setting.problem = replace(setting.problem, groups=(replace(setting.problem.groups[-1], cases=cases),))


def _same_interpreter(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    """An honest submission in the interpreter where the attack ran before."""
    setting.source += "\nhostile = square\n\n\ndef square(n):\n    hostile(3)\n    return n * n\n"


def _answers_sent_along(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    def with_answer(case: Any) -> Any:
        data = b"[%s,%s]" % (case.input, case.answer)
        return replace(case, input=data, answer=b"true", digest=str(hash(data)))

    groups = (replace(group, cases=tuple(map(with_answer, group.cases))) for group in setting.problem.groups)
    setting.problem = replace(setting.problem, groups=tuple(groups))


def _impatient_worker(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    """The worker gives a box up that does not answer: here after seconds, so that the test need not wait minutes."""
    receive = local.PipeStream.receive
    patch.setattr(local.PipeStream, "receive", lambda self, size, timeout_s: receive(self, size, min(timeout_s, 3.0)))


def _unclean_environment(patch: pytest.MonkeyPatch, setting: Setting) -> None:
    popen = local.subprocess.Popen
    secrets = {**os.environ, "JUDGE_WORKER_TOKEN": "secret"}
    patch.setattr(local.subprocess, "Popen", lambda command, **more: popen(command, **{**more, "env": secrets}))


OUTSIDE: dict[str, Weaken] = {
    "comparison outside": _answers_sent_along,
    "a result per case": _exit_code_decides,
    "printed text is data": _printed_marks_count,
    "verdict named outside": _child_names_the_verdict,
    "no unpickling": _unpickled,
    "strict comparison": _loose_comparison,
    "no NaN": _naive_tolerance,
    "decoding is guarded": _unguarded_decoding,
    "strict decoding": _lenient_decoding,
    "failures are guarded": _unguarded_failures,
    "any order": _any_order,
    "output as bytes": _text_expected,
    "exit code heeded": _any_exit_code_will_do,
    "redaction": _show_everything,
    "compiled in the box": _compiled_outside,
    "cut messages": _uncut,
    "cpu clock": _limits(cpu_time_s=20.0, wall_time_s=60.0),
    "wall clock": _limits(wall_time_s=60.0),
    "clock while loading": _limits(wall_time_s=60.0),
    "memory limit": _limits(memory_mib=2048, cpu_time_s=10.0, wall_time_s=60.0),
    "output limit": _limits(output_mib=64, cpu_time_s=10.0, wall_time_s=60.0),
    "a process per group": _one_process,
    "a process per submission": _same_interpreter,
    "fresh flags": _limits(),
    "sigkill": _impatient_worker,
    "clean environment": _unclean_environment,
}
WALLS = JAIL | set(INSIDE) | set(OUTSIDE)


# ---- a box, and what is seen -------------------------------------------------------------------------------------


def seen_without(walls: Iterable[str], setting: Setting, patch: pytest.MonkeyPatch, folder: Path) -> str:
    """What is seen of this submission in a local box where these walls are missing."""
    for wall in walls:
        if wall in OUTSIDE:
            OUTSIDE[wall](patch, setting)
    lines = [INSIDE[wall] for wall in walls if wall in INSIDE]
    if lines:
        _write_launcher(folder / "launcher.py", lines)
        patch.setattr(local, "INSIDE", folder)
    options = BoxOptions(get_language("python"), without=frozenset(walls) & JAIL)
    with closing(Boxes(lambda: local.start(options))) as boxes:  # without a canary: what lacks a wall is no sound box
        return _seen(setting, boxes)


def _seen(setting: Setting, boxes: Boxes) -> str:
    """As the attack check sees it, after the attack and an honest submission that must find a whole box."""
    try:
        report = attack_check.judge(setting.source, setting.problem, boxes, setting.limits)
        attack_check.judge(setting.problem.accepted[0].source, setting.problem, boxes, setting.limits)
    except MachineFault:
        return str(Verdict.JE)
    return attack_check.what_is_seen(report, setting.problem)


def _write_launcher(path: Path, lines: list[str]) -> None:
    inside = str(launched.INSIDE)
    text = "\n".join(lines)
    path.write_text(f"import sys\nsys.path.insert(0, {inside!r})\n{text}\nimport launcher\nsys.exit(launcher.main())\n")


__all__ = ["JAIL", "WALLS", "Setting", "seen_without"]
