# attack: 71
# name: a file of the runtime, overwritten
# stopped by: the standard library belongs to root, who is not there; no writable open
# without: seccomp, uid
# then: AC
import os


def square(n):
    library = "/" if os.path.exists("/os.py") else os.path.dirname(os.__file__)
    with open(f"{library}/heapq.py", "r+b") as file:
        first = file.read(1)
        file.seek(0)
        assert first
    return n * n
