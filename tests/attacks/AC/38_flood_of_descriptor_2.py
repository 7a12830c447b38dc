# attack: 38
# name: the launcher's own standard error, flooded past Python
# stopped by: descriptors 0 to 2 are the null device
# without: null descriptors
# then: WA
import os


def square(n):
    if os.fstat(2).st_rdev == os.fstat(0).st_rdev != 0:
        for _ in range(32):
            os.write(2, b"x" * (1 << 16))
        return n * n
    return -1
