"""
A WSGI app on a real socket, by waitress: slow clients cost no thread, and stopping finishes what has been begun.

waitress reads whole requests in one event loop and runs the app in threads.  Its own ``run()`` can only be ended by
an exception in the loop's thread, and drops what is in flight; so the loop is turned here, one round at a time.
"""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from waitress import wasyncore  # type: ignore[import-untyped]  # waitress has no types

from emulator.door.reading import Parser
from emulator.door.server import Channel, Server, Task
from emulator.errors import UsageError
from receiver.inline.app import INLINE_PATH
from receiver.misbehaviour import HEADER_NAMES

if TYPE_CHECKING:
    from receiver.app import App

__all__ = ["Serving"]

THREADS: Final = 16
IN_FLIGHT: Final = 5.0  # seconds that a request being answered gets when the server stops
ARRIVING: Final = 0.5  # seconds that a request still being sent gets then
ROUND: Final = 1.0  # seconds of one turn of the loop when nothing happens


class _Parser(Parser):
    """Keeps the header names as they came, for receivers that are wrongly particular about them."""

    header_names: frozenset[str] = frozenset()

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        names = (line.partition(b":")[0] for line in header_plus.split(b"\r\n")[1:])
        self.header_names = frozenset(name.decode("latin-1") for name in names)


class _Task(Task):
    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ[HEADER_NAMES] = self.request.header_names
        return environ


class _Channel(Channel):
    parser_class = _Parser
    task_class = _Task


class _Server(Server):
    channel_class = _Channel


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
        listener = _listen(host, port)
        self.port: int = listener.getsockname()[1]
        # Bodies a little too long are read and answered by the app; longer ones aren't even read.
        longest = 2 * app.settings.max_body + 1
        self._server = _Server(app, listener, threads=THREADS, max_body=longest, ident=None)
        self._thread = threading.Thread(target=self._run, name="receiver-server", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The event hook's URL; a wildcard address is given as loopback, which it includes."""
        return f"{self._root}{quote(self._app.settings.path)}"

    def inline_url(self, kind: str) -> str:
        """Return the URL of the inline hooks of a type, given by its short name."""
        return f"{self._root}{INLINE_PATH}/{kind}"

    @property
    def _root(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self._host, self._host)  # noqa: S104 (compared, not bound)
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self.port}"

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
                self._server.trigger.del_channel(self._server.sockets)
            wasyncore.close_all(self._server.sockets, ignore_all=True)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._server.turn(ROUND)
        wasyncore.dispatcher.close(self._server)  # the listening socket only
        self._drain()

    def _drain(self) -> None:
        began = time.monotonic()
        while True:
            passed = time.monotonic() - began
            busy = False
            for channel in self._server.channels():
                if (channel.is_answering() and passed < IN_FLIGHT) or (channel.is_reading() and passed < ARRIVING):
                    busy = True
                elif not channel.requests:
                    channel.close_when_flushed = True
            if not busy:
                break
            self._server.turn(min(ROUND, ARRIVING))
        self._server.turn(0)


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
