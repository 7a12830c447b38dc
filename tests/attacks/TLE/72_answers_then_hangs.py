# attack: 72
# name: the right answers, and then no end
# stopped by: a child must end when nothing more comes
# without: the end is waited for
# then: AC
import os
import struct
import sys
import time


def take_over(reply):
    """Put this function where the driver sends its answers."""
    frame = sys._getframe()
    while frame.f_code.co_name != "main":
        frame = frame.f_back
    frame.f_globals["reply"] = reply


def answer(kind, payload):
    return struct.pack(">cII", kind, len(payload), 0) + payload


def square(n):
    def reply(*_):
        os.write(3, answer(b"R", str(n * n).encode()))
        if n == 271828182:
            time.sleep(60)

    take_over(reply)
    return n
