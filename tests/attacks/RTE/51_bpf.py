# attack: 51
# name: a program for the kernel's virtual machine
# stopped by: the syscall filter
# without: seccomp, uid
# then: AC
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)


def square(n):
    """Harmless arguments: any answer but "not permitted" means that the kernel would have listened."""
    number = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
    result = libc.syscall(number, -1, None, 0)
    if result < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return n * n
