# attack: 34
# name: memory filled to the brim, the MemoryError swallowed
# stopped by: the peak that the kernel measured, and a cap on the address space
# without: memory limit
# then: AC
def square(n):
    kept = []
    try:
        while len(kept) < 50:
            kept.append(b"x" * (8 << 20))
    except MemoryError:
        kept.clear()
    return n * n
