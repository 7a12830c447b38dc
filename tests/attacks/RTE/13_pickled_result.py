# attack: 13
# name: a pickle that computes when it is loaded, for a result
# stopped by: a result is JSON; nobody unpickles
# without: no unpickling
# then: AC
import operator
import os
import pickle
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


class Bomb:
    def __init__(self, n):
        self.n = n

    def __reduce__(self):
        return operator.mul, (self.n, self.n)


def square(n):
    payload = pickle.dumps(Bomb(n))
    take_over(lambda *_: os.write(3, answer(b"R", payload)))
    return n
