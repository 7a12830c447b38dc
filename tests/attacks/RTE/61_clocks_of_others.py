# attack: 61
# name: the CPU clocks of other processes, which say that they are there and how busy
# stopped by: the syscall filter: clocks of one's own only
# without: seccomp
# then: AC
import os
import time


def square(n):
    time.clock_gettime(~os.getppid() << 3 | 2)
    return n * n
