# attack: 31
# name: sleep
# stopped by: a monotonic clock outside; SIGKILL
# without: wall clock
# then: AC
import time


def square(n):
    if n == 7:
        time.sleep(2.5)
    return n * n
