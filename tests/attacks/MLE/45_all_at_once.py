# attack: 45
# name: memory taken at once, so that the kernel might choose somebody else
# stopped by: the peak that the kernel measured, and a cap on the address space; children are the kernel's first choice
# without: memory limit
# then: AC
def square(n):
    return n * n if len(b"x" * (250 << 20)) else n
