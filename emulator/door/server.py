"""
waitress as both servers use it: slow clients cost no thread, and no more than their time.

A request that takes too long to arrive is answered 408, who doesn't take an answer is hung up on, and when it gets
crowded those make way who have been silent longest.  All time is monotonic: a clock that jumps hangs up on nobody.
"""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from waitress import wasyncore  # type: ignore[import-untyped]  # waitress has no types
from waitress.adjustments import Adjustments  # type: ignore[import-untyped]  # waitress has no types
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]  # waitress has no types
from waitress.server import TcpWSGIServer  # type: ignore[import-untyped]  # waitress has no types
from waitress.task import WSGITask  # type: ignore[import-untyped]  # waitress has no types

from emulator.door.reading import HEADERS, Parser

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Channel", "Server", "Task"]

CONNECTIONS: Final = 1000
IDLE: Final = 30.0  # seconds after which a silent connection is closed, or one that doesn't take its answer
LONGEST_REQUEST: Final = 30.0  # seconds that a request may take to arrive; Okta itself gives up after three (R1)
ARRIVING: Final = 64 * 1024 * 1024  # bytes of bodies that are arriving, all together
LINGER: Final = 2.0  # seconds that a refused client gets to notice, and to stop sending
LOOK: Final = 0.1  # seconds between looks at who is here
GRACE: Final = 0.1  # seconds that everybody gets to begin, however crowded it is

_ACCEPTED: Final = 64  # connections at a time
_SPARE: Final = 8  # listener, trigger and the like
_FULL: Final = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"
_LATE: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

# Clients may do whatever they like, and bursts are no news; an application that fails is.
_log = logging.getLogger("emulator.door")
_log.setLevel(logging.ERROR)


class Task(WSGITask):  # type: ignore[misc]  # waitress has no types
    """Answers one request by the application."""

    logger = _log

    def set_close_on_finish(self) -> None:
        """Close the connection after this answer, unless only its having no length is the reason."""
        # waitress hangs up after every answer without Content-Length, and a 204 has none; but it has no body either,
        # so its end is known, and the connection can serve the next request.
        wanted = self.request.headers.get("CONNECTION", "").lower() == "close" or self.version == "1.0"
        if self.has_body or wanted:
            super().set_close_on_finish()


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """One connection."""

    parser_class = Parser
    task_class = Task
    logger = _log

    request: Any = None
    began = 0.0
    """When the request that is arriving began to."""
    moved = 0.0
    """When something was last read or sent."""
    unread = False
    """Whether a request was refused whose rest may still be coming."""
    lingering = 0.0
    """Until when that rest is thrown away; 0 before its refusal has been sent."""

    @property
    def last_activity(self) -> float:
        """When something was last read or sent; waitress sets it, by a clock that may jump."""
        return self.moved

    @last_activity.setter
    def last_activity(self, _: float) -> None:
        self.moved = time.monotonic()

    def is_answering(self) -> bool:
        """Whether a request is being handled, or its answer is not sent yet."""
        return bool(self.requests or self.total_outbufs_len)

    def is_reading(self) -> bool:
        """Whether a part of a request has arrived."""
        return self.request is not None

    def arrived(self) -> int:
        """Return how many bytes of an unfinished request are kept."""
        request = self.request
        return 0 if request is None else int(request.header_bytes_received + request.body_bytes_received)

    def waits_since(self) -> float:
        """Return since when it has kept us waiting for a whole request; 0 if it has been refused."""
        if self.lingering:
            return 0.0
        return self.began if self.request is not None else self.moved

    def received(self, data: bytes) -> bool:
        """Take the next bytes."""
        before = self.request
        try:
            taken: bool = super().received(data)
        except OSError as error:  # a long body waits in a file, and there is no room for it
            _log.error("a request can't be kept while it arrives: %s", error)
            self._say(_FULL)
            self.request = None
            self._linger()
            return False
        if self.request is not before:
            self.began = time.monotonic()
        if any(request.error is not None for request in self.requests[-1:]):
            self.unread = True
        return taken

    def readable(self) -> bool:
        """Say whether to read on."""
        return bool(self.lingering or super().readable())

    def handle_read(self) -> None:
        """Read what has come."""
        if not self.lingering:
            super().handle_read()
            return
        try:
            gone = not self.socket.recv(HEADERS)
        except OSError:
            gone = True
        if gone:
            self.handle_close()

    def handle_write(self) -> None:
        """Send what is to be sent."""
        if self.close_when_flushed and not self.total_outbufs_len and self.unread:
            self._linger()
        else:
            super().handle_write()

    def _linger(self) -> None:
        # Closed with something unread the connection would be reset, and the answer be lost with it.
        self.unread = self.close_when_flushed = False
        self.lingering = time.monotonic() + LINGER
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()

    def write_soon(self, data: Any) -> int:
        """Send a part of an answer."""
        if not self.total_outbufs_len:
            self.moved = time.monotonic()  # the client's time to take it begins
        written: int = super().write_soon(data)
        return written

    def turn_away(self) -> None:
        """Hang up, with a word to whom we have waited for."""
        if self.is_reading() and not self.is_answering():
            self._say(_LATE)
        self.handle_close()

    def _say(self, words: bytes) -> None:
        with suppress(OSError):  # it may have gone
            self.socket.send(words)


