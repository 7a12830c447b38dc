"""The parts of the service, each a process with a log; whichever ends is started again, as an init system would."""

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leaks import descendants

_RESTART_AFTER_S = 0.5
ROOT = Path(__file__).parents[2]


@dataclass
class Part:
    """`before` runs before each start; `user`: whom it runs as, if not as we do."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    before: Callable[[], None] = lambda: None
    user: str | None = None
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Start it, and again whenever it has ended, until `stop`."""
        self._start()
        threading.Thread(target=self._watch, name=self.name, daemon=True).start()

    @property
    def pids(self) -> set[int]:
        """The process and all below it."""
        return {self.process.pid, *descendants(self.process.pid)} if self.process else set()

    def kill(self) -> None:
        """With all it started: nobody of them gets to say anything."""
        for pid in self.pids:
            kill(pid)

    def kill_only(self) -> None:
        """The process alone; what it started must notice by itself."""
        assert self.process
        kill(self.process.pid)

    def stop(self, seconds: float = 60) -> None:
        self._stopped.set()
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                self.process.wait()

    def _watch(self) -> None:
        while not self._stopped.wait(0.1):
            if self.process and self.process.poll() is not None and not self._stopped.wait(_RESTART_AFTER_S):
                with contextlib.suppress(OSError):  # a full disk, say: then again a moment later
                    self._start()

    def _start(self) -> None:
        self.before()
        as_user: dict[str, Any] = {}
        if self.user and os.geteuid() == 0:
            entry = pwd.getpwnam(self.user)
            as_user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=dict(self.environment), cwd=ROOT if not self.user else "/", stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, **as_user,
            )  # fmt: skip
        self.starts += 1


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(ready: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := ready()):
        if time.monotonic() > deadline:
            sys.exit(f"chaos: {what} within {seconds:.0f} s")
        time.sleep(0.1)
    return value
