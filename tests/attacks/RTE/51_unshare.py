# attack: 51
# name: namespaces of one's own
# stopped by: the syscall filter
# without: seccomp, uid
# then: AC
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)


def square(n):
    """Harmless arguments: any answer but "not permitted" means that the kernel would have listened."""
    number = {"x86_64": 272, "aarch64": 97}[os.uname().machine]
    result = libc.syscall(number, 0x04000000)
    if result < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return n * n
