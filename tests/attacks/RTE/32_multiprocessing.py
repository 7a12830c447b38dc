# attack: 32
# name: a pool of processes
# stopped by: the syscall filter: threads, but no processes
# without: seccomp
# then: AC
import os
from concurrent.futures import Future


def square(n):
    """What a process pool does first: a fork of itself."""
    result = Future()
    pid = os.fork()
    if not pid:
        os._exit(7)
    result.set_result(os.waitpid(pid, 0)[1] >> 8)
    return n * n if result.result() == 7 else n
