"""What a network does to bytes on their way; faults of one connection compose, the first is nearest to the sender."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from random import Random

__all__ = ["BlackHole", "Cut", "Drip", "HalfClose", "Latency", "NetworkFault", "Reset", "Truncate", "Way"]


class Way(StrEnum):
    """Which bytes a fault strikes."""

    REQUEST = "request"
    """Those from the sender to the receiver."""
    ANSWER = "answer"
    """Those from the receiver back."""


class Cut(Exception):  # noqa: N818 (what happens, not an error of ours)
    """The connection ends here: reset, closed in order, or closed in one direction only."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFault:
    """Something that happens to the bytes going one *way*."""

    way: Way = Way.ANSWER

    def strike(self, pieces: AsyncIterator[bytes], random: Random) -> AsyncIterator[bytes]:
        """
        Return the pieces that arrive, as they arrive.

        Raises:
            Cut: the connection ends.
        """
        del random
        return pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency(NetworkFault):
    """Every piece is late by so many *seconds*, give or take up to *jitter*."""

    seconds: float
    jitter: float = 0.0

    async def strike(self, pieces: AsyncIterator[bytes], random: Random) -> AsyncIterator[bytes]:
        """Let time pass before each piece."""
        async for piece in pieces:
            await asyncio.sleep(max(0.0, self.seconds + random.uniform(-self.jitter, self.jitter)))
            yield piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Drip(NetworkFault):
    """Only *size* bytes come at a time, so many *seconds* apart."""

    seconds: float
    size: int = 1

    async def strike(self, pieces: AsyncIterator[bytes], random: Random) -> AsyncIterator[bytes]:
        """Cut each piece into drops."""
        del random
        async for piece in pieces:
            for start in range(0, len(piece), self.size):
                yield piece[start : start + self.size]
                await asyncio.sleep(self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _After(NetworkFault):
    after: int = 0

    async def strike(self, pieces: AsyncIterator[bytes], random: Random) -> AsyncIterator[bytes]:
        """Let the first bytes pass; with none it strikes when the first would."""
        del random
        left = self.after
        async for piece in pieces:
            if left > 0:
                yield piece[:left]
            left -= len(piece)
            if left <= 0:
                await self.end()

    async def end(self) -> None:
        """Do what happens then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset(_After):
    """After so many bytes the connection is reset, as by a firewall or a process that died."""

    async def end(self) -> None:
        """End it for both."""
        raise Cut("reset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncate(_After):
    """After so many bytes the connection is closed in good order, as if that were all."""

    async def end(self) -> None:
        """End it for both."""
        raise Cut("close")


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfClose(_After):
    """After so many bytes this way is closed, and the other stays open."""

    async def end(self) -> None:
        """End it for one."""
        raise Cut("half")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackHole(_After):
    """After so many bytes nothing comes any more, and nobody is told."""

    async def end(self) -> None:
        """Be silent until somebody hangs up."""
        await asyncio.Event().wait()
