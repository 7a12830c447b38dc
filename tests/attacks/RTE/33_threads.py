# attack: 33
# name: a thread bomb
# stopped by: threads are counted by the child's own user
# without: rlimits
# then: AC
import threading


def square(n):
    stop = threading.Event()
    threading.stack_size(1 << 16)
    threads = [threading.Thread(target=stop.wait, daemon=True) for _ in range(300)]
    try:
        for thread in threads:
            thread.start()
    finally:
        stop.set()
    return n * n
