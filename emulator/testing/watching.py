"""Assertions about events that explain themselves: on a miss, every candidate is listed, the nearest first."""

from __future__ import annotations

import json
import re
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from emulator.runner.expectations import json_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.contract.model import JsonObject

__all__ = ["Watched", "differences"]

_E = TypeVar("_E")

_SHOWN = 5  # candidates
_LONGEST = 120  # characters of a value
_PAUSE = 0.01  # seconds between two looks
_ABSENT: Any = object()


class Watched(ABC, Generic[_E]):
    """Something that events come to; ``seen`` says which did."""

    @abstractmethod
    def seen(self) -> Sequence[tuple[_E, JsonObject]]:
        """Return each event so far, as it is given to tests and as the JSON it came as."""

    def circumstances(self) -> str:
        """Return what else might explain that an event is missing, in lines."""
        return ""

    def assert_received(
        self,
        event_type: str | None = None,
        members: Mapping[str, Any] | None = None,
        *,
        count: int | None = None,
        timeout: float = 1.0,
    ) -> list[_E]:
        """
        Wait until an event has come that is like this, and return all such.

        Args:
            event_type: Its type; None is any.
            members: Values by path, such as ``{"target.0.alternateId": "john.doe@example.com"}``; a compiled pattern
                is searched for.
            count: How many such events there have to be, exactly; None is at least one.
            timeout: Seconds to wait for them.

        Raises:
            AssertionError: there are none, or not so many; the message has the nearest ones and their differences.
        """
        __tracebackhide__ = True
        wanted = {**({} if event_type is None else {"eventType": event_type}), **(members or {})}
        end = time.monotonic() + timeout
        while True:
            events = list(self.seen())
            found = [event for event, raw in events if not differences(raw, wanted)]
            if len(found) >= (1 if count is None else count) or time.monotonic() >= end:
                break
            time.sleep(_PAUSE)
        if (count is None and found) or len(found) == count:
            return found
        raise AssertionError(self._miss(wanted, len(found), count, [raw for _, raw in events]))

    def assert_nothing_received(
        self, event_type: str | None = None, members: Mapping[str, Any] | None = None, *, during: float = 0.0
    ) -> None:
        """
        Make sure that no event like this has come, nor comes *during* so many seconds.

        Raises:
            AssertionError: one did.
        """
        __tracebackhide__ = True
        wanted = {**({} if event_type is None else {"eventType": event_type}), **(members or {})}
        end = time.monotonic() + during
        while True:
            found = [raw for _, raw in self.seen() if not differences(raw, wanted)]
            if found or time.monotonic() >= end:
                break
            time.sleep(_PAUSE)
        if found:
            lines = [f"received {_number(len(found))} although none like this was wanted:", *_wanted(wanted)]
            raise AssertionError("\n".join([*lines, *(f"  {_name(raw)}" for raw in found[:_SHOWN])]))

    def _miss(self, wanted: Mapping[str, Any], found: int, count: int | None, events: list[JsonObject]) -> str:
        """Return the message for events that are missing or too many."""
        if count is not None and found:
            lines = [f"received {_number(found)} like this, wanted {count}:", *_wanted(wanted)]
        else:
            lines = ["no event like this was received:", *_wanted(wanted)]
        others = [(raw, differences(raw, wanted)) for raw in events]
        others = sorted(((raw, found) for raw, found in others if found), key=lambda each: len(each[1]))
        if not events:
            lines.append("none was received at all")
        elif others:
            lines.append(f"{_number(len(others))} unlike it, the nearest first:")
        for raw, unlike in others[:_SHOWN]:
            lines += [f"  {_name(raw)}", *(f"    {line}" for line in unlike)]
        if len(others) > _SHOWN:
            lines.append(f"  and {len(others) - _SHOWN} more")
        return "\n".join([*lines, *self.circumstances().splitlines()])


def differences(event: JsonObject, wanted: Mapping[str, Any]) -> list[str]:
    """Return a line for each member that isn't as wanted; none means that the event is like that."""
    found: list[str] = []
    for path, value in wanted.items():
        try:
            got = json_at(event, path)
        except LookupError:
            got = _ABSENT
        if not _alike(got, value):
            found.append(f"{path}: got {_shown(got)}, wanted {_shown(value)}")
    return found


def _alike(got: Any, wanted: Any) -> bool:
    if isinstance(wanted, re.Pattern):
        return isinstance(got, str) and wanted.search(got) is not None
    return bool(got == wanted)


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return "nothing"
    if isinstance(value, re.Pattern):
        return f"a match of {value.pattern!r}"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _wanted(wanted: Mapping[str, Any]) -> list[str]:
    return [f"  {path}: {_shown(value)}" for path, value in wanted.items()] or ["  (any event)"]


def _number(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"


def _name(raw: JsonObject) -> str:
    return f"{raw.get('eventType', 'no eventType')} {raw.get('uuid', '')}".rstrip()
