# attack: 19
# name: the parent's environment, read through /proc
# stopped by: a root without /proc, and a user of one's own
# without: chroot, uid
# then: AC
import os


def square(n):
    with open(f"/proc/{os.getppid()}/environ", "rb") as file:
        return n * n if b"=" in file.read() else n
