"""The deliveries in a recording: the bodies as they were sent, whatever they are wrapped in."""

from __future__ import annotations

import json
from functools import reduce
from operator import getitem
from typing import Any

from emulator.contract.kinds import Kind
from emulator.contract.packed import decoded, is_gzip, packed_texts, unzipped
from emulator.contract.recognition import is_document, recognise
from emulator.contract.tables import cells
from emulator.contract.wrappers import Inner, unwrap

__all__ = ["recorded_bodies"]

_BOM = b"\xef\xbb\xbf"


def recorded_bodies(data: bytes) -> list[bytes]:
    """
    Return the body of each delivery in *data*, in order; none if there is no delivery in it.

    A body that stands there as text comes back byte for byte; one of which only the value was kept is written as Okta
    writes it, without white space.
    """
    if is_gzip(data):
        data = unzipped(data) or b""
    data = data.removeprefix(_BOM)
    value: Any
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return _in_text(data.decode("utf-8", errors="replace"))
    if isinstance(value, dict) and is_document(value):
        return [data] if _is_delivery(value) else []
    return _inside(value)


def _in_text(text: str) -> list[bytes]:
    """Look at text that is no JSON as a whole: lines of JSON, an HTTP message, a log."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and all(line[0] == "{" and line[-1] == "}" for line in lines):
        return [body for line in lines for body in _in_line(line)]
    parts = cells(text) or packed_texts(text)
    found = [body for _, _, part in parts for body in recorded_bodies(part.encode("utf-8", "surrogatepass"))]
    return found or _inside(text)


def _in_line(line: str) -> list[bytes]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return []
    if is_document(value):
        return [line.encode("utf-8", "surrogatepass")] if _is_delivery(value) else []
    return _inside(value)


def _inside(value: Any) -> list[bytes]:
    outer = {"recording": value}
    return [_body(inner, outer) for inner in unwrap(outer, is_document) if _is_delivery(inner.value)]


def _body(inner: Inner, outer: Any) -> bytes:
    place = reduce(getitem, inner.path, outer)
    if isinstance(place, str) and not inner.inside:
        for body in (place.encode("utf-8", "surrogatepass"), (decoded(place) or "").encode()):
            if _parsed(body) == inner.value:
                return body
    return json.dumps(inner.value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_delivery(value: Any) -> bool:
    return recognise(value).kind is Kind.ENVELOPE
