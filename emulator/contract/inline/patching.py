"""The operations of a patch: JSON Patch's ``add``, ``replace`` and ``remove``, with Okta's restrictions (I7)."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.problems import printable
from emulator.contract.spelling import likely_name

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["OPERATIONS", "PatchError", "perform", "steps_of"]

OPERATIONS: Final = ("add", "replace", "remove")
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_LONE_TILDE: Final = re.compile(r"~(?![01])")
_SHOWN: Final = 60


class PatchError(ValueError):
    """An operation can't be performed; ``hint`` says what could be done instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def steps_of(path: str) -> list[str]:
    """
    Return the steps of a JSON pointer (RFC 6901).

    Raises:
        PatchError: it doesn't begin with a slash, or has a ``~`` that stands for nothing.
    """
    if not path.startswith("/"):
        raise PatchError(f'the path "{_short(path)}" does not begin with a slash', f'write "/{_short(path)}"')
    if _LONE_TILDE.search(path):
        raise PatchError(f'the path "{_short(path)}" has a "~" by itself', "write ~0 for ~, and ~1 for /")
    return [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]


def perform(document: Any, operation: str, steps: Sequence[str], value: Any) -> None:
    """
    Perform one operation on *document*, or leave it as it is.

    Args:
        document: What is patched.
        operation: One of ``OPERATIONS``.
        steps: Where, at least one step.
        value: What to add or put there.

    Raises:
        PatchError: the place, or what holds it, isn't there.
    """
    holder = document
    for depth, step in enumerate(steps[:-1]):
        holder = _inside(holder, step, steps[:depth])
    last = steps[-1]
    if isinstance(holder, list):
        _in_array(holder, operation, last, value, steps[:-1])
    elif isinstance(holder, dict):
        _in_object(holder, operation, last, value, steps[:-1])
    else:
        raise PatchError(f"{_at(steps[:-1])} is no object or array, so nothing can be inside it", "patch it as a whole")


def _inside(holder: Any, step: str, above: Sequence[str]) -> Any:
    if isinstance(holder, dict) and step in holder:
        return holder[step]
    if isinstance(holder, list) and _INDEX.fullmatch(step) and int(step) < len(holder):
        return holder[int(step)]
    raise PatchError(f'there is no "{_short(step)}" in {_at(above)}', _instead(holder, step, above))


def _in_object(holder: dict[str, Any], operation: str, name: str, value: Any, above: Sequence[str]) -> None:
    if operation == "add":
        holder[name] = deepcopy(value)
        return
    if name not in holder:
        raise PatchError(f'there is no "{_short(name)}" in {_at(above)} to {operation}', _instead(holder, name, above))
    if operation == "remove":
        del holder[name]
    else:
        holder[name] = deepcopy(value)


def _in_array(holder: list[Any], operation: str, step: str, value: Any, above: Sequence[str]) -> None:
    adding = operation == "add"
    index = len(holder) if adding and step == "-" else int(step) if _INDEX.fullmatch(step) else -1
    if not 0 <= index < len(holder) + adding:
        raise PatchError(f'there is no index "{_short(step)}" in {_at(above)}', _instead(holder, step, above, adding))
    if adding:
        holder.insert(index, deepcopy(value))
    elif operation == "remove":
        del holder[index]
    else:
        holder[index] = deepcopy(value)


def _instead(holder: Any, step: str, above: Sequence[str], adding: bool = False) -> str:  # noqa: FBT001, FBT002
    if isinstance(holder, dict):
        near = likely_name(step, holder)
        begin = f'did you mean "/{"/".join(_escaped([*above, near]))}"? ' if near else ""
        names = ", ".join(_short(name) for name in holder) or "nothing"
        return f"{begin}{_at(above)} has: {names}"
    if isinstance(holder, list):
        indexes = f"its indexes are 0 to {len(holder) - 1}" if holder else "it is empty"
        return f"{_at(above)} is an array: {indexes}" + ("; - appends" if adding else "")
    return f"{_at(above)} is no object or array"


def _at(steps: Sequence[str]) -> str:
    return "/" + "/".join(_escaped(steps))


def _escaped(steps: Sequence[str]) -> list[str]:
    return [_short(step.replace("~", "~0").replace("/", "~1")) for step in steps]


def _short(text: str) -> str:
    return printable(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
