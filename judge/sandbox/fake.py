"""The box for tests of everything above it: one plain process per case, behind no wall at all.

It implements the same interface as the real ones and passes the same contract suite, with nothing of theirs but the
language driver: no launcher, no zygote, no jail. So it isolates nothing, and only trusted sources may be run in it.
"""

import contextlib
import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from judge.models import CompileError
from judge.sandbox import said
from judge.sandbox.base import BoxInfo, Ended, Input, Job, JobResult, RunResult
from judge.sandbox.launched import INSIDE, BoxOptions

_DRIVER = "import sys; sys.path.insert(0, sys.argv[1]); import driver; driver.main(int(sys.argv[2]), int(sys.argv[3]))"
_LENGTH, _REPLY = struct.Struct(">I"), struct.Struct(">cII")
_LOOK_EVERY_S = 0.005


class FakeBox:
    """Runs sources in plain processes. `jobs` records what it was asked, for tests to look at."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    @property
    def info(self) -> BoxInfo:
        return BoxInfo("fake", (), f"Python {sys.version.split()[0]}")

    def run(self, job: Job) -> JobResult:
        self.jobs.append(job)
        runs: list[RunResult] = []
        for given, files in zip(job.inputs, job.files or [{}] * len(job.inputs), strict=True):
            if sum(run.ended in ("cpu_limit", "wall_limit") for run in runs) >= job.max_timeouts:
                break
            outcome = _Case(job, given.data, files).run()
            if isinstance(outcome, CompileError):
                return JobResult(compile_error=outcome)
            runs.append(outcome)
        return JobResult(runs)

    def talk(self, job: Job) -> "FakeTalk":
        self.jobs.append(job)
        return FakeTalk(_Case(job, None, job.files[0] if job.files else {}))

    def close(self) -> None:
        pass


def start(options: BoxOptions) -> FakeBox:
    return FakeBox()


class _Over(Exception):
    """The case ended before its reply; the text is a RunResult's `ended`."""


