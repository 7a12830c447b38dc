# attack: 34
# name: memory without end
# stopped by: the peak that the kernel measured, and a cap on the address space
# without: memory limit
# then: AC
def square(n):
    kept = []
    while len(kept) < 50:
        kept.append(b"x" * (8 << 20))
    return n * n
