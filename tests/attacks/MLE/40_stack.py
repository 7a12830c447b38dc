# attack: 40
# name: recursion in C until the stack is at its end
# stopped by: the stack counts as memory
# without: memory limit
# then: RTE
import ctypes

DOWN = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


def square(n):
    """qsort that compares by calling itself."""
    libc = ctypes.CDLL(None)
    numbers = (ctypes.c_int * 2)(2, 1)

    @DOWN
    def compare(one, other):
        libc.qsort(numbers, 2, 4, compare)
        return 0

    if n == 7:
        libc.qsort(numbers, 2, 4, compare)
    return n * n
