# attack: 39
# name: thousands of small files
# stopped by: nowhere to write: own user, own root, no writable open, file size 0
# without: chroot, rlimits, seccomp, uid
# then: AC
import os
import shutil

FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev", "/")


def square(n):
    for folder in FOLDERS:
        path = f"{folder}/many-{os.getpid()}"
        try:
            os.mkdir(path)
            for number in range(1_000):
                os.close(os.open(f"{path}/{number}", os.O_WRONLY | os.O_CREAT))
            shutil.rmtree(path)
            return n * n
        except OSError as exc:
            refused = exc
    raise refused
