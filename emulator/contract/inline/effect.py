"""The record of what an answer does, and how two states of something differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.contract.problems import Path, pointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulator.contract.model import JsonObject

__all__ = ["ABSENT", "Change", "Effect", "differences"]


class _Absent:
    """Stands for a value that is not there, which isn't null."""

    def __repr__(self) -> str:
        return "(absent)"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value that differs: ``before`` or ``after`` is ``ABSENT`` if it was added or removed."""

    path: Path
    before: Any
    after: Any

    @property
    def pointer(self) -> str:
        """The JSON pointer of the value."""
        return pointer(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """
    What Okta does after a call.

    Args:
        before: What was pending when the hook was called: tokens, an assertion, a profile, a verdict.
        after: What has become of it.
        changes: Where the two differ.
        summary: The same in a sentence.
        proceeds: Whether the sign-in, registration, import or issuing of tokens goes on.
        used: Whether the answer was used; if not, Okta did what it does on failure (I9).
        shown: What the person in front of the screen reads, if anything; Okta's own words may differ.
        logged: The event types that are written to the System Log.
        debug_context: What the answer wants to have written there.
    """

    before: JsonObject
    after: JsonObject
    changes: tuple[Change, ...] = ()
    summary: str
    proceeds: bool = True
    used: bool = True
    shown: str = ""
    logged: tuple[str, ...] = ()
    debug_context: Mapping[str, Any] = field(default_factory=dict)


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Change]:
    """Yield the smallest values in which two documents differ, in the order of the first."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from differences(before.get(name, ABSENT), after.get(name, ABSENT), (*path, name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, two) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, two, (*path, index))
    elif type(before) is not type(after) or before != after:
        yield Change(path=path, before=before, after=after)
