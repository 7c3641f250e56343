"""
Reading on after a fault: text that is almost JSON is mended, so that everything else in it can be looked at too.

Each mend keeps the length of the text, so every place in it stays what it was.
"""

from __future__ import annotations

import re
from typing import Final

from emulator.contract.jsonfaults import explain
from emulator.contract.jsonscan import SPACE, JsonFault, scan

__all__ = ["Fault", "mended"]

Fault = tuple[int, str, str]  # offset, message, hint

_BUDGET: Final = 5_000_000  # characters to scan, and each fault costs a scan of the text
_COMMENT: Final = re.compile(r"//[^\r\n]*|#[^\r\n]*|/\*.*?\*/", re.DOTALL)
_SINGLE: Final = re.compile(r"'([^'\"\\\r\n]*)'")
_TYPOGRAPHIC: Final = re.compile('[\u201c\u201d]([^"\\\\\r\n\u201c\u201d]*)[\u201c\u201d]')
_WORD: Final = re.compile(r"[A-Za-z]+")
_WORDS: Final = {"none": "null", "true": "true", "false": "false", "undefined": "null", "null": "null", "nil": ""}


def mended(text: str, first: JsonFault) -> tuple[list[Fault], str]:
    """
    Return every kind of fault, in order, and the mended text, which is empty if one could not be mended.

    Args:
        text: One document.
        first: Why it is none.
    """
    faults: dict[str, list[Fault]] = {}
    fault: JsonFault | None = first
    for _ in range(_BUDGET // max(1, len(text))):
        if fault is None:
            return _each_kind_once(faults), text
        found = explain(text, fault)
        faults.setdefault(found[1], []).append(found)
        better = _mend(text, found[0], fault.expecting)
        if not better or better == text:
            return _each_kind_once(faults), ""
        text = better
        fault = _fault(text)
    return _each_kind_once(faults) or [explain(text, first)], ""


def _each_kind_once(faults: dict[str, list[Fault]]) -> list[Fault]:
    """Return the first fault of each kind, with the number of the others in its hint."""
    found = []
    for (offset, message, hint), *others in faults.values():
        more = f"and {len(others)} more such" if others else ""
        found.append((offset, message, "\n".join(filter(None, [hint, more]))))
    return found


def _fault(text: str) -> JsonFault | None:
    try:
        end = scan(text).end
    except JsonFault as fault:
        return fault
    rest = SPACE.match(text, end)
    return None if rest and rest.end() == len(text) else JsonFault(end, "end", [])


def _mend(text: str, offset: int, expecting: str) -> str:
    """Return the text with the fault at *offset* taken out, or nothing if that takes more than a few characters."""
    if offset >= len(text) or expecting in {"depth", "end"}:
        return ""
    if expecting == "trailing comma":
        return _put(text, offset, offset + 1, " ")
    comment = _COMMENT.match(text, offset)
    if comment:
        return _put(text, offset, comment.end(), re.sub(r"[^\r\n]", " ", comment[0]))
    quoted = _SINGLE.match(text, offset) or _TYPOGRAPHIC.match(text, offset)
    if quoted:
        return _put(text, offset, quoted.end(), f'"{quoted[1]}"')
    if expecting == "string":
        return _put(text, offset, offset + 1, " ")
    word = _WORD.match(text, offset)
    if word and expecting == "value":
        meant = _WORDS.get(word[0].lower(), "")
        return _put(text, offset, word.end(), meant.ljust(len(word[0]))) if len(meant) <= len(word[0]) and meant else ""
    if expecting == "comma" and text[offset - 1 : offset].isspace():
        return _put(text, offset - 1, offset, ",")
    return ""


def _put(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]
