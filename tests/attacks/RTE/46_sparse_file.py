# attack: 46
# name: a sparse file of a terabyte
# stopped by: nowhere to write: own user, own root, no writable open, file size 0
# without: chroot, rlimits, seccomp, uid
# then: AC
import os

FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev", "/")


def leave(path):
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        os.ftruncate(file, 1 << 40)
    finally:
        os.close(file)
        os.remove(path)


def square(n):
    for folder in FOLDERS:
        try:
            leave(f"{folder}/left-{os.getpid()}")
            return n * n
        except OSError as exc:
            refused = exc
    raise refused
