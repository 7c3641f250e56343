"""
A block of lines, each a JSON document of its own: the quick way through bulk.

A line that is in order in every respect is counted and forgotten. Any other goes through ``inspection``, which
says what is wrong and where; so both ways give the same report, and this one only saves time.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import ENVELOPE_TYPE
from emulator.contract.event_shapes import EventShape, shape_of
from emulator.contract.fast import is_installed
from emulator.contract.inspection import Tally, inspect_documents
from emulator.contract.jsontext import decode, documents
from emulator.contract.recognition import Kind
from emulator.contract.schemas import clean_envelope, clean_log_event

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["inspect_block"]

_QUICK: Final = ("auto", Kind.ENVELOPE, Kind.LOG_EVENT)
_INFINITE: Final = float("inf")


def inspect_block(block: bytes, *, first_line: int = 1, kind: str = "auto") -> Tally:
    """
    Say what a block of whole lines holds and what is wrong with it.

    Args:
        block: Lines that end in a line feed, perhaps but for the last one.
        first_line: The number of its first line within the file.
        kind: As for ``inspect_bytes``.
    """
    tally = Tally()
    read = _reader() if is_installed() and kind in _QUICK else None
    envelopes = events = deliveries = 0
    for number, line in enumerate(block.split(b"\n"), first_line):
        if not line or line.isspace():
            continue
        value = read(line) if read is not None else None
        if value is not None:
            if value.get("eventType") == ENVELOPE_TYPE:
                if kind != Kind.LOG_EVENT and clean_envelope(value):
                    envelopes += 1
                    for event in value["data"]["events"]:
                        if _is_delivery(event, line):
                            deliveries += 1
                        else:
                            tally.shapes[shape_of(event)] += 1
                    continue
            elif kind != Kind.ENVELOPE and clean_log_event(value):
                events += 1
                tally.shapes[shape_of(value)] += 1
                continue
        tally.add(_slowly(line, number, kind))
    tally.documents += envelopes + events
    tally.kinds += Counter({Kind.ENVELOPE: envelopes, Kind.LOG_EVENT: events})
    tally.shapes += Counter({EventShape.DELIVERY: deliveries})
    return tally


def _is_delivery(event: dict[str, Any], line: bytes) -> bool:
    return b":null" not in line and "ipChain" in event["client"] and "request" not in event


def _slowly(line: bytes, number: int, kind: str) -> Tally:
    source = decode(line)
    if not source.readable:
        found = Tally(problems=source.problems)
    else:
        found = inspect_documents(source, documents(source, lines=True), kind=kind)
        found.problems = [*source.problems, *found.problems]
    found.problems = [
        problem if problem.line is None else replace(problem, line=problem.line + number - 1)
        for problem in found.problems
    ]
    return found


@cache
def _reader() -> Callable[[bytes], dict[str, Any] | None]:
    """Return a function that reads one line, or None if there is anything about it to be looked at twice."""
    try:
        from orjson import dumps, loads  # an extra
    except ImportError:
        return _read
    return lambda line: _read_by_orjson(line, loads, dumps)


def _read_by_orjson(line: bytes, loads: Callable[[bytes], Any], dumps: Callable[[Any], bytes]) -> dict[str, Any] | None:
    try:
        value = loads(line)
    except ValueError:
        return None
    # What was written exactly as it would be written again holds nothing twice and no oddity.
    return value if type(value) is dict and dumps(value) == line else _read(line)


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if type(value) is not dict or _members(value) != line.count(b'":'):
        return None
    # Names whose colon stands apart, and escapes for half a character, are rare enough to be looked at twice.
    if b'" ' in line or b'"\t' in line or b"\\ud" in line or b"\\uD" in line:
        return None
    return value


def _members(value: dict[str, Any]) -> int:
    """Count the members of all objects within; -1 if there is a number that is none."""
    found = 0
    pending: list[Any] = [value]
    for item in pending:
        kind = type(item)
        if kind is dict:
            found += len(item)
            pending.extend(item.values())
        elif kind is list:
            pending.extend(item)
        elif kind is float and not -_INFINITE < item < _INFINITE:
            return -1
    return found
