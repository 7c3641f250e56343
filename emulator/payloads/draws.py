"""
Random-looking values that depend on nothing but a seed, a label and a number.

Every draw is a hash of its own, so it doesn't matter what was drawn before it, and the same seed gives the same
values in every process, on every machine, with every version of Python.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import blake2b
from string import ascii_letters, digits
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Draws"]

T = TypeVar("T")

_ALPHANUMERIC = (digits + ascii_letters).encode()
# Which of the 62 characters a byte stands for; the slight preference for the first eight does no harm here.
_TO_ALPHANUMERIC = bytes(_ALPHANUMERIC[byte % len(_ALPHANUMERIC)] for byte in range(256))


class Draws:
    """
    An endless supply of values for a *seed*: any whole number.

    Each method takes a label that says what the value is for, and numbers that tell the values of one label apart.
    """

    __slots__ = ("_constant", "_start")

    def __init__(self, seed: int) -> None:
        # The version in the person string would change if the way of drawing ever had to.
        key = blake2b(str(seed).encode(), digest_size=32).digest()
        self._start = blake2b(key=key, person=b"okta-hooks 1", digest_size=64)
        self._constant: dict[str, bytes] = {}

    def raw(self, label: str, *numbers: int | str) -> bytes:
        """Return 64 bytes."""
        if not numbers:
            # What has no number is the same for all events of a world.
            found = self._constant.get(label)
            if found is not None:
                return found
        text = f"{label}\0{numbers[0]}" if len(numbers) == 1 else "\0".join((label, *map(str, numbers)))
        state = self._start.copy()
        try:
            state.update(text.encode())
        except UnicodeEncodeError:  # a lone surrogate; the detour only when it is needed, as this is called often
            state.update(text.encode("utf-8", "surrogatepass"))
        found = state.digest()
        if not numbers:
            self._constant[label] = found
        return found

    def below(self, limit: int, label: str, *numbers: int | str) -> int:
        """Return a whole number from 0 to *limit* - 1."""
        return int.from_bytes(self.raw(label, *numbers)[:8], "big") % limit

    def pick(self, options: Sequence[T], label: str, *numbers: int | str) -> T:
        """Return one of the *options*."""
        return options[self.below(len(options), label, *numbers)]

    def hexadecimal(self, length: int, label: str, *numbers: int | str) -> str:
        """Return *length* lower-case hex digits, at most 128."""
        return self.raw(label, *numbers).hex()[:length]

    def alphanumeric(self, length: int, label: str, *numbers: int | str) -> str:
        """Return *length* letters and digits, at most 64."""
        return self.raw(label, *numbers)[:length].translate(_TO_ALPHANUMERIC).decode()

    def base64url(self, count: int, label: str, *numbers: int | str) -> str:
        """Return *count* bytes, at most 64, in the URL-safe base64 alphabet without padding."""
        return urlsafe_b64encode(self.raw(label, *numbers)[:count]).rstrip(b"=").decode()
