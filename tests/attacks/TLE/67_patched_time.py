# attack: 67
# name: every clock that Python has, stopped
# stopped by: the kernel's CPU clock of the whole process, read outside; SIGKILL
# without: clock outside
# then: AC
import time

spent = time.process_time_ns


def square(n):
    start = spent()
    for name in vars(time):
        if name.endswith(("time", "counter", "monotonic")):
            setattr(time, name, lambda: 0.0)
        elif name.endswith("_ns"):
            setattr(time, name, lambda: 0)
    while n == 7 and spent() - start < 1_000_000_000:
        pass
    return n * n
