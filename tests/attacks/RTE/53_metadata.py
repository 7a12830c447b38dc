# attack: 53
# name: the cloud's metadata service: a socket that could reach it
# stopped by: no sockets: the syscall filter; no network in the container
# without: seccomp
# then: AC
import socket


def square(n):
    with socket.socket() as service:
        service.setblocking(False)
    return n * n
