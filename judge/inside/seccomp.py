"""The syscall wall: an allow-list of names becomes a BPF program.

The filter's shape: wrong architecture or an x32 number kills the process; an allowed number runs, some only with
harmless arguments; everything else answers EPERM, so that an honest program gets an exception it can print and a
hostile one gets nothing. Where the kernel can (5.0 and later), it first asks the supervisor (denials.py), which answers
the same and notes what was tried. The search for the number is a balanced tree: when a filter is installed, the kernel
runs it once per syscall number to build its cache, and a linear list made that the dearest step of a child's start.

Does not promise: to guard what an allowed syscall does with a *pointer* (BPF cannot follow one).
Sources: seccomp(2), Linux Documentation/userspace-api/seccomp_filter.rst.
"""

import ctypes
import errno
import json
import os
import struct
from collections.abc import Callable, Iterable, Iterator

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000

_LOAD, _JEQ, _JGE, _JSET, _RET = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _ALLOW, _ERRNO, _ASK = 0x80000000, 0x7FFF0000, 0x00050000, 0x7FC00000
_OFFSET_NR, _OFFSET_ARCH, _OFFSET_ARGS = 0, 4, 16

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_SET_MODE_FILTER, _NEW_LISTENER = 1, 1 << 3
# What a child still needs behind the asking filter: to hand over the descriptor, and to install the last filter.
_LAST_STEPS = ("sendmsg", "prctl")

_CLONE_THREAD = 0x00010000
_WRITABLE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | 0o20000000  # the last: __O_TMPFILE
_TCGETS, _FIONBIO, _FIONCLEX, _FIOCLEX = 0x5401, 0x5421, 0x5450, 0x5451
_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030
_MAP_SHARED = 0x01
_ANOTHERS_CLOCK = 0x80000000  # a negative number is made of another's process id
_NOT_A_STREAM = 0x0E  # of the types of socket, SOCK_STREAM alone is 1
_ANY_BIT = 0xFFFFFFFF

_libc = ctypes.CDLL(None, use_errno=True)
_prctl, _syscall = _libc.prctl, _libc.syscall

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


class Unsupported(Exception):
    """Raised when this machine's architecture has no syscall table here."""


def compile_filter(allowed: Iterable[str], machine: str = os.uname().machine) -> bytes:
    """The BPF program for this machine that lets only the named syscalls through.

    Names this architecture does not know (`open` on aarch64) are left out: what does not exist needs no permission.
    Raises Unsupported for an architecture without a table, KeyError for a name that no table knows.
    """
    tables = _tables()
    if machine not in tables:
        raise Unsupported(f"no syscall table for {machine}; known: {', '.join(sorted(tables))}")
    known = set().union(*tables.values())
    names = set(allowed)
    if unknown := names - known:
        raise KeyError(f"unknown syscall: {', '.join(sorted(unknown))}")
    table = tables[machine]
    actions = {table[name]: _action(name) for name in names if name in table}
    if "clone3" in table:
        # Its flags lie behind a pointer; ENOSYS makes the C library fall back to clone, whose flags we can see.
        actions[table["clone3"]] = [_ret(_ERRNO | errno.ENOSYS)]
    program = [
        (_LOAD, 0, 0, _OFFSET_ARCH),
        (_JEQ, 1, 0, _AUDIT_ARCH[machine]),
        _ret(_KILL),
        (_LOAD, 0, 0, _OFFSET_NR),
        (_JGE, 0, 1, _X32_BIT),
        _ret(_KILL),
        *_tree(list(_ranges(actions))),
    ]
    return _packed(program)


def compile_asking(allowed: Iterable[str], machine: str = os.uname().machine) -> tuple[bytes, bytes]:
    """The same wall in two programs, the second to be installed when the first one's listener is handed over.

    The first asks the listener where the plain one answers EPERM, and lets through what the last steps need; the
    second takes that away again.
    """
    plain = compile_filter({*allowed, *_LAST_STEPS}, machine)
    refused = _ret(_ERRNO | errno.EPERM)
    asking = [_ret(_ASK) if one == refused else one for one in struct.iter_unpack("=HBBI", plain)]
    table = _tables()[machine]
    steps = [(_JEQ, len(_LAST_STEPS) - place, 0, table[name]) for place, name in enumerate(_LAST_STEPS)]
    return _packed(asking), _packed([(_LOAD, 0, 0, _OFFSET_NR), *steps, _ret(_ALLOW), refused])


