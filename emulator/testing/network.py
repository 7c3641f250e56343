"""
A network that fails as it is told, between whoever delivers and a receiver: a TCP proxy in this process.

All connections live in one thread, so a thousand of them cost no more threads than one.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections import deque
from contextlib import suppress
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

from emulator.errors import UsageError
from emulator.testing.faults import BlackHole, Cut, NetworkFault, Way

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
    from types import TracebackType
    from typing import Self

__all__ = ["Network"]

T = TypeVar("T")

_PIECE: Final = 64 * 1024
_CALL: Final = 10.0  # seconds for a word with the proxy's thread
_PARTING: Final = 1.0  # seconds that one side gets to close after the other has
_ANSWERING: Final = 5.0  # seconds that the receiver gets to answer a sender that has closed its side
_RESET: Final = struct.pack("ii", 1, 0)


class _Reader(asyncio.StreamReader):
    """Knows that the sender has gone, whether or not what it sent has been read."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self.ended = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.ended.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.ended.set()


class Network:
    """
    A way to *target* that fails as it is told.

    Faults belong to connections, from their beginning to their end.  Whoever keeps a connection for several requests
    (H2) meets new faults all the same: connections that rest when the plan changes are closed.

    Best used with ``with``::

        with Receiver() as receiver, Network(receiver.url) as network:
            org.verify(org.create_event_hook(uri=network.url, events=["user.lifecycle.create"]))
            network.once(Reset(way=Way.REQUEST, after=100))
            ...  # the first attempt is lost half-way, the retry arrives

    Args:
        target: The receiver's URL; HTTPS passes unread, so the certificate has to be one for 127.0.0.1.
        seed: Repeats the jitter.

    Raises:
        UsageError: *target* is no URL of http or https.
    """

    def __init__(self, target: str, *, seed: int = 0) -> None:
        parts = urlsplit(target)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError(f"not a URL: {target!r}", hint="write it like http://localhost:8000/okta/hooks")
        self._target = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        self._random = Random(seed)  # noqa: S311 (jitter, not secrets)
        self._always: tuple[NetworkFault, ...] = ()
        self._once: deque[tuple[NetworkFault, ...]] = deque()
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._resting: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._down = False
        self._closed = False
        self.connections = 0
        """How many connections there have been."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._thread.start()
        self.port = self._do(self._listen(0))
        self.url = urlunsplit(parts._replace(netloc=f"127.0.0.1:{self.port}"))
        """The target's URL, by way of this network."""

    def __repr__(self) -> str:
        return f"Network({self.url!r}, {self.connections} connections, faults: {self._always})"

    def set(self, *faults: NetworkFault) -> None:
        """Let *faults*, and no others, strike every connection from now on."""
        self._always = faults
        self._do(self._end_resting())

    def once(self, *faults: NetworkFault, times: int = 1) -> None:
        """Let *faults*, and no others, strike the next connections, after those that are planned already."""
        self._once.extend([faults] * times)
        self._do(self._end_resting())

    def heal(self) -> None:
        """Let nothing fail from now on; connections that suffer already go on suffering."""
        self._always = ()
        self._once.clear()
        self._do(self._end_resting())
        if self._down:
            self._do(self._listen(self.port))
            self._down = False

    def down(self) -> None:
        """Reset every connection and refuse new ones, until ``heal()``."""
        if not self._down:
            self._down = True
            self._do(self._stop_listening())

    @property
    def open(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def close(self) -> None:
        """End all connections and the thread; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._do(self._stop_listening())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _do(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(_CALL)

    async def _listen(self, port: int) -> int:
        self._server = await self._loop.create_server(self._protocol, "127.0.0.1", port, backlog=1024)
        address: tuple[str, int] = self._server.sockets[0].getsockname()
        return address[1]

    def _protocol(self) -> asyncio.StreamReaderProtocol:
        reader = _Reader(self._loop)
        return asyncio.StreamReaderProtocol(reader, lambda _, writer: self._connected(reader, writer), self._loop)

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _end_resting(self) -> None:
        for task, writer in list(self._open.items()):
            if writer in self._resting:
                writer.close()
                task.cancel()

    async def _connected(self, reader: _Reader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        faults = self._once.popleft() if self._once else self._always
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (for the type checker)
        self._open[task] = writer
        try:
            await self._connect(reader, writer, faults)
        except asyncio.CancelledError:
            if not writer.is_closing():
                _reset(writer)
        finally:
            del self._open[task]
            self._resting.discard(writer)
            writer.close()

    async def _connect(self, reader: _Reader, writer: asyncio.StreamWriter, faults: tuple[NetworkFault, ...]) -> None:
        try:
            there = await asyncio.open_connection(*self._target)
        except OSError:
            _reset(writer)
            return
        asked, answered = partial(self._resting.discard, writer), partial(self._resting.add, writer)
        on_way_there = [fault for fault in faults if fault.way is Way.REQUEST]
        on_way_back = [fault for fault in faults if fault.way is Way.ANSWER]
        request = asyncio.create_task(self._pass(reader, there[1], on_way_there, asked))
        answer = asyncio.create_task(self._pass(there[0], writer, on_way_back, answered))
        silent = any(isinstance(fault, BlackHole) for fault in faults)
        patience = 0.0 if silent else _PARTING if faults else _ANSWERING
        ended = asyncio.create_task(reader.ended.wait())
        try:
            done, _ = await asyncio.wait([request, answer, ended], return_when=asyncio.FIRST_COMPLETED)
            _fail_as(done)
            done, _ = await asyncio.wait([request, answer], timeout=_PARTING if answer in done else patience)
            _fail_as(done)
        except Cut as cut:
            if cut.how == "reset":
                _reset(writer)
                _reset(there[1])
        finally:
            for task in (request, answer, ended):
                task.cancel()
            await asyncio.gather(request, answer, ended, return_exceptions=True)
            there[1].close()

    async def _pass(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        faults: list[NetworkFault],
        passed: Callable[[], object],
    ) -> None:
        pieces = _pieces(source)
        for fault in faults:
            pieces = fault.strike(pieces, self._random)
        try:
            async for piece in pieces:
                passed()
                sink.write(piece)
                await sink.drain()
            _end(sink)
        except Cut as cut:
            if cut.how != "half":
                with suppress(OSError):
                    await sink.drain()
                raise
            _end(sink)
            while await source.read(_PIECE):
                pass
        except OSError:
            return  # the other side has gone


async def _pieces(source: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while piece := await source.read(_PIECE):
        yield piece


def _fail_as(done: Iterable[asyncio.Task[Any]]) -> None:
    for task in done:
        task.result()


def _end(sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        sink.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
