# attack: 35
# name: memory taken by children, each within the limit
# stopped by: the syscall filter: threads, but no processes
# without: seccomp
# then: AC
import os


def square(n):
    children = []
    for _ in range(3):
        pid = os.fork()
        if not pid:
            os._exit(len(b"x" * (40 << 20)) > 0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    return n * n
