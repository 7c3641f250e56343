"""An ASGI application behind WSGI: an event loop in a thread, the application's lifespan, and a coroutine per request."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from emulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["AsgiAsWsgi"]

_STARTING = 30.0  # seconds


class AsgiAsWsgi:
    """
    Lets any WSGI server serve an ASGI application; its lifespan is that of this object, until ``close()``.

    Raises:
        UsageError: the application does not start.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="asgi", daemon=True)
        self._thread.start()
        self._lifespan = _Lifespan(app)
        try:
            self._run(self._lifespan.start())
        except BaseException:
            self._stop()
            raise

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        length = environ.get("CONTENT_LENGTH") or "0"
        body = environ["wsgi.input"].read(int(length)) if length.isdecimal() else environ["wsgi.input"].read()
        status, headers, answer = self._run(_exchange(self._app, _scope(environ, self._lifespan.state), body))
        start_response(f"{status} ", [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
        return [answer]

    def close(self) -> None:
        """Let the application shut down, and end the loop."""
        try:
            self._run(self._lifespan.stop())
        finally:
            self._stop()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _scope(environ: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    headers = [
        (name[5:].replace("_", "-").lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    for name, header in (("CONTENT_TYPE", b"content-type"), ("CONTENT_LENGTH", b"content-length")):
        if environ.get(name):
            headers.append((header, environ[name].encode("latin-1")))
    path = environ.get("PATH_INFO", "/").encode("latin-1")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": environ["REQUEST_METHOD"],
        "scheme": environ["wsgi.url_scheme"],
        "path": unquote_to_bytes(path).decode("utf-8", errors="replace"),
        "raw_path": path,
        "query_string": environ.get("QUERY_STRING", "").encode("latin-1"),
        "root_path": "",
        "headers": headers,
        "client": (environ.get("REMOTE_ADDR", "127.0.0.1"), 0),
        "server": (environ.get("SERVER_NAME", "127.0.0.1"), int(environ.get("SERVER_PORT", 80))),
        "state": dict(state),
    }


async def _exchange(app: Any, scope: dict[str, Any], body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    head: dict[str, Any] = {}
    parts: list[bytes] = []
    gone = asyncio.Event()

    async def receive() -> Any:
        if waiting:
            return waiting.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            head.update(message)
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                gone.set()

    try:
        await app(scope, receive, send)
    except Exception:
        if not head:
            raise
    if not head:
        raise RuntimeError("the application has not answered")
    return head["status"], [(bytes(name), bytes(value)) for name, value in head.get("headers", ())], b"".join(parts)


class _Lifespan:
    """Startup and shutdown, for applications that know of them; the others are let be, as the protocol has it."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._in: asyncio.Queue[Any] = asyncio.Queue()
        self._out: asyncio.Queue[Any] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.state: dict[str, Any] = {}

    async def start(self) -> None:
        self._task = asyncio.create_task(self._live())
        await self._tell("lifespan.startup", "start")

    async def stop(self) -> None:
        if self._task is not None and not self._task.done():
            await self._tell("lifespan.shutdown", "shut down")
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _live(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self._app(scope, self._in.get, self._out.put)
        except Exception:  # noqa: BLE001 (an application that knows no lifespan says so by raising anything)
            return
        finally:
            await self._out.put(None)

    async def _tell(self, what: str, verb: str) -> None:
        await self._in.put({"type": what})
        answer = await asyncio.wait_for(self._out.get(), _STARTING)
        if answer is not None and answer["type"] == f"{what}.failed":
            raise UsageError(f"the application does not {verb}: {answer.get('message', '')}".rstrip(": "))
