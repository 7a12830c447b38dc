# attack: 61
# name: the processes of other boxes, listed
# stopped by: a root without /proc, and a user of one's own
# without: chroot
# then: AC
import os


def square(n):
    return n * n if [name for name in os.listdir("/proc") if name.isdigit()] else n
