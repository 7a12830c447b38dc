# attack: 63
# name: a pair of datagram sockets, either of which can send to any name
# stopped by: the syscall filter: a pair of sockets is a stream
# without: seccomp
# then: AC
import socket


def square(n):
    one, _other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        one.sendto(b"hello", "\0nobody")
    except ConnectionRefusedError:
        pass  # nobody is called nobody
    return n * n
