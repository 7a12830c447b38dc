# attack: 55
# name: a process that leaves its session and lives on
# stopped by: the syscall filter: threads, but no processes
# without: seccomp
# then: AC
import os
import time


def square(n):
    if not os.fork():
        os.setsid()
        if not os.fork():
            time.sleep(0.2)
        os._exit(0)
    return n * n
