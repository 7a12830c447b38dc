"""A call denied to a child that still waits for its job: nobody looks then, and yet it neither hangs nor is lost.

No foreign code can be there: it comes with the job. So the child of these tests is none of the zygote's but a process
of its own behind the real filter, that asks for a socket before it reads.
"""

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator

import inside
import pytest

from judge.languages import get_language

channel = inside.load("channel")
denials = inside.load("denials")
NUMBERS = json.loads((inside.FOLDER / "syscalls.json").read_text()).get(os.uname().machine, {})
LIMITS = channel.Limits(cpu_ns=10**10, wall_ns=2 * 10**10, output_bytes=1000, memory_mib=64)
EARLY = """
import ctypes, json, os, socket, sys
sys.path.insert(0, sys.argv[1])
import channel, seccomp
ours = socket.socket(fileno=int(sys.argv[2]))
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # no new privileges
wall = seccomp.Filter(json.loads(sys.argv[3]))
listener = wall.install()
if listener is None:
    sys.exit(3)
socket.send_fds(ours, [b"J"], [listener])
wall.finish()
os.close(listener)
error = 0
try:
    socket.socket()
except OSError as exc:
    error = exc.errno
if ours.recv(100):
    ours.send(channel.REPLY.pack(b"R", 1, 0) + bytes([error]))
os._exit(error)
"""


class Early:
    """A child that was denied a call before it has a job."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-c", EARLY, str(inside.FOLDER), str(theirs.fileno())]
        command.append(json.dumps(get_language("python").syscalls))
        with theirs:
            self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        _, fds, _, _ = socket.recv_fds(ours, 1, 1)
        if not fds:
            ours.close()
            self.process.wait()
            pytest.skip("this kernel or runtime has no listeners for denied calls")
        asked = select.poll()
        asked.register(fds[0], select.POLLIN)
        assert asked.poll(20_000)
        self.denials = denials.Denials(fds[0])
        self.channel = channel.Channel(ours.detach(), self.denials)


@pytest.fixture
def early() -> Iterator[Early]:
    made = Early()
    yield made
    made.denials.close()
    made.channel.close()
    made.process.kill()
    made.process.wait()


def test_it_is_answered_when_the_job_comes_and_told_of_the_first_case(early: Early):
    clock = channel.Clock(early.process.pid, LIMITS)
    reply = early.channel.exchange(b"job", clock, LIMITS.output_bytes)
    assert reply.payload == b"\1"  # EPERM
    assert early.denials.take() == (NUMBERS["socket"],)


def test_a_child_that_is_given_up_is_let_go(early: Early):
    early.denials.close()
    early.channel.close()
    assert early.process.wait(20) == 38  # ENOSYS: the kernel's own answer where nobody listens
