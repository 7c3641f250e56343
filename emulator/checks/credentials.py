"""A hook's secret in its wrong forms, each of which a careless comparison would let pass."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.delivery.credentials import wrong_secret
from emulator.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Spoilt"]

_SCHEMES = ("Bearer", "Basic")


@dataclass(frozen=True, slots=True)
class Spoilt:
    """The wrong forms of *right*; a form that can't be told from the right one is None or missing."""

    right: Secret

    @property
    def _split(self) -> tuple[str, str]:
        """Return the scheme with its blank, or an empty text, and what follows."""
        scheme, blank, rest = self.right.reveal().partition(" ")
        return (f"{scheme} ", rest.strip()) if blank and rest.strip() else ("", self.right.reveal())

    @property
    def wrong(self) -> Secret:
        """Another value of the same scheme and a like length."""
        return wrong_secret(self.right)

    @property
    def near(self) -> Secret | None:
        """The value with one character in its middle changed."""
        scheme, rest = self._split
        at = len(rest) // 2
        other = "x" if rest[at : at + 1] != "x" else "y"
        return Secret(f"{scheme}{rest[:at]}{other}{rest[at + 1 :]}") if len(rest) > 1 else None

    @property
    def other_name(self) -> Secret | None:
        """Basic's password with another name; None if it isn't Basic."""
        pair = self._pair
        return None if pair is None else _basic(f"not-{pair[0]}", pair[1])

    @property
    def other_password(self) -> Secret | None:
        """Basic's name with another password; None if it isn't Basic."""
        pair = self._pair
        return None if pair is None else _basic(pair[0], f"not-{pair[1]}")

    @property
    def _pair(self) -> tuple[str, str] | None:
        scheme, rest = self._split
        if scheme.lower() != "basic ":
            return None
        try:
            name, colon, password = base64.b64decode(rest, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        return (name, password) if colon else None

    @property
    def shorter(self) -> Secret | None:
        """
        All but the last characters: what ``startsWith`` the wrong way round lets in.

        Base64's padding is cut off first: without it Node, PHP and others still read the same name and password.
        """
        scheme, rest = self._split
        told = rest.rstrip("=")
        return Secret(f"{scheme}{told[:-2]}") if len(told) > 3 else None

    @property
    def first(self) -> Secret | None:
        """The scheme and the first character only."""
        scheme, rest = self._split
        return Secret(f"{scheme}{rest[:1]}") if len(rest) > 1 else None

    @property
    def longer(self) -> Secret:
        """The right value and some more."""
        return Secret(f"{self.right.reveal()}0x")

    @property
    def other_case(self) -> Secret | None:
        """The value with its letters' case swapped; the scheme, whose case HTTP doesn't mind, stays."""
        scheme, rest = self._split
        return Secret(f"{scheme}{rest.swapcase()}") if rest.swapcase() != rest else None

    @property
    def other_schemes(self) -> tuple[Secret, ...]:
        """The right value under another scheme, or under one if it has none."""
        scheme, rest = self._split
        others = tuple(Secret(f"{other} {rest}") for other in _SCHEMES if f"{other} ".lower() != scheme.lower())
        return (*others, Secret(rest)) if scheme else others

    @property
    def not_ascii(self) -> Secret:
        """A value with bytes that are no ASCII: a comparison of texts may stumble over it."""
        return Secret("s\xe9cret-\xff\xfe-\xa0value")

    def all(self) -> Iterator[Secret]:
        """Yield every form that holds a part of the right one worth hiding."""
        forms = (
            self.near,
            self.other_name,
            self.other_password,
            self.shorter,
            self.longer,
            self.other_case,
            *self.other_schemes,
        )
        yield from (form for form in forms if form is not None)


def _basic(name: str, password: str) -> Secret:
    return Secret(f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}")
