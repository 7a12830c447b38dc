# attack: 46
# name: a farm of symbolic links
# stopped by: nowhere to write: own user, own root, no writable open, file size 0
# without: chroot, rlimits, seccomp, uid
# then: AC
import os

FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev", "/")


def leave(path):
    for number in range(100):
        os.symlink("/", f"{path}-{number}")
    for number in range(100):
        os.remove(f"{path}-{number}")


def square(n):
    for folder in FOLDERS:
        try:
            leave(f"{folder}/left-{os.getpid()}")
            return n * n
        except OSError as exc:
            refused = exc
    raise refused
