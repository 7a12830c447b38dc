# attack: 69
# name: the work done by a thread after the answer
# stopped by: a case's clock starts where the last one's ended
# without: clock of all threads
# then: AC
import threading
import time


def work(end):
    while time.process_time() < end:
        pass


def square(n):
    if n == 7:
        threading.Thread(target=work, args=(time.process_time() + 1.0,)).start()
    while n == 0 and threading.active_count() > 1:
        time.sleep(0.01)
    return n * n