class Filter:
    """The wall, laid out once in memory so that a child need only hand addresses to the kernel.

    Needs no-new-privileges; OSError when the kernel refuses.
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        names = tuple(allowed)
        asking, last = compile_asking(names)
        self._plain, self._asking, self._last = map(_Program, (compile_filter(names), asking, last))
        self._seccomp = _tables()[os.uname().machine]["seccomp"]

    def install(self) -> int | None:
        """Put this process, for ever, behind the wall; a listener that must be handed over, and then `finish` called.

        None where the kernel has no listeners, or another program listens already: then the wall is finished, and mute.
        """
        listener: int = _syscall(self._seccomp, _SET_MODE_FILTER, _NEW_LISTENER, self._asking.header)
        if listener >= 0:
            return listener
        self._plain.install()
        return None

    def finish(self) -> None:
        """Take away what only the handing over needed."""
        self._last.install()


class _Program:
    def __init__(self, program: bytes) -> None:
        self._program = ctypes.create_string_buffer(program, len(program))
        self.header = struct.pack("@HP", len(program) // 8, ctypes.addressof(self._program))

    def install(self) -> None:
        if _prctl(_PR_SET_SECCOMP, _MODE_FILTER, self.header, 0, 0):
            raise OSError(ctypes.get_errno(), "the kernel refused the syscall filter")


def _packed(program: Iterable[Instruction]) -> bytes:
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def _action(name: str) -> list[Instruction]:
    """What a permitted syscall may do: most anything, a few only with these arguments."""
    rule = _RULES.get(name)
    return rule() if rule else [_ret(_ALLOW)]


def _argument(index: int) -> Instruction:
    return (_LOAD, 0, 0, _OFFSET_ARGS + 8 * index)  # low half: the flags all fit 32 bits


def _only_if_set(index: int, mask: int) -> list[Instruction]:
    return [_argument(index), (_JSET, 0, 1, mask), _ret(_ALLOW), _ret(_ERRNO | errno.EPERM)]


def _only_if_clear(index: int, mask: int) -> list[Instruction]:
    return [_argument(index), (_JSET, 1, 0, mask), _ret(_ALLOW), _ret(_ERRNO | errno.EPERM)]


def _only_if_one_of(index: int, values: tuple[int, ...]) -> list[Instruction]:
    tests = [(_JEQ, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [_argument(index), *tests, _ret(_ERRNO | errno.EPERM), _ret(_ALLOW)]


def _ret(action: int) -> Instruction:
    return (_RET, 0, 0, action)


# Beyond the plain: who may only read, who may only speak of itself, and why.
_RULES: dict[str, Callable[[], list[Instruction]]] = {
    "clone": lambda: _only_if_set(0, _CLONE_THREAD),  # threads yes, processes no
    "open": lambda: _only_if_clear(1, _WRITABLE),
    "openat": lambda: _only_if_clear(2, _WRITABLE),
    # what Python asks of what it opens: is it a terminal, shall it be closed on exec, may it block
    "ioctl": lambda: _only_if_one_of(1, (_TCGETS, _FIONBIO, _FIOCLEX, _FIONCLEX)),
    # not who gets a signal (F_SETOWN reaches every process of the same user), no locks, no larger pipes
    "fcntl": lambda: _only_if_one_of(1, (_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC)),
    # shared pages can be given back and yet keep what they hold: memory that no figure of the process shows
    "mmap": lambda: _only_if_clear(3, _MAP_SHARED),
    # another kind of socket pair can send to any name
    "socketpair": lambda: _only_if_clear(1, _NOT_A_STREAM),
    "clock_gettime": lambda: _only_if_clear(0, _ANOTHERS_CLOCK),
    "clock_getres": lambda: _only_if_clear(0, _ANOTHERS_CLOCK),
    "clock_nanosleep": lambda: _only_if_clear(0, _ANOTHERS_CLOCK),
    "prlimit64": lambda: _only_if_clear(0, _ANY_BIT),  # process 0 is oneself
    "sched_getaffinity": lambda: _only_if_clear(0, _ANY_BIT),
}


def _ranges(actions: dict[int, list[Instruction]]) -> Iterator[tuple[int, list[Instruction]]]:
    """(first number, action) of each run of numbers with the same action, from 0 upwards."""
    denied = [_ret(_ERRNO | errno.EPERM)]
    last = None
    for number in range(max(actions) + 2):
        action = actions.get(number, denied)
        if action != last:
            yield number, action
            last = action


def _tree(ranges: list[tuple[int, list[Instruction]]]) -> list[Instruction]:
    if len(ranges) == 1:
        return ranges[0][1]
    middle = len(ranges) // 2
    low, high = _tree(ranges[:middle]), _tree(ranges[middle:])
    if len(low) <= 255:
        return [(_JGE, len(low), 0, ranges[middle][0]), *low, *high]
    return [(_JGE, 0, 1, ranges[middle][0]), (0x05, 0, 0, len(low)), *low, *high]  # 0x05: jump always, 32-bit offset


def _tables() -> dict[str, dict[str, int]]:
    with open(os.path.join(os.path.dirname(__file__), "syscalls.json"), encoding="ascii") as file:
        tables: dict[str, dict[str, int]] = json.load(file)
    return tables
