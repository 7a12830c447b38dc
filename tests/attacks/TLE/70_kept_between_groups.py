# attack: 70
# name: work spread over the groups, each within its time
# stopped by: a fresh process for every group of cases
# without: a process per group
# then: AC
import builtins
import time


def square(n):
    done = getattr(builtins, "done", 0.0)
    wanted = 0.75 if n == 12 else done + 0.15
    start = time.process_time()
    while done + time.process_time() - start < wanted:
        pass
    builtins.done = wanted
    return n * n
