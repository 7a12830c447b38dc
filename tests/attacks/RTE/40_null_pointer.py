# attack: 40
# name: a null pointer followed
# stopped by: a child's death is a fact about the child
# without: a death is a fact
# then: JE
import ctypes


def square(n):
    return ctypes.string_at(0)
