# attack: 54
# name: a signal to the parent
# stopped by: a user of one's own, and the syscall filter
# without: seccomp, uid
# then: AC
import os
import signal


def square(n):
    os.kill(os.getppid(), signal.SIGCONT)
    return n * n
