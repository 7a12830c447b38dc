# attack: 54
# name: a signal to all there are
# stopped by: a user of one's own, and the syscall filter
# without: seccomp, uid
# then: AC
import os


def square(n):
    os.kill(-1, 0)  # no signal, only the question whether it may be sent
    return n * n
