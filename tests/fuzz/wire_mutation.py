"""Changes an input where it hurts: a value deep in a header, a size, the order of frames, and mostly keeps the lengths.

Bytes changed at random nearly always break a length or the JSON, and then nothing behind them is tried. `Mutator` knows
both forms: frames (wire.py), and the records of what children say (wire_targets.py), whose packets may be replies.
"""

import json
import random
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from wire_played import channel
from wire_sessions import record
from wire_targets import MAX_BYTES, records

_LENGTHS = struct.Struct(">II")
_DEEP = "@deep@"  # written as brackets, which no encoder would make
_ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 255, 1 << 16, 1 << 31, (1 << 31) - 1, 1 << 32, 1 << 53, 1 << 62, 1 << 63, -(1 << 63),
    1 << 64, 10**40, 10**400, 0.0, -0.5, 1e300, float("inf"), float("nan"), "", "x", "\ud800", "\0", "x" * 3000, [], {},
    [[]], {"": None}, _DEEP, "run", "talk", "say", "program", "ok", "exited", "cpu_limit", "syntax_error", "soft_limit",
)  # fmt: skip
_ODD_SIZES = (0, 1, 8, 1 << 10, 1 << 16, 1 << 20, (1 << 20) + 1, 1 << 26, 1 << 28, 1 << 29, 1 << 31, (1 << 32) - 1)

Bytes = Callable[[bytes], bytes]


