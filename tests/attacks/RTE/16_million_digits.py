# attack: 16
# name: a number of a million digits
# stopped by: a number is decoded only up to a size
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
    rest = [answer(b"R", b"9" * 1_000_000)]

    def send(*_):
        data = memoryview(rest[0])
        while data:
            data = data[os.write(3, data) :]

    take_over(send)
    return n
