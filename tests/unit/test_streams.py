"""A box that always says something and never answers: whoever waits for it waits no longer than he was told to."""

import contextlib
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from judge.errors import BoxBroken
from judge.sandbox.docker import AttachedStream
from judge.sandbox.local import PipeStream
from judge.sandbox.protocol import Stream

_A_WHILE_S = 0.1
_STDOUT_BYTE, _STDERR_BYTE = b"\1\0\0\0\0\0\0\1.", b"\2\0\0\0\0\0\0\1."


@contextlib.contextmanager
def dripping(write: Callable[[bytes], object], drop: bytes) -> Iterator[None]:
    """Write the same again and again, until the end of the test."""
    stop = threading.Event()

    def drip() -> None:
        with contextlib.suppress(OSError):
            while not stop.wait(0.001):
                write(drop)

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def piped(drop: bytes) -> contextlib.AbstractContextManager[Stream]:
    @contextlib.contextmanager
    def started() -> Iterator[Stream]:
        reading, writing = os.pipe()
        with open(reading, "rb") as stdout, open(writing, "wb", buffering=0) as end, tempfile.TemporaryFile() as log:
            with dripping(end.write, drop):
                yield PipeStream(log, stdout, log)

    return started()


def attached(drop: bytes) -> contextlib.AbstractContextManager[Stream]:
    @contextlib.contextmanager
    def started() -> Iterator[Stream]:
        ours, theirs = socket.socketpair()
        with ours, theirs, dripping(theirs.send, drop):
            yield AttachedStream(ours)

    return started()


@pytest.mark.parametrize(
    "stream",
    [lambda: piped(b"."), lambda: attached(_STDOUT_BYTE), lambda: attached(_STDERR_BYTE)],
    ids=["an answer without end", "an answer without end, from a container", "a log without end"],
)
def test_what_never_ends_is_not_waited_for(stream: Callable[[], contextlib.AbstractContextManager[Stream]]):
    with stream() as one:
        began = time.monotonic()
        with pytest.raises(BoxBroken, match="did not answer"):
            one.receive(1 << 30, _A_WHILE_S)
        assert time.monotonic() - began >= _A_WHILE_S


@pytest.mark.parametrize("stream", [lambda: piped(b"."), lambda: attached(_STDOUT_BYTE)], ids=["pipe", "container"])
def test_what_comes_in_time_is_put_together(stream: Callable[[], contextlib.AbstractContextManager[Stream]]):
    with stream() as one:
        assert one.receive(20, 60) == b"." * 20
