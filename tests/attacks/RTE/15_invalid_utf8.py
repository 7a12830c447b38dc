# attack: 15
# name: bytes that are no UTF-8
# stopped by: strict decoding outside, and what it raises is the program's fault
# without: decoding is guarded
# then: JE
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
    take_over(lambda *_: os.write(3, answer(b"R", b'"\xff\xfe\xc0"')))
    return n
