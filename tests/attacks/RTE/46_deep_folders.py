# attack: 46
# name: folders within folders
# stopped by: nowhere to write: own user, own root, no writable open, file size 0
# without: chroot, rlimits, seccomp, uid
# then: AC
import os

FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev", "/")


def leave(path):
    os.makedirs(path + "/d" * 20)
    os.removedirs(path + "/d" * 20)


def square(n):
    for folder in FOLDERS:
        try:
            leave(f"{folder}/left-{os.getpid()}")
            return n * n
        except OSError as exc:
            refused = exc
    raise refused
