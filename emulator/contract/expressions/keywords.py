"""The ``q`` of the System Log: keywords that must all occur somewhere in an event (L9, E9)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from emulator.errors import UsageError

__all__ = ["KeywordError", "keywords", "occur"]

_MOST: Final = 10
_LONGEST: Final = 40  # characters


class KeywordError(UsageError):
    """A ``q`` that the System Log refuses; ``summary`` is the ``errorSummary`` of its E0000001."""

    def __init__(self, summary: str) -> None:
        super().__init__(summary, where="q")
        self.summary = summary


def keywords(text: str) -> tuple[str, ...]:
    """
    Return the keywords of *text*, folded, each once.

    Raises:
        KeywordError: one is too long, or there are too many.
    """
    found = tuple(dict.fromkeys(text.casefold().split()))
    if any(len(word) > _LONGEST for word in found):
        raise KeywordError(
            f"Api validation failed: 'q': Freeform search cannot contain items longer than {_LONGEST} characters. "
            "Please shorten the items in your search or use an advanced filter to query by specific fields."
        )
    if len(found) > _MOST:
        # UNDOCUMENTED: what more than ten keywords are told; the number is documented, the text is ours.
        raise KeywordError(f"Api validation failed: 'q': Freeform search cannot contain more than {_MOST} items.")
    return found


def occur(wanted: tuple[str, ...], event: Mapping[str, Any]) -> bool:
    """
    Say whether every keyword is a value in *event*, or a word or hyphenated part of one (L9).

    UNDOCUMENTED: where the words of a value end, which ``q`` looks for; ours end at white space, commas and semicolons.
    """
    missing = set(wanted)
    for value in _texts(event):
        if not missing:
            break
        missing.discard(value)
        for word in re.split(r"[\s,;]+", value):
            missing.discard(word)
            missing.difference_update(word.split("-"))
    return not missing


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Mapping):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, str):
            yield item.casefold()
        elif isinstance(item, int | float) and not isinstance(item, bool):
            yield str(item)
