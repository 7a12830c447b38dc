# attack: 51
# name: io_uring, which the syscall filter cannot see into
# stopped by: the syscall filter
# without: seccomp, uid
# then: AC
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)


def square(n):
    """Harmless arguments: any answer but "not permitted" means that the kernel would have listened."""
    number = {"x86_64": 425, "aarch64": 425}[os.uname().machine]
    result = libc.syscall(number, 0, None)
    if result < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return n * n
