# attack: 68
# name: the work done by threads, while the main one sleeps
# stopped by: the kernel's CPU clock of the whole process, read outside; SIGKILL
# without: clock of all threads
# then: AC
import threading
import time
import zlib


def work():
    data = bytes(1 << 20)
    while time.process_time() < 1.0:
        zlib.crc32(data)


def square(n):
    if n == 7:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return n * n
