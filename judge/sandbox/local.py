"""Boxes without a container: the same launcher and jail as a plain process of this machine.

The zero-setup default where no Docker daemon answers. Every wall of the jail stands as far as this user can build it
(BoxInfo.walls says which); the outer wall, the container, is missing, and everything that shows the backend says so.
"""

import contextlib
import select
import subprocess
import sys
import tempfile
import time
from typing import IO

from judge.errors import BoxBroken, BoxUnavailable
from judge.sandbox.launched import (
    ENVIRONMENT,
    INSIDE,
    BoxOptions,
    LaunchedBox,
    launcher_config,
    timeout_decorator_folder,
)

_CHUNK = 1 << 18  # a read takes memory for all it asks for, and what is announced need not come
NOTE = "local: the jail without the container around it"


def start(options: BoxOptions) -> LaunchedBox:
    """Start a launcher as a child of this process; it dies with it."""
    folder = timeout_decorator_folder()
    config = launcher_config(options, str(folder) if folder else None, die_with_parent=True)
    log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the box
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(INSIDE / "launcher.py"), config],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={"PATH": "/usr/bin:/bin", **ENVIRONMENT},
            cwd="/",
            start_new_session=True,  # a Ctrl-C at the terminal is the worker's to handle
        )
    except OSError as exc:
        raise BoxUnavailable(f"The launcher cannot be started: {exc}.", "Run `judge doctor`.") from exc
    assert process.stdin and process.stdout
    stream = PipeStream(process.stdin, process.stdout, log)

    def stop() -> None:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, log):
            assert pipe
            with contextlib.suppress(BrokenPipeError):  # what was not yet written is of no use to the dead
                pipe.close()

    return LaunchedBox("local", None, stream, stop)


class PipeStream:
    """A launcher's stdin and stdout."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes], log: IO[bytes]) -> None:
        self._stdin, self._stdout, self._log = stdin, stdout, log
        self._readable = select.poll()
        self._readable.register(stdout, select.POLLIN)

    def send(self, data: bytes) -> None:
        try:
            self._stdin.write(data)
            self._stdin.flush()
        except (BrokenPipeError, ValueError) as exc:
            raise BoxBroken(f"the launcher is gone{self._last_words()}") from exc

    def receive(self, size: int, timeout_s: float) -> bytes:
        data, deadline = bytearray(), time.monotonic() + timeout_s
        while len(data) < size:
            left_s = deadline - time.monotonic()
            if left_s < 0 or not self._readable.poll(left_s * 1000):
                raise BoxBroken(f"the launcher did not answer within {timeout_s:.0f} s")
            try:
                piece = self._stdout.read1(min(_CHUNK, size - len(data)))  # type: ignore[attr-defined]
            except ValueError as exc:
                raise BoxBroken("the box was closed while a program ran") from exc
            if not piece:
                raise BoxBroken(f"the launcher ended{self._last_words()}")
            data += piece
        return bytes(data)

    def _last_words(self) -> str:
        try:
            self._log.seek(0)
            words = self._log.read(1 << 20)[-500:].decode("utf-8", "replace").strip().rpartition("\n")[2]
        except ValueError:
            words = ""
        return f": {words}" if words else ""
