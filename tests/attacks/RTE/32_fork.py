# attack: 32
# name: a fork bomb's first forks
# stopped by: the syscall filter: threads, but no processes
# without: seccomp
# then: AC
import os


def square(n):
    for _ in range(4):
        if not os.fork():
            os._exit(0)
    return n * n
