# attack: 50
# name: a system call by the 32-bit door
# stopped by: the syscall filter kills the process
# without: seccomp
# then: AC
import ctypes
import mmap
import os


def square(n):
    if os.uname().machine != "x86_64":
        os.abort()
    page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(bytes.fromhex("b814000000cd80c3"))  # mov eax, 20 (getpid); int 0x80; ret
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return n * n if ctypes.CFUNCTYPE(ctypes.c_int)(address)() > 0 else n