class Server(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """
    Takes connections from *listener* and answers them by *app*, as long as its owner takes ``turn`` after ``turn``.

    Args:
        app: The WSGI application.
        listener: A socket that listens.
        threads: How many requests are answered at a time.
        max_body: Bytes of a body beyond which it is not even read.
        ident: The ``Server`` header, if any.
        is_quick: Says of a method and a path whether such a request never waits for anything.  It is then answered
            within the turn, which saves two changes of threads; all others are answered in a thread of their own.
    """

    channel_class = Channel
    logger = _log

    def __init__(
        self,
        app: Callable[..., Any],
        listener: socket.socket,
        *,
        threads: int,
        max_body: int,
        ident: str | None,
        is_quick: Callable[[str, str], bool] = lambda _method, _path: False,
    ) -> None:
        self._is_quick = is_quick
        self._soon: deque[Channel] = deque()
        self._turning = 0
        self.most = most_connections()
        self.sockets: dict[int, Any] = {}
        self._looked = 0.0
        adjustments = Adjustments(
            sockets=[listener],
            threads=threads,
            connection_limit=self.most + _SPARE,
            max_request_header_size=HEADERS,
            max_request_body_size=max_body,
            inbuf_overflow=HEADERS,  # what is longer waits in a file
            asyncore_use_poll=True,
            ident=ident,
            log_socket_errors=False,
            clear_untrusted_proxy_headers=True,
        )
        super().__init__(
            app,
            map=self.sockets,
            _sock=listener,
            adj=adjustments,
            bind_socket=False,
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
        )
        self.task_dispatcher.logger = self.task_dispatcher.queue_logger = _log

    def turn(self, timeout: float) -> None:
        """Wait at most *timeout* seconds for something to do, do it, and see who has been here too long."""
        if len(self.active_channels) >= self.most:
            timeout = min(timeout, LOOK)  # somebody may be about to have had the time that everybody gets
        self._turning = threading.get_ident()
        if self._soon:
            timeout = 0.0
        wasyncore.loop(timeout=timeout, use_poll=hasattr(select, "poll"), map=self.sockets, count=1)
        for _ in range(len(self._soon)):
            self._answer(self._soon.popleft())
        now = time.monotonic()
        if now - self._looked >= LOOK or len(self.active_channels) >= self.most:
            self._looked = now
            self._look(now)

    def add_task(self, task: Channel) -> None:
        """Have the next request of a connection answered."""
        request = task.requests[0]
        mine = request.error is None and threading.get_ident() == self._turning
        if mine and self._is_quick(request.command, request.path):
            self._soon.append(task)  # not at once: the connection is locked while its requests are read
        else:
            super().add_task(task)

    @staticmethod
    def _answer(channel: Channel) -> None:
        try:
            channel.service()
        except Exception:  # noqa: BLE001 (as in waitress's threads: the others are to be served)
            _log.exception("Exception when servicing %r", channel)

    def channels(self) -> list[Channel]:
        """Return the open connections."""
        return list(self.active_channels.values())

    def maintenance(self, now: float) -> None:
        """Do nothing: waitress would go by the time of day."""

    def handle_accept(self) -> None:
        """Take all who wait at the door, not one in each turn."""
        for _ in range(_ACCEPTED):
            before = len(self.active_channels)
            super().handle_accept()
            if not before < len(self.active_channels) < self.most:
                return

    def _look(self, now: float) -> None:
        waiting: list[Channel] = []
        for channel in self.channels():
            if channel.is_answering():
                late = bool(channel.total_outbufs_len) and now - channel.moved > IDLE
            else:
                waiting.append(channel)
                if channel.lingering:
                    late = now > channel.lingering
                else:
                    late = now - channel.waits_since() > (LONGEST_REQUEST if channel.is_reading() else IDLE)
            if late:
                channel.turn_away()
        self._make_room([channel for channel in waiting if channel.connected], now)

    def _make_room(self, waiting: list[Channel], now: float) -> None:
        crowd, arriving = len(self.active_channels), sum(channel.arrived() for channel in waiting)
        if crowd < self.most and arriving <= ARRIVING:
            return
        for channel in sorted(waiting, key=Channel.waits_since):
            if crowd < 0.9 * self.most and arriving <= ARRIVING / 2:
                return
            # Where nearly all are being answered, those who wait may have come just now.
            if now - channel.waits_since() < GRACE and arriving <= ARRIVING / 2:
                return
            crowd, arriving = crowd - 1, arriving - channel.arrived()
            channel.turn_away()


def most_connections() -> int:
    """Return how many connections to take, so that files can still be opened."""
    try:
        import resource
    except ImportError:  # pragma: no cover (Windows counts sockets apart)
        return CONNECTIONS
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return CONNECTIONS if limit == resource.RLIM_INFINITY else max(_SPARE, min(CONNECTIONS, limit // 2))
