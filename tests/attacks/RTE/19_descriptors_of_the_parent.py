# attack: 19
# name: the parent's descriptors, opened through /proc
# stopped by: a root without /proc, and a user of one's own
# without: chroot, uid
# then: AC
import os


def square(n):
    folder = f"/proc/{os.getppid()}/fd"
    os.close(os.open(f"{folder}/{os.listdir(folder)[0]}", os.O_RDONLY))
    return n * n
