# attack: 8
# name: an excepthook that answers in place of the exception
# stopped by: no hook of the interpreter runs after the answer: the driver catches, answers and leaves by _exit
# without: no hooks
# then: AC
import os
import struct
import sys


def square(n):
    def hook(*_):
        better = str(n * n).encode()
        os.write(3, struct.pack(">cII", b"R", len(better), 0) + better)

    sys.excepthook = hook
    raise ValueError
