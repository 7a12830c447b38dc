# attack: 34
# name: more memory than is allowed, filled and given back
# stopped by: the peak that the kernel measured, and a cap on the address space
# without: memory limit
# then: AC
def square(n):
    return n * n if len(b"x" * (150 << 20)) else n
