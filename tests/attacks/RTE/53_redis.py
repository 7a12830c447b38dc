# attack: 53
# name: the queue's Redis
# stopped by: no sockets: the syscall filter; no network in the container
# without: seccomp
# then: AC
import socket


def square(n):
    with socket.socket() as redis:
        redis.settimeout(0.1)
        redis.connect_ex(("127.0.0.1", 6379))
    return n * n
