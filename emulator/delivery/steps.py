"""
Work on sockets in steps: a generator that yields whenever it has to wait, and what drives it.

``drive`` lets one caller wait; ``loop.Loop`` waits for thousands at once.  Neither knows what the work is, and the work
doesn't know which of them drives it.
"""

from __future__ import annotations

import select
import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import socket

__all__ = ["Steps", "Wait", "drive", "is_ready", "out_of_time"]

T = TypeVar("T")

Wait = tuple["socket.socket", bool, float]
"""A socket, whether to wait until it can be written (else read), and until when, as ``time.perf_counter()`` counts."""

Steps = Generator[Wait, None, T]


def drive(steps: Steps[T]) -> T:
    """Go through *steps* to the end, wait where they want to, and return their result."""
    try:
        sock, writing, until = next(steps)
        while True:
            if is_ready(sock, writing=writing, seconds=until - time.perf_counter()):
                sock, writing, until = next(steps)
            else:
                sock, writing, until = steps.throw(out_of_time())
    except StopIteration as end:
        result: T = end.value
        return result


def out_of_time() -> TimeoutError:
    """Return what is thrown into steps whose time is up before their socket is ready."""
    return TimeoutError("the attempt's time is used up")


def is_ready(sock: Any, *, writing: bool, seconds: float) -> bool:
    """Say whether a socket can be written or read within so many seconds."""
    if hasattr(select, "poll"):
        poll = select.poll()  # unlike select() it takes sockets with any number
        poll.register(sock, select.POLLOUT if writing else select.POLLIN)
        return bool(poll.poll(max(0.0, seconds * 1000)))
    wanted = ([], [sock], [sock]) if writing else ([sock], [], [])
    return any(select.select(*wanted, max(0.0, seconds)))
