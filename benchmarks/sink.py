"""A receiver that costs as little as Python can: it answers any request with 204, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Sink(asyncio.Protocol):
    """Reads requests by Content-Length; a verification is answered with its challenge, ``/arrivals`` with a list."""

    arrivals: ClassVar[list[float]] = []
    """When each delivery came, by ``time.perf_counter()``, which all processes of a machine share."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a connection."""
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            length = int(_header(head, b"content-length") or 0)
            if len(self.buffer) < end + 4 + length:
                return
            original = self.buffer[:end]
            self.buffer = self.buffer[end + 4 + length :]
            self.transport.write(self.answer(original, head))  # type: ignore[attr-defined]

    def answer(self, original: bytes, head: bytes) -> bytes:
        """Return the answer to a request."""
        if not head.startswith(b"get "):
            self.arrivals.append(time.perf_counter())
            return ANSWER
        if head.startswith(b"get /arrivals"):
            return _with_body(json.dumps(self.arrivals).encode())
        at = head.find(b"x-okta-verification-challenge:")
        challenge = original[at:].partition(b":")[2].partition(b"\r\n")[0].strip()
        return _with_body(b'{"verification":"%s"}' % challenge)


def _with_body(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def port_of(process: subprocess.Popen[str]) -> int:
    """Return the port that a server says on its stdout."""
    return int((process.stdout or sys.stdin).readline())


def arrivals(url: str) -> list[float]:
    """Return when each delivery came to a sink."""
    with urlopen(f"{url.rpartition('/okta')[0]}/arrivals") as answer:  # noqa: S310 (our own sink)
        found: list[float] = json.load(answer)
    return found


def _header(head: bytes, name: bytes) -> bytes:
    at = head.find(b"\r\n" + name + b":")
    return b"" if at < 0 else head[at + 2 :].partition(b":")[2].partition(b"\r\n")[0].strip()


class Hanging(Sink):
    """Answers verifications only."""

    def answer(self, original: bytes, head: bytes) -> bytes:
        """Return the answer to a verification, and nothing for a delivery."""
        return super().answer(original, head) if head.startswith(b"get ") else b""


@contextmanager
def sink(*, hanging: bool = False) -> Iterator[str]:
    """Run a sink, and yield its URL."""
    process = subprocess.Popen([sys.executable, __file__, *["--hanging"] * hanging], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{port_of(process)}/okta/hooks"
    finally:
        process.kill()
        process.communicate()


async def serve(protocol: type[asyncio.Protocol]) -> None:
    """Serve until killed; the port is said on stdout."""
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Hanging if "--hanging" in sys.argv else Sink))
