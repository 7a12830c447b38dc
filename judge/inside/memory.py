"""What the supervisor takes for a job it gives back after it, so that a box's last job finds as much as its first.

Two things would keep what was freed. Python lays up to 2,000 freed tuples of each size aside for later use, and one
that was made in one size and freed in another, as every `_replace` makes, is never used up; only a full collection lets
go of them. The C library keeps freed blocks for the next that is asked for, and how many depends on what came before.
Here it keeps them all while one job follows another, for new pages are the dearest part of a large result, and none
once no job has come for a while.
"""

import ctypes
import gc
from typing import Final

IDLE_MS: Final = 100  # without a job: longer than a worker that has the next one takes to send it
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # the numbers of mallopt(3)
_LARGEST_KEPT: Final = 32 << 20  # the most that mallopt takes; a larger block is mapped, and returned at once

_libc = ctypes.CDLL(None)
_tunable: Final = hasattr(_libc, "mallopt") and hasattr(_libc, "malloc_trim")  # musl keeps little by itself


def begin() -> None:
    """Call once, before the first job. Only for this process: a solution's memory is as it is everywhere."""
    gc.disable()  # its pauses would be on the submissions' clock
    gc.freeze()  # what is here now stays, and no collection need go through it
    if _tunable:
        _libc.mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT)
        _libc.mallopt(_M_TRIM_THRESHOLD, 2 * _LARGEST_KEPT)


def let_go() -> None:
    """After each job, when its result is sent: some ten microseconds."""
    gc.collect()


def give_back() -> None:
    """After a while without a job."""
    if _tunable:
        _libc.malloc_trim(0)
