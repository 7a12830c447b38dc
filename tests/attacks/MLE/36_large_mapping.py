# attack: 36
# name: memory by mmap, past Python's own counting
# stopped by: the peak that the kernel measured, and a cap on the address space
# without: memory limit
# then: AC
import mmap


def square(n):
    private = mmap.mmap(-1, 120 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for place in range(0, len(private), 4096):
        private[place] = 7
    return n * n
