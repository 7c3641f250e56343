"""The org over HTTPS: werkzeug's server, a thread for each connection, each with an end to its time."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from emulator.door.server import IDLE, LONGEST_REQUEST, most_connections

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

__all__ = ["SecureServer"]

HANDSHAKE: Final = 10.0  # seconds a client has for its TLS handshake
THREADS: Final = 200  # connections at a time, since each costs a thread
MAX_BODY: Final = 4 * 1024 * 1024  # bytes
SERVER: Final = "nginx"  # A31


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SecureServer

    def version_string(self) -> str:
        return SERVER

    def make_environ(self) -> dict[str, Any]:
        """Read the whole request before it costs the application anything."""
        environ: dict[str, Any] = super().make_environ()
        length = self.headers.get("Content-Length", "0")
        # One that is too long, or no number, the application refuses unread.
        wanted = int(length) if length.isascii() and length.isdigit() and len(length) < 8 else MAX_BODY + 1
        if environ.get("wsgi.input_terminated"):
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(MAX_BODY + 1))
        elif wanted <= MAX_BODY:
            environ["wsgi.input"] = BytesIO(self.rfile.read(wanted))
        self.server.has_arrived(self.connection)
        return environ

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's signature)
        """Say nothing: what is worth saying the application says."""


class SecureServer(ThreadedWSGIServer):
    """
    Serves *app* over TLS on a *listener*; a client that stalls holds up nobody else.

    A request has its time to arrive, handshake included, and when it gets crowded those make way who have taken
    longest.  Each connection serves one request.
    """

    daemon_threads = True

    def __init__(self, app: Callable[..., Iterable[bytes]], listener: socket.socket, context: ssl.SSLContext) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(host, port, app, handler=_Handler, fd=listener.fileno())
        self.ssl_context = context
        self._context = context
        self._lock = threading.Lock()
        self._arriving: dict[socket.socket, float] = {}
        self._most = min(THREADS, most_connections())

    def has_arrived(self, connection: socket.socket) -> None:
        """Note that a connection's request is there, and its time is the application's."""
        with self._lock:
            self._arriving.pop(connection, None)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands, and answer; in the connection's own thread."""
        since = time.monotonic()
        self._note(request, since)
        try:
            request.settimeout(HANDSHAKE)
            secure = self._context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        except OSError:
            return  # it has gone
        finally:
            self.has_arrived(request)
        with secure:
            self._note(secure, since)
            try:
                secure.do_handshake()
                secure.settimeout(IDLE)
                super().finish_request(secure, client_address)
            except OSError:
                return  # it doesn't trust us, speaks no TLS, or has gone
            finally:
                self.has_arrived(secure)

    def service_actions(self) -> None:
        """Hang up on requests that take too long to arrive."""
        super().service_actions()
        now = time.monotonic()
        with self._lock:
            waiting = sorted(self._arriving.items(), key=lambda item: item[1])
            crowd = max(0, len(waiting) - self._most)
            for place, (connection, since) in enumerate(waiting):
                if place < crowd or now - since > LONGEST_REQUEST:
                    # Its thread wakes up and ends it; the socket's own method would take its TLS away meanwhile.
                    with suppress(OSError):
                        socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients may hang up as they like."""

    def _note(self, connection: socket.socket, since: float) -> None:
        with self._lock:
            self._arriving[connection] = since
