"""One POST to one webhook: to an address that was checked, within a time that is kept, believing nothing.

Of the answer only the status is read; the rest, up to a bound, is thrown away. Redirects are not followed. Nothing is
taken from the environment, no proxy and no credentials; the certificate is checked for the name in the URL, against
the authorities that OpenSSL knows (SSL_CERT_FILE names others).
"""

import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from api.targets import Target

CONNECT_S, TOTAL_S = 5.0, 15.0
MAX_ANSWER = 64 * 1024
_DRAIN_S = 0.5
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [^\r\n]*)?\r?\n")
_CHUNK = 8192


class Why(StrEnum):
    """Why a try does not count."""

    ADDRESS = "the address may not be reached"
    NAME = "the name leads to no address"
    CONNECT = "no connection"
    TLS = "the certificate or TLS was not accepted"
    TIMEOUT = "not answered in time"
    ANSWER = "the answer was not HTTP"
    REDIRECT = "redirects are not followed"
    STATUS = "the status is not 2xx"
    GONE = "410: the webhook was disabled"


class Undelivered(Exception):
    """Raised when there is no status."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Post:
    target: Target
    addresses: Sequence[str]
    headers: Mapping[str, str]
    body: bytes


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float = TOTAL_S) -> float:
        """Seconds, for a socket's timeout. Raises TimeoutError when there are none."""
        left = min(most, self._end - time.monotonic())
        if left <= 0:
            raise TimeoutError
        return left


def send(post: Post, context: ssl.SSLContext, deadline: Deadline) -> int:
    """The status of the answer. Raises Undelivered."""
    try:
        with _connected(post, context, deadline) as connection:
            connection.settimeout(deadline.left())
            connection.sendall(_request(post))
            status = _read_status(connection, deadline)
            _drain(connection)
            return status
    except TimeoutError:
        raise Undelivered(Why.TIMEOUT) from None
    except ssl.SSLError:
        raise Undelivered(Why.TLS) from None
    except OSError:
        raise Undelivered(Why.CONNECT) from None


def _connected(post: Post, context: ssl.SSLContext, deadline: Deadline) -> socket.socket:
    plain = _connect(post, deadline)
    if post.target.scheme == "http":
        return plain
    try:
        plain.settimeout(deadline.left())
        return context.wrap_socket(plain, server_hostname=post.target.host)
    except BaseException:
        plain.close()
        raise


def _connect(post: Post, deadline: Deadline) -> socket.socket:
    """To the first of the addresses that takes the connection; no name is looked up here."""
    connecting = Deadline(CONNECT_S)
    for address in post.addresses:
        plain = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        try:
            plain.settimeout(connecting.left(deadline.left()))
            plain.connect((address, post.target.port))
            return plain
        except OSError:
            plain.close()
    raise Undelivered(Why.CONNECT)


def _request(post: Post) -> bytes:
    headers = {"Host": post.target.authority, **post.headers, "Content-Length": str(len(post.body))}
    lines = [f"POST {post.target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("ascii") + post.body


def _read_status(connection: socket.socket, deadline: Deadline) -> int:
    """The final status: what comes before it (100, 103) says nothing."""
    data, seen = b"", 0
    while True:
        found = _STATUS.match(data)
        if found and (status := int(found[1])) >= 200:
            return status
        _head, end, rest = data.partition(b"\r\n\r\n")
        if found and end:
            data = rest
            continue
        if seen > MAX_ANSWER or (b"\n" in data and not found):
            raise Undelivered(Why.ANSWER)
        connection.settimeout(deadline.left())
        chunk = connection.recv(_CHUNK)
        if not chunk:
            raise Undelivered(Why.ANSWER)
        data, seen = data + chunk, seen + len(chunk)


def _drain(connection: socket.socket) -> None:
    """Let the receiver say the rest, briefly: one that cannot write its answer may take the message for lost."""
    deadline, seen = Deadline(_DRAIN_S), 0
    with suppress(OSError):
        while seen < MAX_ANSWER:
            connection.settimeout(deadline.left())
            chunk = connection.recv(_CHUNK)
            if not chunk:
                return
            seen += len(chunk)