class Mutator:
    """Changes inputs of one target. `known`: sound ones, of which parts are taken."""

    def __init__(self, known: Sequence[bytes], of_children: bool) -> None:
        self._known, self._of_children = known, of_children
        parts = [part for one in known for part in self.parts(one[1:])]
        self._values = [value for part in parts for text in _texts(part) for value in _values(text)]

    def mutate(self, data: bytes, rng: random.Random, mutate_bytes: Bytes) -> bytes:
        """The input after one or a few changes; `mutate_bytes` changes bytes as the fuzzer does."""
        if not data:
            return rng.choice(self._known)
        choice, parts = data[:1], self.parts(data[1:])
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            parts = self._changed(parts, rng, mutate_bytes)
        if not rng.randrange(20):
            choice = bytes([rng.randrange(256)])
        changed = choice + b"".join(parts)
        if not rng.randrange(20):
            changed = mutate_bytes(changed)
        return changed[:MAX_BYTES]

    def parts(self, data: bytes) -> list[bytes]:
        """Whole frames or records; what does not end is the last."""
        return [record(*one) for one in records(data)] if self._of_children else list(frames(data))

    def _changed(self, parts: list[bytes], rng: random.Random, mutate_bytes: Bytes) -> list[bytes]:
        if not parts or not rng.randrange(12):
            parts = [*parts, *self.parts(rng.choice(self._known)[1:])]
        place = rng.randrange(len(parts))
        before, part, after = parts[:place], parts[place], parts[place + 1 :]
        match rng.randrange(12):
            case 0:
                return [*before, part, part, *after]
            case 1:
                return before + after
            case 2:
                return [*before, *after[:1], part, *after[1:]]
            case _:
                change = self._changed_record if self._of_children else self._changed_frame
                return [*before, change(part, rng, mutate_bytes), *after]

    def _changed_frame(self, frame: bytes, rng: random.Random, mutate_bytes: Bytes) -> bytes:
        header, body = split(frame)
        if rng.randrange(4):
            header = self._changed_text(header, rng, mutate_bytes)
        else:
            body = self._changed_text(body, rng, mutate_bytes)
        sizes = [len(header), len(body)]
        if not rng.randrange(15):
            sizes[rng.randrange(2)] = rng.choice(_ODD_SIZES)
        return _LENGTHS.pack(*sizes) + header + body

    def _changed_record(self, one: bytes, rng: random.Random, mutate_bytes: Bytes) -> bytes:
        who, text = next(records(one))
        if not rng.randrange(10):
            return record(rng.randrange(3), text)
        if len(text) < channel.REPLY.size or not rng.randrange(4):
            return record(who, mutate_bytes(text)[: MAX_BYTES - 16])
        kind, payload_size, _ = channel.REPLY.unpack_from(text)
        middle = channel.REPLY.size + payload_size
        payload, printed = text[channel.REPLY.size : middle], text[middle:]
        payload = self._changed_text(payload, rng, mutate_bytes)[: MAX_BYTES - 300]
        sizes = [len(payload), len(printed)]
        if not rng.randrange(8):
            sizes[rng.randrange(2)] = rng.choice(_ODD_SIZES)
        if not rng.randrange(8):
            kind = rng.choice((b"L", b"R", b"F", b"X"))
        return record(who, channel.REPLY.pack(kind, *sizes) + payload + printed[:200])

    def _changed_text(self, text: bytes, rng: random.Random, mutate_bytes: Bytes) -> bytes:
        """JSON with a value changed, added or taken away; or any change of its bytes."""
        changed = self._changed_json(text, rng) if rng.randrange(8) else None
        if changed is None:
            return mutate_bytes(text)
        depth = rng.choice((2, 60, 1500, 5000))
        return changed.replace(f'"{_DEEP}"', "[" * depth + "]" * depth).encode()

    def _changed_json(self, text: str | bytes, rng: random.Random) -> str | None:
        try:
            return json.dumps(self._changed_value(json.loads(text), rng), separators=(",", ":"))
        except (ValueError, RecursionError):
            return None

    def _changed_value(self, value: Any, rng: random.Random) -> Any:
        if isinstance(value, str) and value[:1] == "{" and rng.randrange(6):
            return self._changed_json(value, rng) or value  # what a driver says of a failure
        places = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if _is_list(value) else []
        if not places or not rng.randrange(6):
            return self._another(rng)
        key, inner = rng.choice(places)
        match rng.randrange(8):
            case 0:
                kept = [pair for pair in places if pair[0] != key]
            case 1:
                kept = [*places, (rng.choice([str(key), "x", "op"]), self._another(rng))]
            case _:
                kept = [(one, self._changed_value(inner, rng) if one == key else old) for one, old in places]
        return dict(kept) if isinstance(value, dict) else [one for _, one in kept]

    def _another(self, rng: random.Random) -> Any:
        return rng.choice(_ODD) if rng.randrange(3) or not self._values else rng.choice(self._values)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def frames(data: bytes) -> Iterator[bytes]:
    position = 0
    while len(data) - position > _LENGTHS.size:
        size = _LENGTHS.size + sum(_LENGTHS.unpack_from(data, position))
        yield data[position : position + size]
        position += size
    if data[position:]:
        yield data[position:]


def split(frame: bytes) -> tuple[bytes, bytes]:
    """(header, body), of a frame that is cut off what there is."""
    if len(frame) < _LENGTHS.size:
        return frame, b""
    middle = _LENGTHS.size + _LENGTHS.unpack_from(frame)[0]
    return frame[_LENGTHS.size : middle], frame[middle:]


def _texts(part: bytes) -> Iterator[bytes]:
    """Where JSON may be in a frame or a record."""
    yield split(part)[0]
    yield part[3 + channel.REPLY.size :]


def _values(text: bytes) -> Iterator[Any]:
    """All values in a JSON text, small and large."""
    try:
        found = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    for value in found:  # grows while it is walked
        found += value.values() if isinstance(value, dict) else value if _is_list(value) else []
    yield from found


def changed_bytes(rng: random.Random) -> Bytes:
    """A change of bytes for where no fuzzer is at hand."""

    def change(data: bytes) -> bytes:
        place = rng.randrange(len(data) + 1)
        end = place + rng.choice((0, 0, 1, 1, 4, 64))
        return data[:place] + rng.randbytes(rng.choice((0, 1, 1, 2, 8))) + data[end:]

    return change