class _Case:
    """One process for one case. `data` None: a program whose streams somebody else feeds and drains."""

    def __init__(self, job: Job, data: bytes | None, files: Mapping[str, Input]) -> None:
        self._job, self._data, self._files = job, data, files
        self._is_program = job.entry["kind"] == "program"
        self._output = bytearray()
        self._ours, theirs = socket.socketpair()
        self.stdio, their_stdio = socket.socketpair()
        passed = [theirs.fileno(), their_stdio.fileno()]
        command = [sys.executable, "-I", "-S", "-c", _DRIVER, str(INSIDE), *map(str, passed)]
        self._process = subprocess.Popen(
            command, pass_fds=passed, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        theirs.close()
        their_stdio.close()
        self._clock = (~self._process.pid << 3) | 2

    def run(self) -> RunResult | CompileError:
        ended: Ended = "ok"
        payload, printed, kind = b"", b"", b""
        self._before_s, self._start_s = time.clock_gettime(self._clock), time.monotonic()
        try:
            kind, payload, printed = self._exchange(json.dumps(self._setup()).encode(), *self._file_contents())
            if kind == b"L":
                if self._is_program:
                    self._tell(b"begin")
                    kind, payload, more = self._stream()
                else:
                    assert self._data is not None
                    kind, payload, more = self._exchange(self._data)
                printed += more
            ended = "ok" if kind == b"R" else "failed"
        except _Over as exc:
            ended = str(exc)  # type: ignore[assignment]
        except ConnectionError:
            ended = "died"
        return self._finish(ended, payload, printed)

    def _finish(self, ended: Ended, payload: bytes, printed: bytes) -> RunResult | CompileError:
        wall_s = time.monotonic() - self._start_s
        peak_memory_kib = self._peak_memory_kib()
        if ended not in ("ok", "failed", "died"):
            self._process.kill()
        self._ours.close()
        _, status, usage = os.wait4(self._process.pid, 0)
        self.stdio.close()
        self._process.returncode = code = os.waitstatus_to_exitcode(status)
        if ended == "failed":
            loading = said.load_failed(payload.decode(), "")
            if loading.compile_error:
                return loading.compile_error
        if self._is_program and ended in ("ok", "died") and code >= 0:
            ended = "exited" if code else "ok"
        died = code if ended in ("died", "exited") else None
        kept = payload if self._job.entry.get("feedback") or not self._is_program else bytes(self._output)
        return RunResult(
            ended=ended,
            cpu_time_s=max(0.0, usage.ru_utime + usage.ru_stime - self._before_s),
            wall_time_s=wall_s,
            peak_memory_kib=peak_memory_kib,
            output=kept if ended in ("ok", "exited") else b"",
            printed=printed.decode("utf-8", "replace"),
            failure=said.failure_of(payload) if ended == "failed" else None,
            exit_code=died if died is not None and died >= 0 else None,
            signal=-died if died is not None and died < 0 else None,
        )

    def _file_contents(self) -> list[bytes]:
        return [given.data for given in self._files.values()] if self._is_program else []

    def _stream(self) -> tuple[bytes, bytes, bytes]:
        """Feed and drain a program until it has closed its output, then hear its last word."""
        if self._data is not None:
            feeder = threading.Thread(target=_feed, args=(self.stdio, self._data), daemon=True)
            feeder.start()
            while piece := self._read_some(self.stdio):
                self._output += piece
                if len(self._output) > self._job.limits.output_mib << 20:
                    raise _Over("output_limit")
        return self._reply()

    def _peak_memory_kib(self) -> int:
        """Asked while it lives: what wait4 says also counts the process that this one was started from."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)

    def _setup(self) -> dict[str, object]:
        limits = self._job.limits
        return {
            "source": self._job.source,
            "entry": self._job.entry,
            "files": list(self._files) if self._is_program else [],
            "memory_mib": limits.memory_mib,
            "output_limit": limits.output_mib << 20,
            "show": self._job.show,
            "soft_limit_s": None,
        }

    def _exchange(self, *messages: bytes) -> tuple[bytes, bytes, bytes]:
        for message in messages:
            self._tell(message)
        return self._reply()

    def _tell(self, message: bytes) -> None:
        self._ours.sendall(_LENGTH.pack(len(message)) + message)

    def _reply(self) -> tuple[bytes, bytes, bytes]:
        kind, size, printed_size = _REPLY.unpack(self._read(_REPLY.size))
        if kind != b"F" and size > self._job.limits.output_mib << 20:
            raise _Over("output_limit")
        return kind, self._read(size), self._read(printed_size)

    def _read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            piece = self._read_some(self._ours, size - len(data))
            if not piece:
                raise ConnectionError
            data += piece
        return bytes(data)

    def _read_some(self, source: socket.socket, size: int = 1 << 16) -> bytes:
        limits = self._job.limits
        while not select.select([source], [], [], _LOOK_EVERY_S)[0]:
            with contextlib.suppress(OSError):
                if time.clock_gettime(self._clock) - self._before_s > limits.cpu_time_s:
                    raise _Over("cpu_limit")
            if time.monotonic() - self._start_s > limits.wall_time_s:
                raise _Over("wall_limit")
        try:
            return source.recv(size)
        except ConnectionError:
            return b""


def _feed(target: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):  # it need not read all of it
        target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class FakeTalk:
    """A program in a plain process whose streams the caller holds."""

    def __init__(self, case: _Case) -> None:
        self._case, self._stdio = case, case.stdio
        self._outcome: RunResult | CompileError | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def send(self, data: bytes, end: bool = False) -> None:
        with contextlib.suppress(OSError):
            self._stdio.sendall(data)
            if end:
                self._stdio.shutdown(socket.SHUT_WR)

    def receive(self) -> bytes:
        try:
            return self._stdio.recv(1 << 16)
        except OSError:
            return b""

    def result(self) -> JobResult:
        self._thread.join()
        if isinstance(self._outcome, CompileError):
            return JobResult(compile_error=self._outcome)
        assert self._outcome
        return JobResult([self._outcome])

    def _run(self) -> None:
        self._outcome = self._case.run()
