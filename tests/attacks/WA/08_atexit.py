# attack: 8
# name: an exit handler that answers in place of the function
# stopped by: no hook of the interpreter runs after the answer: the driver catches, answers and leaves by _exit
# without: no hooks
# then: AC
import atexit
import os
import struct


def square(n):
    def handler():
        better = str(n * n).encode()
        os.write(3, struct.pack(">cII", b"R", len(better), 0) + better)

    atexit.register(handler)
    return n + 5
