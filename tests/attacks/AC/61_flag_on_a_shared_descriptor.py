# attack: 61
# name: a flag left on the null device, which the next submission would find
# stopped by: the null device's flags are reset before every child is used
# without: fresh flags
# then: WA
import fcntl
import os


def square(n):
    """Leave the flag in the last case of a group, and look for it in the first of the next."""
    left = [fd for fd in range(3) if fcntl.fcntl(fd, fcntl.F_GETFL) & (os.O_APPEND | os.O_NONBLOCK)]
    if n in (3, 918273645, 271828182):
        for fd in range(3):
            fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK)
    return -1 if left else n * n
