# attack: 68
# name: the work done by children
# stopped by: the syscall filter: threads, but no processes
# without: seccomp
# then: AC
import os


def square(n):
    reading, writing = os.pipe()
    if not os.fork():
        os.write(writing, str(n * n).encode())
        os._exit(0)
    return int(os.read(reading, 99))
