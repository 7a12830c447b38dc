"""The clean zygote: a process that knows nothing, so that what is forked from it knows nothing.

It is forked from the launcher before the launcher has read a byte, imports what solutions commonly use, and from then
on does three things: forks a child on request (jailed at once, so that a submission finds one waiting), reaps the dead,
and tells the supervisor of both. It never sees a source, an input or an output.

    supervisor -> zygote   b"F"  fork one
    zygote -> supervisor   b"C" pid, with the child's channel and the other end of its standard streams attached, and
                           the listener that its denied calls ask, where the kernel gives one
                           b"X" pid, wait status, peak memory (KiB), CPU time (ns)
                           b"E" why it can fork no more: then it only waits for its end
"""

import _signal  # the C modules: the others wrap each call in enums, which a child would pay for in copied pages
import _socket
import gc
import os
import select
import socket
import struct
from collections.abc import Iterator
from typing import NoReturn

import driver
import jail

CHILD = struct.Struct("=ci")
EXIT = struct.Struct("=ciiqq")
MAX_MESSAGE = 512
_FD_SPACE = _socket.CMSG_SPACE(struct.calcsize("@i"))

# Far above any real account where this user namespace maps that far; a rootless or remapped one stops at 65,536.
_HIGH_UIDS = range(1 << 30, 1 << 31)
_FIRST_LOW_UID = 1_000


class _Unable(Exception):
    """No more children can be had; the text is for the operator."""


def serve(commands: socket.socket, walls: jail.Jail, timeout_decorator: str | None) -> NoReturn:
    """Obey until the supervisor is gone; say why when that is no longer possible."""
    jail.die_with_parent()
    try:
        _obey(commands, walls, timeout_decorator)
    except ConnectionError:
        pass  # the supervisor is gone, with something unsaid or unheard
    except (_Unable, OSError, ValueError) as exc:
        _say_why(commands, str(exc) if isinstance(exc, _Unable) else f"no child can be had: {jail.described(exc)}")
    os._exit(0)


def _say_why(commands: socket.socket, reason: str) -> None:
    try:
        commands.send(b"E" + reason.encode()[: MAX_MESSAGE - 1])
        while commands.recv(1):
            pass  # an order that came too late; left unread it would be an error over there, in the reason's place
    except ConnectionError:
        pass


def _obey(commands: socket.socket, walls: jail.Jail, timeout_decorator: str | None) -> None:
    driver.preload(timeout_decorator)
    uids = _fresh_uids()
    driver.rehearse()
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(woken, False)
    _signal.signal(_signal.SIGCHLD, lambda *_: None)
    _signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    jail.prepare_zygote(walls)
    gc.collect()
    gc.freeze()  # what is here now is shared with every child: no collector shall touch, and so copy, its pages
    poll = select.poll()
    poll.register(commands, select.POLLIN)
    poll.register(woken, select.POLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd == woken:
                os.read(woken, 4096)
                _report_the_dead(commands)
                continue
            order = commands.recv(1)
            if not order:
                return
            _fork(commands, walls, next(uids))


def _fork(commands: socket.socket, walls: jail.Jail, uid: int) -> None:
    ours, theirs = _socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    our_stdio, their_stdio = _socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    pid = os.fork()
    if not pid:
        try:
            _signal.set_wakeup_fd(-1)
            _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
            channel, stdio = jail.enter(walls, uid, theirs.fileno(), their_stdio.fileno())
            jail.forget_the_log()
            driver.main(channel, stdio)
        finally:
            os._exit(70)  # whatever went wrong: a child never goes on as a zygote
    theirs.close()
    their_stdio.close()
    word, attached, _, _ = ours.recvmsg(MAX_MESSAGE, _FD_SPACE)
    if word != jail.JAILED:
        raise _Unable(f"a child could not be jailed: {word.decode('utf-8', 'replace') or 'it died'}")
    listener = b"".join(data for _, _, data in attached)
    fds = struct.pack("@ii", ours.fileno(), our_stdio.fileno()) + listener
    commands.sendmsg([CHILD.pack(b"C", pid)], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, fds)])
    ours.close()
    our_stdio.close()
    for (fd,) in struct.iter_unpack("@i", listener):
        os.close(fd)


def _report_the_dead(commands: socket.socket) -> None:
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        cpu_ns = round((usage.ru_utime + usage.ru_stime) * 1e9)
        commands.send(EXIT.pack(b"X", pid, status, usage.ru_maxrss, cpu_ns))


def _fresh_uids() -> Iterator[int]:
    """Numbers no child of this box has had. Starts at a random place, so that two boxes seldom meet.

    Ends with the range: the launcher then ends too, and the worker starts a new box.
    """
    mapped = _mapped_uids()
    uids = _HIGH_UIDS if mapped >= _HIGH_UIDS.stop else range(_FIRST_LOW_UID, mapped)
    if not uids:
        raise _Unable(f"this user namespace has only {mapped} uids, none of them for a child")
    first = int.from_bytes(os.urandom(4), "big") % len(uids)
    yield from uids[first:]
    yield from uids[:first]
    raise _Unable("every uid of this box has been used")


def _mapped_uids() -> int:
    """How many uids, from 0 on, exist in this user namespace."""
    with open("/proc/self/uid_map", encoding="ascii") as file:
        return max(int(line.split()[0]) + int(line.split()[2]) for line in file)
