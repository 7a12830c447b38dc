# attack: 51
# name: performance counters
# stopped by: the syscall filter
# without: seccomp, uid
# then: AC
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)


def square(n):
    """Harmless arguments: any answer but "not permitted" means that the kernel would have listened."""
    number = {"x86_64": 298, "aarch64": 241}[os.uname().machine]
    result = libc.syscall(number, None, 0, 0, -1, 0)
    if result < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return n * n
