# attack: 62
# name: all the threads a user may have, held
# stopped by: a user of its own for every child
# without: rlimits
# then: AC
import threading
import time


def square(n):
    threading.stack_size(1 << 16)
    for _ in range(200 if n == 7 else 0):
        threading.Thread(target=time.sleep, args=(0.5,), daemon=True).start()
    return n * n
