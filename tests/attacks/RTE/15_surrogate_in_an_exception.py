# attack: 15
# name: an exception whose message and traceback are no text
# stopped by: what a child says of a failure is optional, decoded strictly and cut
# without: failures are guarded
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
    take_over(lambda *_: os.write(3, answer(b"F", b'{"kind":"exception","message":"\xff\xfe"}')))
    raise ValueError(chr(0xDC80) + "\0")
