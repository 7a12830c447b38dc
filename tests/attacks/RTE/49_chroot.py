# attack: 49
# name: a chroot out of the chroot
# stopped by: the syscall filter; only root may chroot
# without: seccomp, uid
# then: AC
import os


def square(n):
    os.chroot("/")
    return n * n
