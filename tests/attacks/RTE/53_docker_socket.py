# attack: 53
# name: Docker's socket
# stopped by: no sockets: the syscall filter; no network in the container
# without: seccomp
# then: AC
import socket


def square(n):
    with socket.socket(socket.AF_UNIX) as docker:
        docker.connect_ex("/var/run/docker.sock")
    return n * n
