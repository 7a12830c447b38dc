# attack: 19
# name: the parent's memory, read through /proc
# stopped by: a root without /proc, and a user of one's own
# without: chroot, uid
# then: AC
import os


def square(n):
    with open(f"/proc/{os.getppid()}/maps") as maps:
        start = int(maps.readline().split("-")[0], 16)
    with open(f"/proc/{os.getppid()}/mem", "rb", 0) as memory:
        memory.seek(start)
        return n * n if memory.read(4) == b"\x7fELF" else n
