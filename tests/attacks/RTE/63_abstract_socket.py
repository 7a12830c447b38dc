# attack: 63
# name: a socket without a file, which everybody on the network can see
# stopped by: no sockets: the syscall filter; no network in the container
# without: seccomp
# then: AC
import os
import socket


def square(n):
    with socket.socket(socket.AF_UNIX) as meeting_place:
        meeting_place.bind(f"\0attack-{os.getpid()}")
    return n * n
