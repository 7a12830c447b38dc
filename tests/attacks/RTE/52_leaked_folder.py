# attack: 52
# name: a folder outside, through a descriptor left open
# stopped by: every descriptor but the channel is closed
# without: closed descriptors
# then: AC
import os


def square(n):
    for fd in range(3, 64):
        try:
            if {"etc", "usr"} <= set(os.listdir(fd)):
                return n * n
        except OSError as exc:
            refused = exc
    raise refused
