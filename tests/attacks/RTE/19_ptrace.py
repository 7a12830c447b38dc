# attack: 19
# name: ptrace
# stopped by: the syscall filter
# without: seccomp, uid
# then: AC
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)


def square(n):
    """Harmless arguments: any answer but "not permitted" means that the kernel would have listened."""
    number = {"x86_64": 101, "aarch64": 117}[os.uname().machine]
    result = libc.syscall(number, 0x4206, 0x3FFFFFFF, 0, 0)
    if result < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return n * n
