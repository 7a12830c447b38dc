# attack: 10
# name: a module of one's own beside the standard library's
# stopped by: the standard library belongs to root, who is not there; no writable open
# without: rlimits, seccomp, uid
# then: AC
import os


def square(n):
    library = "/" if os.path.exists("/os.py") else os.path.dirname(os.__file__)
    path = f"{library}/zz_shadow_{os.getpid()}.py"
    with open(path, "w") as file:
        file.write("raise SystemExit")
    os.remove(path)
    return n * n
