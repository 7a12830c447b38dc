# attack: 12
# name: every file in sight opened for writing, as an input would be
# stopped by: nowhere to write: own user, own root, no writable open, file size 0
# without: seccomp, uid
# then: AC
import os


def square(n):
    refused = None
    for path in (os.__file__, "/os.py", "/data/1.in", "/judge/launcher.py"):
        try:
            os.close(os.open(path, os.O_WRONLY))
            return n * n
        except OSError as exc:
            refused = refused or exc
    raise refused
