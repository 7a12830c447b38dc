# attack: 36
# name: a file in memory, which no process owns
# stopped by: the syscall filter: no memfd
# without: seccomp
# then: AC
import os


def square(n):
    os.close(os.memfd_create("hidden"))
    return n * n
