# attack: 15
# name: the right answer with a NUL byte and more behind it
# stopped by: strict decoding outside
# without: strict decoding
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
    payload = str(n * n).encode() + b"\0and more"
    take_over(lambda *_: os.write(3, answer(b"R", payload)))
    return n
