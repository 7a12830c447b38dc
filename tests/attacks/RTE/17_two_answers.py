# attack: 17
# name: two answers to one question
# stopped by: one message, one reply, and not a byte more
# without: not a byte more
# then: AC
import os
import struct
import sys


def take_over(reply):
    """Put this function where the driver sends its answers."""
    frame = sys._getframe()
    while frame.f_code.co_name != "main":
        frame = frame.f_back
    frame.f_globals["reply"] = reply


def answer(kind, payload):
    return struct.pack(">cII", kind, len(payload), 0) + payload


def square(n):
    right = answer(b"R", str(n * n).encode())
    take_over(lambda *_: os.write(3, right + right))
    return n
