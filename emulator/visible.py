"""Text from elsewhere, made to look like what it is."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["in_one_line", "visible"]

_UNUSUAL: Final = re.compile(r"[^\x20-\x7e\n\t]")
# Control, format and direction characters, surrogates, private and unassigned ones, line and paragraph separators.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """Return *text* with every character spelt out that would hide, reorder or break what stands around it."""
    return _UNUSUAL.sub(_spelt_out, text)


def in_one_line(text: str) -> str:
    """Return *text* fit for a line of a log: nothing in it can begin another one."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _spelt_out(found: re.Match[str]) -> str:
    from unicodedata import category

    character = found[0]
    return character.encode("unicode_escape").decode() if category(character) in _HIDDEN else character
