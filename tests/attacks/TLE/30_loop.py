# attack: 30
# name: a loop
# stopped by: the kernel's CPU clock of the whole process, read outside; SIGKILL
# without: cpu clock
# then: AC
import time


def square(n):
    while n == 7 and time.process_time() < 1.0:
        pass
    return n * n
