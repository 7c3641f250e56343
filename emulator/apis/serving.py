"""
A WSGI application on a real socket, in threads, until it is stopped; what has been begun is finished then.

Plain HTTP is served by waitress, which reads requests in one event loop, so that slow clients cost no thread.  It knows
no TLS, which is served by werkzeug's server, a thread for each connection.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from waitress import wasyncore  # type: ignore[import-untyped]  # waitress has no types
from waitress.task import ErrorTask  # type: ignore[import-untyped]  # waitress has no types

from emulator.apis.app import unreadable_body
from emulator.apis.secure import SERVER, SecureServer
from emulator.door.server import Channel, Server
from emulator.errors import UsageError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Serving", "listen"]

THREADS: Final = 24
MAX_BODY: Final = 4 * 1024 * 1024  # bytes; the application answers for what is larger than it likes
PATIENCE: Final = 5.0  # seconds that requests being answered get when the server stops
ROUND: Final = 0.5


class _Counted:
    """The application, and how many requests it is answering."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._changed = threading.Condition()
        self._count = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        with self._changed:
            self._count += 1
        try:
            yield from self._app(environ, start_response)
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def wait_until_idle(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._count == 0, seconds)


class _Unreadable(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """Answers what never becomes a request of the application, in Okta's form: no client has to read anything else."""

    def execute(self) -> None:
        error = self.request.error
        body = json.dumps(unreadable_body()).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/json"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(Channel):
    error_task_class = _Unreadable


class _Server(Server):
    channel_class = _Channel


class _Waitress:
    def __init__(self, app: _Counted, listener: socket.socket, **more: Any) -> None:
        self._ended = False
        self._server = _Server(app, listener, threads=THREADS, max_body=MAX_BODY, ident=SERVER, **more)
        self._thread = threading.Thread(target=self._run, name="api-server", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ended:
            self._server.turn(ROUND)

    def stop(self, app: _Counted) -> None:
        wasyncore.dispatcher.close(self._server)  # the listening socket only
        app.wait_until_idle(PATIENCE)
        end = time.monotonic() + 1.0
        while time.monotonic() < end and any(each.total_outbufs_len for each in self._server.channels()):
            time.sleep(0.01)
        self._ended = True
        self._server.pull_trigger()
        self._thread.join()
        self._server.task_dispatcher.shutdown(timeout=0.5)
        wasyncore.close_all(self._server.sockets, ignore_all=True)


class _Tls:
    def __init__(self, app: _Counted, listener: socket.socket, context: ssl.SSLContext) -> None:
        self._listener = listener
        self._server = SecureServer(app, listener, context)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="api-server", daemon=True
        )
        self._thread.start()

    def stop(self, app: _Counted) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._listener.close()
        app.wait_until_idle(PATIENCE)
        self._thread.join()


class Serving:
    """Serves *app* on a *listener* until ``stop()``; with *tls* over HTTPS."""

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        listener: socket.socket,
        *,
        host: str,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._app = _Counted(app)
        self._once = threading.Lock()
        self._stopped = False
        # A wildcard address is given as loopback, which it includes.
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 (compared, not bound)
        shown = f"[{shown}]" if ":" in shown else shown
        self.netloc = f"{shown}:{listener.getsockname()[1]}"
        self.url = f"{'http' if tls is None else 'https'}://{self.netloc}"
        quick = {"is_quick": app.is_quick} if hasattr(app, "is_quick") else {}
        self._server = _Waitress(self._app, listener, **quick) if tls is None else _Tls(self._app, listener, tls)

    def stop(self) -> None:
        """Take no more connections, finish the requests in flight, and return; safe to call twice."""
        with self._once:
            if not self._stopped:
                self._stopped = True
                self._server.stop(self._app)


def listen(host: str, port: int) -> socket.socket:
    """
    Return a socket that listens at *host* and *port*; port 0 takes a free one.

    Raises:
        UsageError: the host is unknown, or the port is in use.
    """
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
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(
            f"can't listen at {host}:{port}: {reason}",
            hint="another program may have the port; --port 0 takes a free one",
            where=where,
        ) from None
    return listener
