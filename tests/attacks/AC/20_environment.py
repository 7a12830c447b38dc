# attack: 20
# name: secrets in the environment
# stopped by: a launcher's environment is written by hand
# without: clean environment
# then: WA
import ctypes
import os


def square(n):
    pointers = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    seen, place = list(os.environ), 0
    while pointers and pointers[place]:
        seen.append(pointers[place].decode())
        place += 1
    stolen = [one for one in seen if any(word in one.upper() for word in ("JUDGE", "TOKEN", "SECRET", "PASS", "KEY"))]
    return -1 if stolen else n * n
