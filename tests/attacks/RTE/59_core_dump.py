# attack: 59
# name: a core dump, whose handler outlives the process
# stopped by: core files of size 0, for ever
# without: rlimits
# then: AC
import os
import resource


def square(n):
    if resource.getrlimit(resource.RLIMIT_CORE)[1]:
        return n * n
    os.abort()
