"""Frames on the stream between the worker and the launcher: two lengths, a JSON header, a body of bytes.

The worker's half is `judge/sandbox/protocol.py`; a test holds the two against each other. The caps below protect the
launcher from a broken worker; the worker has caps of its own, for it must expect a hostile launcher.
"""

import json
import os
import struct
from collections.abc import Sequence
from typing import Any

LENGTHS = struct.Struct(">II")
MAX_HEADER = 4 << 20
MAX_BODY = 512 << 20
_CHUNK = 1 << 18
_MOST_PARTS = 1024  # that the kernel takes at once


class Closed(Exception):
    """The worker closed the stream: the launcher's order to end."""


class Malformed(Exception):
    """The bytes are no frame; nothing after them can be trusted."""


def read_frame(fd: int) -> tuple[dict[str, Any], memoryview]:
    """The next (header, body). Raises Closed at the end of the stream and Malformed when it is no frame."""
    header_size, body_size = LENGTHS.unpack(_read_exactly(fd, LENGTHS.size))
    if header_size > MAX_HEADER or body_size > MAX_BODY:
        raise Malformed(f"a frame of {header_size} + {body_size} bytes")
    data = _read_exactly(fd, header_size + body_size)
    try:
        header = json.loads(bytes(data[:header_size]))
    except (ValueError, RecursionError) as exc:
        raise Malformed("a header that is no JSON") from exc
    if not isinstance(header, dict):
        raise Malformed("a header that is no JSON object")
    return header, data[header_size:]


def write_frame(fd: int, header: dict[str, Any], bodies: Sequence[bytes] = ()) -> None:
    """Send a frame whose body is the parts in a row. Raises Closed when nobody reads any more."""
    packed = json.dumps(header, separators=(",", ":")).encode()
    lengths = LENGTHS.pack(len(packed), sum(map(len, bodies)))
    rest = [memoryview(part) for part in (lengths + packed, *bodies) if part]  # not joined: the parts may be large
    try:
        while rest:
            sent = os.writev(fd, rest[:_MOST_PARTS])
            while rest and sent >= len(rest[0]):
                sent -= len(rest.pop(0))
            if sent:
                rest[0] = rest[0][sent:]
    except BrokenPipeError as exc:
        raise Closed from exc


def _read_exactly(fd: int, size: int) -> memoryview:
    data = bytearray()  # grows with what comes: what is announced need not
    while len(data) < size:
        piece = os.read(fd, min(_CHUNK, size - len(data)))
        if not piece:
            raise Closed
        data += piece
    return memoryview(data).toreadonly()
