# attack: 66
# name: a submission that submits itself
# stopped by: no sockets: the syscall filter; no network in the container
# without: seccomp
# then: AC
import http.client


def square(n):
    try:
        http.client.HTTPConnection("127.0.0.1", 8000, timeout=0.1).request("POST", "/api/v1/submissions")
    except PermissionError:
        raise
    except OSError:
        pass  # nobody listens, but somebody could have
    return n * n
