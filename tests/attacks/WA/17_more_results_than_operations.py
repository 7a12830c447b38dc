# attack: 17
# name: more results than there were operations
# problem: tally
# stopped by: values are the same when type and value are
# without: strict comparison
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


import json


class Tally:
    def __init__(self, start):
        self.results, self.sum = [None], start

    def add(self, n):
        self.sum += n
        self.results.append(None)

    def total(self):
        self.results.append(self.sum)
        more = json.dumps(self.results + self.results).encode()
        take_over(lambda *_: os.write(3, answer(b"R", more)))
        return self.sum
