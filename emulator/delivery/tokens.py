"""Random values that Okta makes up for a request: challenges and ids (V4, N3, N4)."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Protocol

__all__ = ["RandomTokens", "SeededTokens", "Tokens"]

_URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Tokens(Protocol):
    """A source of fresh values."""

    def challenge(self) -> str:
        """Return 40 characters of the URL-safe base64 alphabet (V4)."""

    def request_id(self) -> str:
        """Return a 27-character request id, as hook requests carry (N3)."""

    def error_id(self) -> str:
        """Return ``oae`` and 22 characters (N4)."""


class RandomTokens:
    """Values nobody can guess."""

    def challenge(self) -> str:
        """
        Return 40 characters of the URL-safe base64 alphabet (V4).

        Both special characters are always among them, so that a receiver that mangles one fails every time.
        """
        while True:
            challenge = _fresh(40)
            if {"-", "_"} <= set(challenge):
                return challenge

    def request_id(self) -> str:
        """Return a 27-character request id (N3)."""
        return _fresh(27)

    def error_id(self) -> str:
        """Return ``oae`` and 22 characters (N4)."""
        return "oae" + _fresh(22)


def _fresh(length: int) -> str:
    # What `secrets.token_urlsafe` does, without the start-up of its module.
    return urlsafe_b64encode(os.urandom(length)).decode()[:length]


@dataclass(slots=True)
class SeededTokens:
    """Values that a seed repeats: every call brings the next one."""

    seed: int
    count: int = 0

    def challenge(self) -> str:
        """Return 40 characters of the URL-safe base64 alphabet (V4)."""
        return self._next(40)

    def request_id(self) -> str:
        """Return a 27-character request id (N3)."""
        return self._next(27)

    def error_id(self) -> str:
        """Return ``oae`` and 22 characters (N4)."""
        return "oae" + self._next(22)

    def _next(self, length: int) -> str:
        from hashlib import shake_256

        self.count += 1
        digest = shake_256(f"token:{self.seed}:{self.count}".encode()).digest(length)
        return "".join(_URL_SAFE[byte & 63] for byte in digest)
