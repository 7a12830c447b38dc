# attack: 54
# name: resource limits set on the parent, which would end it
# stopped by: the syscall filter: limits of one's own only
# without: seccomp, uid
# then: AC
import os
import resource


def square(n):
    soft, hard = resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)
    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (soft, hard))
    return n * n
