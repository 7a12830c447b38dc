# attack: 9
# name: a results file, written and made writable
# stopped by: nowhere to write: own user, own root, no writable open, file size 0
# without: chroot, rlimits, seccomp, uid
# then: AC
import os

FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev", "/")


def square(n):
    for folder in FOLDERS:
        path = f"{folder}/result-{os.getpid()}.json"
        try:
            with open(path, "w") as file:
                file.write('{"score": 1.0}')
            os.chmod(path, 0o666)
            os.remove(path)
            return n * n
        except OSError as exc:
            refused = exc
    raise refused
