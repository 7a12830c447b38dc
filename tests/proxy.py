"""A way between two parts that can be cut, stalled or slowed. One event loop in a thread carries all of them.

cut      open connections are reset and new ones refused
stall    connections stay open, and nothing passes
slow     every piece of data waits for a while
"""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

_PIECE = 64 * 1024


class Loop:
    """The event loop of all ways, in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="ways", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


class Way:
    """From `here` to `there`; each is a path of a unix socket or a port on the loopback."""

    def __init__(self, loop: Loop, name: str, here: Path | int, there: Path | int) -> None:
        self.name, self._loop, self._here, self._there = name, loop, here, there
        self._open: set[asyncio.StreamWriter] = set()
        self._is_cut, self._slow_s = False, 0.0
        self._passes = loop.run(_event())
        self._server: asyncio.Server = loop.run(self._listen())

    def cut(self) -> None:
        self._loop.run(self._cut())

    def stall(self) -> None:
        self._loop.run(self._let_pass(False))

    def slow(self, seconds: float) -> None:
        self._slow_s = seconds

    def mend(self) -> None:
        self._is_cut, self._slow_s = False, 0.0
        self._loop.run(self._let_pass(True))

    def close(self) -> None:
        self._server.close()
        self.cut()

    async def _listen(self) -> asyncio.Server:
        if isinstance(self._here, int):
            return await asyncio.start_server(self._serve, "127.0.0.1", self._here)
        return await asyncio.start_unix_server(self._serve, self._here)

    async def _cut(self) -> None:
        self._is_cut = True
        for writer in list(self._open):
            writer.transport.abort()

    async def _let_pass(self, passes: bool) -> None:
        if passes:
            self._passes.set()
        else:
            self._passes.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        try:
            if isinstance(self._there, int):
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._there)
            else:
                far_reader, far_writer = await asyncio.open_unix_connection(self._there)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer), return_exceptions=True)
        self._open -= {writer, far_writer}
        for each in (writer, far_writer):
            each.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(_PIECE):
                await self._passes.wait()
                if self._slow_s:
                    await asyncio.sleep(self._slow_s)
                writer.write(data)
                await writer.drain()
            with contextlib.suppress(OSError):
                writer.write_eof()  # what has no half-closed connections is closed by its other end
        except OSError:
            writer.transport.abort()


async def _event() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event
