# attack: 58
# name: byte-code of one's own for a module of the standard library
# stopped by: the standard library belongs to root, who is not there; no writable open
# without: chroot, rlimits, seccomp, uid
# then: AC
import os

FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev", "/")


def leave(path):
    cache = f"{os.path.dirname(os.__file__)}/__pycache__/zz-{os.getpid()}.pyc"
    os.close(os.open(cache, os.O_WRONLY | os.O_CREAT))
    os.remove(cache)


def square(n):
    for folder in FOLDERS:
        try:
            leave(f"{folder}/left-{os.getpid()}")
            return n * n
        except OSError as exc:
            refused = exc
    raise refused
