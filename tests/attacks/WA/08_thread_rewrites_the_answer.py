# attack: 8
# name: a thread that sends a better answer after the first
# stopped by: the first answer counts, and none follows it
# without: the first answer counts
# then: AC
import os
import struct
import threading
import time


def rewrite(n):
    time.sleep(0.05)
    better = str(n * n).encode()
    os.write(3, struct.pack(">cII", b"R", len(better), 0) + better)


def square(n):
    threading.Thread(target=rewrite, args=(n,)).start()
    return n + 5
