"""The box for tests of everything above it: one plain process per case, behind no wall at all.

It implements the same interface as the real ones and passes the same contract suite, with nothing of theirs but the
language driver: no launcher, no zygote, no jail. So it isolates nothing, and only trusted sources may be run in it.
"""

import json
import os
import select
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

from judge.models import CompileError
from judge.sandbox import protocol
from judge.sandbox.base import BoxInfo, Ended, Input, Job, JobResult, RunResult
from judge.sandbox.launched import INSIDE, BoxOptions

_DRIVER = "import sys; sys.path.insert(0, sys.argv[1]); import driver; driver.main(int(sys.argv[2]))"
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
        for given in job.inputs:
            if sum(run.ended in ("cpu_limit", "wall_limit") for run in runs) >= job.max_timeouts:
                break
            outcome = _Case(job, given).run()
            if isinstance(outcome, CompileError):
                return JobResult(compile_error=outcome)
            runs.append(outcome)
        return JobResult(runs)

    def close(self) -> None:
        pass


def start(options: BoxOptions) -> FakeBox:
    return FakeBox()


class _Over(Exception):
    """The case ended before its reply; the text is a RunResult's `ended`."""


class _Case:
    """One process for one case."""

    def __init__(self, job: Job, given: Input) -> None:
        self._job, self._given = job, given
        self._ours, theirs = socket.socketpair()
        command = [sys.executable, "-I", "-S", "-c", _DRIVER, str(INSIDE), str(theirs.fileno())]
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        theirs.close()
        self._clock = (~self._process.pid << 3) | 2

    def run(self) -> RunResult | CompileError:
        ended: Ended = "ok"
        payload, printed, kind = b"", b"", b""
        self._before_s, self._start_s = time.clock_gettime(self._clock), time.monotonic()
        try:
            kind, payload, printed = self._exchange(json.dumps(self._setup()).encode())
            if kind == b"L":
                kind, payload, more = self._exchange(self._given.data)
                printed += more
            ended = "ok" if kind == b"R" else "failed"
        except _Over as exc:
            ended = str(exc)  # type: ignore[assignment]
        except ConnectionError:
            ended = "died"
        wall_s = time.monotonic() - self._start_s
        peak_memory_kib = self._peak_memory_kib()
        if ended not in ("ok", "failed", "died"):
            self._process.kill()
        self._ours.close()
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        if ended == "failed":
            loading = protocol.load_failed(payload.decode(), "")
            if loading.compile_error:
                return loading.compile_error
        died = self._process.returncode if ended == "died" else None
        return RunResult(
            ended=ended,
            cpu_time_s=max(0.0, usage.ru_utime + usage.ru_stime - self._before_s),
            wall_time_s=wall_s,
            peak_memory_kib=peak_memory_kib,
            output=payload if ended == "ok" else b"",
            printed=printed.decode("utf-8", "replace"),
            failure=protocol.failure_of(payload) if ended == "failed" else None,
            exit_code=died if died is not None and died >= 0 else None,
            signal=-died if died is not None and died < 0 else None,
        )

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
            "memory_mib": limits.memory_mib,
            "output_limit": limits.output_mib << 20,
            "show": self._job.show,
            "soft_limit_s": None,
        }

    def _exchange(self, message: bytes) -> tuple[bytes, bytes, bytes]:
        self._ours.sendall(_LENGTH.pack(len(message)) + message)
        kind, size, printed_size = _REPLY.unpack(self._read(_REPLY.size))
        if kind != b"F" and size > self._job.limits.output_mib << 20:
            raise _Over("output_limit")
        return kind, self._read(size), self._read(printed_size)

    def _read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            if select.select([self._ours], [], [], _LOOK_EVERY_S)[0]:
                piece = self._ours.recv(size - len(data))
                if not piece:
                    raise ConnectionError
                data += piece
            limits = self._job.limits
            if time.clock_gettime(self._clock) - self._before_s > limits.cpu_time_s:
                raise _Over("cpu_limit")
            if time.monotonic() - self._start_s > limits.wall_time_s:
                raise _Over("wall_limit")
        return bytes(data)
