# attack: 36
# name: shared memory, which leaves the process's figures and keeps what it holds
# stopped by: the syscall filter: no shared mappings
# without: seccomp
# then: AC
import mmap


def square(n):
    """Fill 40 MiB at a time and give the pages back to the system, which must keep them: more than the limit in all."""
    kept = []
    for _ in range(4):
        shared = mmap.mmap(-1, 40 << 20)
        for place in range(0, len(shared), 4096):
            shared[place] = 7
        shared.madvise(mmap.MADV_DONTNEED)
        kept.append(shared)
    return n * n if all(shared[-4096] == 7 for shared in kept) else n
