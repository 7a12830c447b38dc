"""The inner wall: what a child gives up, for ever, before it sees a byte of foreign code.

    root (in the container, or locally as root)          without root (local only)
    own uid and gid, never used before in this box       -
    chroot into the standard library: no /proc,          Landlock: nothing but the standard library
      no launcher, no /etc, nowhere to write               can be opened
    no capabilities (they go with uid 0)                 (had none)
    both: descriptors closed, resource limits, no new privileges, syscall allow-list

The chroot needs no tree of its own: the folder of Python's standard library *is* the new root, so a late `import`
still works and there is nothing else to see. Landlock says nothing of `stat`: without root a submission can learn
that a file exists, not what is in it. What a launcher could not build it reports as missing, and the worker says so.
"""

import _socket
import ctypes
import os
import resource
import signal
import struct
import sys
import sysconfig
from typing import Final, NamedTuple

import seccomp

# At most this many threads, files and bytes whatever the problem allows; the memory limit is set when the job is known.
_MAX_THREADS: Final = 128
_MAX_FILES: Final = 64
STACK_BYTES: Final = 512 << 20
_CHANNEL, _STDIO = 3, 4  # the descriptors of every child, beside the null device at 0 to 2
JAILED: Final = b"J"  # a child's first word, before which nobody hears of it
_INHERITED_LIMITS: Final = (
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, _MAX_FILES),
    (resource.RLIMIT_MEMLOCK, 0),
)
# gVisor lets nobody set this one, nor is it needed: the filter lets nobody make a message queue.
_LIMITS_WHERE_SETTABLE: Final = ((resource.RLIMIT_MSGQUEUE, 0),)

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_LANDLOCK_VERSION_FLAG, _LANDLOCK_PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# Every filesystem right of Landlock ABI 1 to 5; what is handled and not granted is refused.
_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}


_libc = ctypes.CDLL(None, use_errno=True)
_prctl, _syscall = _libc.prctl, _libc.syscall


class Jail(NamedTuple):
    """What the launcher prepares once, so that a child need only step inside."""

    filter: seccomp.Filter
    stdlib: str
    as_root: bool
    landlock_fd: int | None
    walls: tuple[str, ...]


def prepare(allowed_syscalls: list[str], without: frozenset[str] = frozenset()) -> Jail:
    """Compile the filter and see which walls this machine and this user can build.

    `without` takes single walls away. Only tests use it: an attack must be seen to bite where its wall is missing.
    """
    as_root = os.geteuid() == 0
    stdlib = sysconfig.get_path("stdlib")
    walls = {"rlimits", "seccomp"} | ({"uid", "chroot"} if as_root else set())
    landlock_fd = None if as_root else _landlock_ruleset(stdlib)
    if landlock_fd is not None:
        walls.add("landlock")
    return Jail(
        seccomp.Filter(allowed_syscalls),
        stdlib,
        as_root,
        landlock_fd,
        tuple(sorted(walls - without)),
    )


def enter(jail: Jail, uid: int, channel: int, stdio: int) -> tuple[int, int]:
    """Lock this process up and say so; returns the numbers of the channel and of the socket for a program's streams.

    Where a wall cannot be built the process says why, and ends: nothing foreign ever runs in it.
    """
    says = channel
    try:
        _keep_only(channel, stdio, jail.landlock_fd)
        says = _CHANNEL
        _give_up(jail, uid)
        _close_the_door(jail)
    except BaseException as exc:
        os.write(says, described(exc).encode())
        os._exit(70)
    return _CHANNEL, _STDIO


def described(exc: BaseException) -> str:
    """For the operator."""
    return f"{type(exc).__name__}: {exc}"


def _give_up(jail: Jail, uid: int) -> None:
    """Everything but the filter. Descriptors are gone already: /proc may have been needed for them.

    Root's powers go before the filter forbids using them.
    """
    if "rlimits" in jail.walls:
        _limit_what_the_zygote_needs()
    if "chroot" in jail.walls:
        os.chroot(jail.stdlib)
        os.chdir("/")
    if "uid" in jail.walls:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    _prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # after setuid, which clears it
    if "landlock" in jail.walls and _syscall(_LANDLOCK_RESTRICT_SELF, jail.landlock_fd, 0):
        raise OSError(ctypes.get_errno(), "Landlock refused the rules")
    if jail.landlock_fd is not None:
        os.close(jail.landlock_fd)


