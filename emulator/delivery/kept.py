"""Connections that receivers keep open, for the next delivery (H2)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from emulator.delivery.wire import Wire

if TYPE_CHECKING:
    from emulator.delivery.loop import Loop

__all__ = ["Kept"]

# How long a connection without work is kept: too short for a receiver to close it just when it is used again, or for
# one that has a single thread to miss that thread.
_LINGER: Final = 0.1  # seconds
# Some receivers hang up right after an answer without having said so.  Until one has been seen to keep a connection for
# this long, it gets new ones, so that no delivery meets a connection that is just being closed.
_PROBATION: Final = 0.005  # seconds


class Kept:
    """
    The connections of one loop that may be used again, by URL.

    Args:
        loop: What closes them when they have been idle for too long.
    """

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._wires: dict[str, list[tuple[float, Wire]]] = {}
        self._keeps: dict[str, bool] = {}
        self._tidying = False

    def take(self, url: str) -> Wire:
        """Return a wire to *url*, open if there is one that can be relied on."""
        wires = self._wires.get(url)
        if not wires:
            return Wire()
        if url not in self._keeps:
            since, wire = wires[0]
            if time.perf_counter() - since >= _PROBATION:
                self._keeps[url] = not wire.is_stale
        return wires.pop()[1] if self._keeps.get(url) else Wire()

    def keep(self, url: str, wire: Wire) -> None:
        """Keep a wire for the next delivery to *url*."""
        if not self._keeps.get(url, True):
            wire.close()
            return
        now = time.perf_counter()
        self._wires.setdefault(url, []).append((now, wire))
        if not self._tidying:
            self._tidying = True
            self._loop.at(now + _LINGER, self._tidy)

    def close(self) -> None:
        """Close them all."""
        for wires in self._wires.values():
            for _, wire in wires:
                wire.close()
        self._wires.clear()

    def _tidy(self) -> None:
        now = time.perf_counter()
        for url, wires in list(self._wires.items()):
            fresh = [(since, wire) for since, wire in wires if now - since < _LINGER]
            for _, wire in wires[: len(wires) - len(fresh)]:
                self._keeps[url] = self._keeps.get(url, True) and not wire.is_stale
                wire.close()
            if fresh:
                self._wires[url] = fresh
            else:
                del self._wires[url]
        self._tidying = bool(self._wires)
        if self._tidying:
            self._loop.at(now + _LINGER, self._tidy)
