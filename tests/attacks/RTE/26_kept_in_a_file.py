# attack: 26
# name: the input kept in a file for a later run to print
# stopped by: nowhere to write: own user, own root, no writable open, file size 0
# without: chroot, rlimits, seccomp, uid
# then: AC
import os

FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev", "/")


def square(n):
    for folder in FOLDERS:
        path = f"{folder}/.kept-{os.getpid()}"
        try:
            with open(path, "w") as file:
                file.write(str(n))
            os.remove(path)
            return n * n
        except OSError as exc:
            refused = exc
    raise refused
