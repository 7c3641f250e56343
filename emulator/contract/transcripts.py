"""JSON inside text that is none: HTTP messages, what curl -v prints, log lines that end in JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Passage", "body_of", "passages", "request_in", "tails"]

Passage = tuple[int, Any]  # where it begins, and the value; None if it breaks off

_MESSAGE: Final = re.compile(
    r"(?:(?P<method>[A-Z]{3,7}) (?P<target>\S+) HTTP/[0-9.]+|HTTP/[0-9.]+ [0-9]{3}[^\r\n]*)\r?\n"
)
_BLANK: Final = re.compile(r"\r?\n[ \t]*\r?\n")
_HEADER: Final = re.compile(r"^(?:> )?([A-Za-z0-9_-]+):[ \t]*(.*?)\r?$", re.MULTILINE)
_CURL: Final = re.compile(r"^(?:[*<>] |[*<>]$|[{}] \[)", re.MULTILINE)
_SENT: Final = re.compile(r"^> (?P<method>[A-Z]{3,7}) (?P<target>\S+) HTTP/[0-9.]+", re.MULTILINE)
_QUOTED: Final = re.compile(r'"\{(?:[^"\\\n]++|\\.)*+"')
_OURS: Final = re.compile(r'\{\s*"(?:eventType|uuid|actor|verification)"')
_STARTS_IN_A_LINE: Final = 8
_DECODER: Final = json.JSONDecoder()


def body_of(text: str) -> str:
    """Return the body of an HTTP message, or nothing if *text* is none or has none."""
    if not _MESSAGE.match(text):
        return ""
    blank = _BLANK.search(text)
    return text[blank.end() :].strip() if blank else ""


def request_in(text: str) -> dict[str, Any] | None:
    """Return method and headers of the GET that an HTTP message or curl's output is about, as a recorder keeps them."""
    line = _MESSAGE.match(text) or _SENT.search(text)
    if not line or line["method"] != "GET":
        return None
    blank = _BLANK.search(text, line.end())
    head = text[line.end() : blank.start() if blank else len(text)]
    return {"method": "GET", "path": line["target"], "headers": dict(_HEADER.findall(head))}


def passages(text: str) -> tuple[str, list[Passage]]:
    """Return what a text is that is no JSON, in words, and each JSON object or array in it that could be a document."""
    blank = _BLANK.search(text) if _MESSAGE.match(text) else None
    if blank:
        return "an HTTP message", list(tails(text, blank.end()))
    found = list(tails(text))
    return ("what curl -v prints" if _CURL.match(text) else "log lines"), found


def tails(text: str, start: int = 0) -> Iterator[Passage]:
    """Yield the JSON objects that begin somewhere in a line, and go on to wherever they end."""
    position = start
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        found = _in_line(text, position, end)
        if found is None:
            position = end + 1
            continue
        begin, value, position = found
        yield begin, value


def _in_line(text: str, position: int, end: int) -> tuple[int, Any, int] | None:
    for _ in range(_STARTS_IN_A_LINE):
        begin = text.find("{", position, end)
        if begin < 0:
            return None
        quoted = _QUOTED.match(text, begin - 1) if begin and text[begin - 1] == '"' else None
        try:
            if quoted:
                value, stop = json.loads(json.loads(quoted[0])), quoted.end()
            else:
                value, stop = _DECODER.raw_decode(text, begin)
        except (ValueError, RecursionError):
            if _OURS.match(text, begin, end):
                return begin, None, end + 1
            position = begin + 1
            continue
        if isinstance(value, dict) and len(value) > 0:
            return begin, value, stop
        position = max(stop, begin + 1)
    return None
