"""Text from elsewhere, made to look like what it is."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["visible"]

_PLAIN: Final = frozenset("\n\t")
# Control, format and direction characters, surrogates, private and unassigned ones, line and paragraph separators.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """Return *text* with every character spelt out that would hide, reorder or break what stands around it."""
    return "".join(
        character
        if character in _PLAIN or unicodedata.category(character) not in _HIDDEN
        else character.encode("unicode_escape").decode()
        for character in text
    )
