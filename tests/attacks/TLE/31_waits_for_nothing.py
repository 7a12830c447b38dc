# attack: 31
# name: a select that nothing will end
# stopped by: a monotonic clock outside; SIGKILL
# without: wall clock
# then: AC
import select


def square(n):
    if n == 7:
        select.select([], [], [], 2.5)
    return n * n
