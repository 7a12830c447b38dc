"""A real launcher, in a process of its own, that is sent bytes: it only ends, and says why in a line."""

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
from typing import NamedTuple

from wire_mutation import frames, split
from wire_targets import LIMITS, MAX_MORE_KIB

from judge.languages import get_language
from judge.sandbox.launched import INSIDE, BoxOptions, launcher_config

_EXIT_BROKEN = 70
_TIMEOUT_S = 60


class Ended(NamedTuple):
    status: int
    log: str
    peak_kib: int


def ended_launcher(data: bytes) -> Ended:
    """What became of a launcher that was sent these bytes and then the end of the stream."""
    config = launcher_config(BoxOptions(get_language("python")), None, die_with_parent=True)
    command = [sys.executable, "-I", "-S", str(INSIDE / "launcher.py"), config]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log, cwd="/") as launcher,
    ):
        assert launcher.stdin
        with contextlib.suppress(BrokenPipeError):
            launcher.stdin.write(data)
            launcher.stdin.close()
        _, status, usage = os.wait4(launcher.pid, 0)
        launcher.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        return Ended(launcher.returncode, log.read().decode(), usage.ru_maxrss)


def launched_for_real(data: bytes) -> None:
    """As the target "launcher", with real children; only jobs that are over soon."""
    if not all(_is_soon_over(frame) for frame in frames(data[1:])):
        return
    ended = ended_launcher(data[1:])
    assert ended.status in (0, _EXIT_BROKEN), ended
    assert len(ended.log.splitlines()) == (ended.status == _EXIT_BROKEN), ended
    # A launcher's peak begins with that of the process that starts it.
    most_kib = MAX_MORE_KIB + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert ended.peak_kib < most_kib, ended


def _is_soon_over(frame: bytes) -> bool:
    try:
        header = json.loads(split(frame)[0])
        limits, cases, timeouts = header["limits"], header["cases"], header["max_timeouts"]
        return limits["wall_ns"] <= LIMITS.wall_time_s * 1e9 and len(cases) <= 10 and timeouts <= 3
    except (ValueError, RecursionError, LookupError, TypeError):
        return True  # it is no job
