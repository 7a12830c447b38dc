# attack: 50
# name: a system call by its x32 number
# stopped by: the syscall filter kills the process
# without: seccomp
# then: AC
import ctypes
import os


def square(n):
    if os.uname().machine != "x86_64":
        os.abort()
    ctypes.CDLL(None).syscall(0x40000000 + 39)
    return n * n
