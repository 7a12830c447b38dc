# attack: 54
# name: a signal to the parent, ordered from a descriptor
# stopped by: the syscall filter: a descriptor's owner cannot be named
# without: seccomp, uid
# then: AC
import fcntl
import os
import signal
import socket


def square(n):
    one, _other = socket.socketpair()
    fcntl.fcntl(one, fcntl.F_SETOWN, os.getppid())
    fcntl.fcntl(one, 10, signal.SIGCONT)  # F_SETSIG
    return n * n
