# attack: 44
# name: more descriptors than are allowed
# stopped by: a limit on open files
# without: rlimits
# then: AC
import os


def square(n):
    opened = [os.dup(0) for _ in range(200)]
    for fd in opened:
        os.close(fd)
    return n * n
