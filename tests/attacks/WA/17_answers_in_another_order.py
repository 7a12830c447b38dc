# attack: 17
# name: the right answers in another order
# stopped by: every answer is to the question that was asked
# without: any order
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
    if n in (1, 3):
        take_over(lambda *_: os.write(3, answer(b"R", str({1: 9, 3: 1}[n]).encode())))
    return n * n
