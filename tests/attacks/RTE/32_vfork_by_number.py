# attack: 32
# name: clone by its number, past the C library
# stopped by: the syscall filter: threads, but no processes
# without: seccomp
# then: AC
import ctypes
import os


def square(n):
    libc = ctypes.CDLL(None, use_errno=True)
    clone = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
    pid = libc.syscall(clone, 17, 0, 0, 0, 0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "no clone")
    if not pid:
        os._exit(0)
    return n * n