def _close_the_door(jail: Jail) -> None:
    """Install the filter and say "jailed" over the channel; with the word goes the listener that denied calls ask.

    Nobody answers before the listener has arrived, so nothing that the filter denies may be done here.
    """
    says = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, _CHANNEL)
    listener = jail.filter.install() if "seccomp" in jail.walls else None
    if listener is None:
        says.send(JAILED)
    else:
        rights = (_socket.SOL_SOCKET, _socket.SCM_RIGHTS, struct.pack("@i", listener))
        says.sendmsg([JAILED], [rights])
        os.close(listener)
        jail.filter.finish()
    says.detach()


def prepare_zygote(jail: Jail) -> None:
    """Do once, in the zygote, what its children inherit: limits, no new privileges, and where modules will be found."""
    if "chroot" in jail.walls:
        sys.path[:] = ["/", "/lib-dynload"]
        sys.path_importer_cache.clear()
        for module in [one for one in sys.modules.values() if hasattr(one, "__path__")]:
            module.__path__ = [path.removeprefix(jail.stdlib) for path in module.__path__]
    hard_stack = resource.getrlimit(resource.RLIMIT_STACK)[1]
    stack = STACK_BYTES if hard_stack == resource.RLIM_INFINITY else min(STACK_BYTES, hard_stack)
    resource.setrlimit(resource.RLIMIT_STACK, (stack, hard_stack))
    if "rlimits" in jail.walls:
        for which, limit in _INHERITED_LIMITS:
            resource.setrlimit(which, (limit, limit))
        for which, limit in _LIMITS_WHERE_SETTABLE:
            try:
                resource.setrlimit(which, (limit, limit))
            except ValueError:
                pass
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _be_first_to_go()


def limit_memory(memory_mib: int) -> None:
    """Cap the address space for a job of this memory limit.

    Twice the limit and a margin for mapped libraries and thread stacks: the verdict comes from the peak the kernel
    measured, so a program a little over its limit shall live to be measured, and a bomb shall not live long.
    """
    space = (2 * memory_mib + 192) << 20
    resource.setrlimit(resource.RLIMIT_AS, (space, space))


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that started it is gone."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def forget_the_log() -> None:
    """Standard error becomes the null device too: no flood and no forged message reaches the launcher's log."""
    os.dup2(1, 2)


def _keep_only(channel: int, stdio: int, landlock_fd: int | None) -> None:
    """Close every descriptor but 0 to 2 (the null device), the two sockets (become 3 and 4) and the Landlock rules."""
    spare = os.dup(stdio)  # out of the way: either number may be the other's
    os.dup2(channel, _CHANNEL, inheritable=False)
    os.dup2(spare, _STDIO, inheritable=False)
    if landlock_fd is None:
        os.closerange(_STDIO + 1, 1 << 20)
    else:
        os.closerange(_STDIO + 1, landlock_fd)
        os.closerange(landlock_fd + 1, 1 << 20)


def _limit_what_the_zygote_needs() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # its standard error may be a file
    if os.geteuid() == 0:  # counted per uid over the whole machine: fair only where the uid is the child's own
        resource.setrlimit(resource.RLIMIT_NPROC, (_MAX_THREADS, _MAX_THREADS))


def _be_first_to_go() -> None:
    """Where memory runs out all the same, the kernel shall take a child and not the supervisor, which holds more."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("1000")
    except OSError:
        pass  # not every kernel lets itself be told; what is left is the address space


def _landlock_ruleset(folder: str) -> int | None:
    """Rules that let nothing be opened but what lies below the folder; None where the kernel has no Landlock."""
    abi = _syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION_FLAG)
    if abi < 1:
        return None
    handled = (1 << _RIGHTS_BY_ABI.get(abi, max(_RIGHTS_BY_ABI.values()))) - 1
    ruleset: int = _syscall(_LANDLOCK_CREATE_RULESET, struct.pack("@Q", handled), 8, 0)
    if ruleset < 0:
        return None
    folder_fd = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    rule = struct.pack("@Qi", _READ_FILE | _READ_DIR, folder_fd)
    refused = _syscall(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_PATH_BENEATH, rule, 0)
    os.close(folder_fd)
    if refused:
        os.close(ruleset)
        return None
    return ruleset
