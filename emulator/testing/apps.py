"""A WSGI or ASGI application as the hook under test, on a real loopback socket."""

from __future__ import annotations

import inspect
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server

from emulator.errors import UsageError
from emulator.names import did_you_mean
from emulator.testing.asgi import AsgiAsWsgi

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

__all__ = ["Serving", "load_app"]


_POLL = 0.02  # seconds until a stop is noticed


class _Quiet(WSGIRequestHandler):
    """Says nothing about requests: that is for the test's own report."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's name)
        pass


class Serving:
    """
    Serves an application until ``close()``.

    Args:
        app: A WSGI or ASGI application.
        path: The path of its hook.

    Raises:
        UsageError: it is neither, or does not start.
    """

    def __init__(self, app: Any, *, path: str = "/") -> None:
        if not callable(app):
            raise UsageError(f"this is no WSGI or ASGI application: {type(app).__name__}", where="okta_hook_app")
        self._asgi = AsgiAsWsgi(app) if _is_asgi(app) else None
        self._server = make_server("127.0.0.1", 0, self._asgi or app, threaded=True, request_handler=_Quiet)
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=[_POLL], name="okta-hook-app", daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/{path.lstrip('/')}"

    def close(self) -> None:
        """Stop serving, and let an ASGI application shut down."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self._asgi is not None:
            self._asgi.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _is_asgi(app: Any) -> bool:
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(getattr(app, "__call__", None))  # noqa: B004 (its kind is asked for)


def load_app(text: str) -> Any:
    """
    Return the application that ``module:attribute`` names; a factory, such as ``create_app``, is called.

    Raises:
        UsageError: there is no such module or attribute.
    """
    where = "okta_hook_app"
    module, colon, name = text.partition(":")
    if not colon or not module or not name:
        raise UsageError(f"{text!r} names no application", where=where, hint="write module:attribute")
    try:
        found: Any = import_module(module)
    except ImportError as error:
        raise UsageError(f"the module {module!r} can't be imported: {error}", where=where) from None
    for part in name.removesuffix("()").split("."):
        if not hasattr(found, part):
            raise UsageError(f"{module!r} has no {name!r}", where=where, hint=did_you_mean(part, dir(found)))
        found = getattr(found, part)
    return found() if _is_factory(found) else found


def _is_factory(found: Any) -> bool:
    # An application is called with two arguments (WSGI) or three (ASGI).
    return inspect.isfunction(found) and _takes(found, 0) and not _takes(found, 2) and not _takes(found, 3)


def _takes(function: Any, count: int) -> bool:
    try:
        inspect.signature(function).bind(*[None] * count)
    except TypeError:
        return False
    return True
