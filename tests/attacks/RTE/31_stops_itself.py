# attack: 31
# name: SIGSTOP to itself
# stopped by: the syscall filter; where it could, SIGKILL reaches the stopped too
# without: seccomp
# then: TLE
import os
import signal


def square(n):
    if n == 7:
        os.kill(os.getpid(), signal.SIGSTOP)
    return n * n
