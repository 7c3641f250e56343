"""
A WSGI app on a real socket, by waitress: slow clients cost no thread, and stopping finishes what has been begun.

waitress reads whole requests in one event loop and runs the app in threads.  Its own ``run()`` can only be ended by
an exception in the loop's thread, and drops what is in flight; so the loop is turned here, one round at a time.
"""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from waitress import wasyncore  # type: ignore[import-untyped]  # waitress has no types
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]  # waitress has no types
from waitress.parser import HTTPRequestParser  # type: ignore[import-untyped]  # waitress has no types
from waitress.server import create_server  # type: ignore[import-untyped]  # waitress has no types
from waitress.task import WSGITask  # type: ignore[import-untyped]  # waitress has no types

from emulator.errors import UsageError
from receiver.misbehaviour import HEADER_NAMES

if TYPE_CHECKING:
    from receiver.app import App

__all__ = ["Serving"]

THREADS: Final = 16
CONNECTIONS: Final = 1000
IDLE: Final = 30  # seconds after which a silent connection is closed
LONGEST_REQUEST: Final = 30.0  # seconds that a request may take to arrive; Okta itself gives up after three (R1)
HEADERS: Final = 64 * 1024  # bytes
IN_FLIGHT: Final = 5.0  # seconds that a request being answered gets when the server stops
ARRIVING: Final = 0.5  # seconds that a request still being sent gets then
ROUND: Final = 1.0  # seconds of one turn of the loop when nothing happens

# One line per queued request is no news to anyone who sends bursts.
_quiet = logging.getLogger("receiver.queue")
_quiet.setLevel(logging.CRITICAL)


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Keeps the header names as they came, for receivers that are wrongly particular about them."""

    header_names: frozenset[str] = frozenset()

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        names = (line.partition(b":")[0] for line in header_plus.split(b"\r\n")[1:])
        self.header_names = frozenset(name.decode("latin-1") for name in names)


class _Task(WSGITask):  # type: ignore[misc]  # waitress has no types
    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ[HEADER_NAMES] = self.request.header_names
        return environ

    def set_close_on_finish(self) -> None:
        # waitress hangs up after every answer without Content-Length, and a 204 has none; but it has no body either,
        # so its end is known, and the connection can serve the next delivery.
        wanted = self.request.headers.get("CONNECTION", "").lower() == "close" or self.version == "1.0"
        if self.has_body or wanted:
            super().set_close_on_finish()


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    parser_class = _Parser
    task_class = _Task

    began = 0.0
    """When the request that is arriving began to."""

    def received(self, data: bytes) -> bool:
        before = self.request
        taken: bool = super().received(data)
        if self.request is not before:
            self.began = time.monotonic()
        return taken

    def is_late(self) -> bool:
        """Whether a request takes too long to arrive, as one does that is sent byte by byte to hold the connection."""
        return self.request is not None and time.monotonic() - self.began > LONGEST_REQUEST

    def is_answering(self) -> bool:
        """Whether a request is being handled, or its answer is not sent yet."""
        return bool(self.requests or self.total_outbufs_len)

    def is_reading(self) -> bool:
        """Whether a part of a request has arrived."""
        return self.request is not None


class Serving:
    """
    Serves *app* until :meth:`stop`; the socket takes connections as soon as this is made.

    Raises:
        UsageError: the address can't be listened at.
    """

    def __init__(self, app: App, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._app = app
        self._host = host
        self._once = threading.Lock()
        self._stopping = threading.Event()
        self._sockets: dict[int, Any] = {}
        listener = _listen(host, port)
        self.port: int = listener.getsockname()[1]
        limit = app.settings.max_body
        self._server: Any = create_server(
            app,
            map=self._sockets,
            sockets=[listener],
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE,
            max_request_header_size=HEADERS,
            # Bodies a little too long are read and answered by the app; waitress hangs up on longer ones.
            max_request_body_size=2 * limit + 1,
            asyncore_use_poll=True,
            ident=None,
            log_socket_errors=False,
            clear_untrusted_proxy_headers=True,
        )
        self._server.channel_class = _Channel
        self._server.task_dispatcher.queue_logger = _quiet
        self._thread = threading.Thread(target=self._run, name="receiver-server", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The event hook's URL; a wildcard address is given as loopback, which it includes."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self._host, self._host)  # noqa: S104 (compared, not bound)
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self.port}{quote(self._app.settings.path)}"

    def stop(self) -> None:
        """Take no more connections, finish the requests in flight, and return; safe to call twice."""
        with self._once:
            if self._stopping.is_set():
                return
            self._stopping.set()
            self._server.pull_trigger()
            self._thread.join()
            tasks = self._server.task_dispatcher
            tasks.shutdown(timeout=0.5)
            if tasks.threads:
                # Whoever is still busy pulls the trigger when it has finished, so that must not be closed.
                self._server.trigger.del_channel(self._sockets)
            wasyncore.close_all(self._sockets, ignore_all=True)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._turn(ROUND)
            for channel in list(self._server.active_channels.values()):
                if channel.is_late():
                    channel.will_close = True
        wasyncore.dispatcher.close(self._server)  # the listening socket only
        self._drain()

    def _drain(self) -> None:
        began = time.monotonic()
        while True:
            passed = time.monotonic() - began
            busy = False
            for channel in list(self._server.active_channels.values()):
                if (channel.is_answering() and passed < IN_FLIGHT) or (channel.is_reading() and passed < ARRIVING):
                    busy = True
                elif not channel.requests:
                    channel.close_when_flushed = True
            if not busy:
                break
            self._turn(min(ROUND, ARRIVING))
        self._turn(0)

    def _turn(self, timeout: float) -> None:
        wasyncore.loop(timeout=timeout, use_poll=hasattr(select, "poll"), map=self._sockets, count=1)


def _listen(host: str, port: int) -> socket.socket:
    where = "--host/--port"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError, OverflowError):
        raise UsageError(f"the host {host!r} is unknown", hint="such as 127.0.0.1", where=where) from None
    listener = socket.socket(family, kind, protocol)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            # On Windows SO_REUSEADDR would let two servers have the same port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"can't listen at {host}:{port}: {reason.lower()}",
            hint="another program may have the port; --port 0 takes a free one",
            where=where,
        ) from None
    return listener
