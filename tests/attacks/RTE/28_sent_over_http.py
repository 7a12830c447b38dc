# attack: 28
# name: the input sent away over HTTP
# stopped by: no sockets: the syscall filter; no network in the container
# without: seccomp
# then: AC
import http.client


def square(n):
    try:
        http.client.HTTPConnection("127.0.0.1", 9, timeout=0.1).request("GET", "/?input")
    except PermissionError:
        raise
    except OSError:
        pass  # nobody listens, but somebody could have
    return n * n
