"""Every system call, tried by its number in a jailed child: what is not on the list of language.yaml is denied.

Those on the list are tried with arguments that no call can do anything with. Left out are the few that would end or
derail the process all the same, and the ones whose answer depends on their arguments: there the filter itself is run,
by the BPF machine of test_seccomp.py.
"""

import errno
import json
import os
import signal

import pytest
from boxes import Caller, function

from judge.languages import get_language
from judge.sandbox.launched import INSIDE

NUMBERS: dict[str, int] = json.loads((INSIDE / "syscalls.json").read_text()).get(os.uname().machine, {})
NAMES = {number: name for name, number in NUMBERS.items()}
ALLOWED = set(get_language("python").syscalls)
NOT_TRIED = {
    "exit", "exit_group", "rt_sigreturn", "rseq",  # would end the process
    "clone", "open", "openat", "ioctl", "fcntl", "mmap", "socketpair", "clock_gettime", "clock_getres",
    "clock_nanosleep", "prlimit64", "sched_getaffinity",  # look at their arguments
}  # fmt: skip
NEVER_TOLD = {"sendmsg", "prctl"}  # see judge/inside/denials.py
# uretprobe and uprobe: newer kernels let no filter decide on them; they are of no use from elsewhere than a probe.
PROBES = (335, 336) if os.uname().machine == "x86_64" else ()
NUMBERS_TO_TRY = [number for number in (*range(500), 511, 600, 1023, 0xFFFF, 0x3FFFFFFF) if number not in PROBES]
TRIED = [number for number in NUMBERS_TO_TRY if NAMES.get(number) not in NOT_TRIED]
AT_A_TIME = 30  # after 32 denied calls a process is no longer told of
TRY = """
import ctypes
call = ctypes.CDLL(None, use_errno=True).syscall
nothing = [ctypes.c_long(-1)] * 6
found = []
for number in n:
    ctypes.set_errno(0)
    found.append(ctypes.get_errno() if call(ctypes.c_long(number), *nothing) == -1 else 0)
return found"""


@pytest.mark.parametrize("first", range(0, len(TRIED), AT_A_TIME))
def test_a_system_call_is_denied_unless_it_is_listed(box: Caller, first: int):
    numbers = TRIED[first : first + AT_A_TIME]
    run = box.one(function(TRY), json.dumps([numbers]).encode())
    assert run.ended == "ok", run
    answers = dict(zip(numbers, json.loads(run.output), strict=True))
    denied = [number for number in numbers if NAMES.get(number) not in ALLOWED | {"clone3"}]
    told = [NAMES.get(number, f"syscall {number}") for number in denied if NAMES.get(number) not in NEVER_TOLD]
    if box.box.info.backend == "local":
        assert [number for number, answer in answers.items() if answer == errno.EPERM] == denied
        assert list(run.denied) in ([], told)
    else:  # a container has a filter of its own: what that denies as well is not told, and may be called unknown
        assert {answers[number] for number in denied} <= {errno.EPERM, errno.ENOSYS}
        assert set(run.denied) <= set(told)
        assert errno.EPERM not in {answers[number] for number in numbers if number not in denied}
    assert answers.get(NUMBERS["clone3"], errno.ENOSYS) == errno.ENOSYS


def test_what_is_not_tried_is_listed():
    """So that nothing is left out here which might be missing there."""
    assert NOT_TRIED & set(NUMBERS) <= ALLOWED


@pytest.mark.parametrize("number", PROBES)
def test_a_system_call_of_the_kernels_own_probes_is_denied_or_deadly(box: Caller, number: int):
    run = box.one(function(TRY), json.dumps([[number]]).encode())
    failed = run.output in (b"[%d]" % errno.EPERM, b"[%d]" % errno.ENXIO)
    assert failed or (run.ended, run.signal) == ("died", signal.SIGILL)


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x32 belongs to x86-64")
@pytest.mark.parametrize("number", [0x40000000, 0x40000000 + 59, 0x40000000 + 520, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_a_number_of_another_kind_kills(box: Caller, number: int):
    run = box.one(function("import ctypes\nreturn ctypes.CDLL(None).syscall(ctypes.c_long(n))"), b"[%d]" % number)
    assert (run.ended, run.signal) == ("died", 31)
