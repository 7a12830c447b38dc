# attack: 71
# name: a file of the runtime, overwritten
# stopped by: the standard library belongs to root, who is not there; no writable open
# without: seccomp, uid
# then: AC
import os


def square(n):
    path = f"{os.path.dirname(os.__file__)}/heapq.py"
    with open(path, "r+b") as file:
        first = file.read(1)
        file.seek(0)
        assert first
    return n * n
