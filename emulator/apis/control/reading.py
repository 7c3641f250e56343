"""Bodies of the control plane: small objects whose members are all known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

from emulator.apis.guarding import ControlError
from emulator.names import did_you_mean
from emulator.org.errors import OktaApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.apis.asking import Ask

__all__ = ["member", "members", "seconds"]

T = TypeVar("T")

_LONGEST = 10 * 366 * 86_400.0  # seconds


def members(ask: Ask, *known: str) -> Mapping[str, Any]:
    """
    Return the JSON object that the call brings, an empty one if it brings none.

    Raises:
        ControlError: it is no object, or has a member that isn't *known*.
    """
    try:
        body = ask.optional_body()
    except OktaApiError as error:
        raise ControlError(400, "the body is not JSON", hint=error.hint or "send a JSON object") from None
    if not isinstance(body, dict):
        raise ControlError(400, "the body is no JSON object", hint=f"members: {', '.join(known) or 'none'}")
    for name in body:
        if name not in known:
            hint = did_you_mean(name, known) or f"members: {', '.join(known) or 'none'}"
            raise ControlError(400, f"unknown member {name!r}", hint=hint)
    return body


def member(body: Mapping[str, Any], name: str, kind: type[T], *, default: T | None = None) -> T:
    """
    Return a member of a body.

    Raises:
        ControlError: it is of another kind, or missing and there is no default.
    """
    value = body.get(name, default)
    if value is None or not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        words = {str: "text", int: "a whole number", bool: "true or false", dict: "an object", list: "a list"}
        what = "is missing" if body.get(name) is None else "is of the wrong kind"
        raise ControlError(400, f"{name} {what}", hint=f"{name} is {words[kind]}")
    return value


def seconds(body: Mapping[str, Any], name: str, *, default: float | None = None, least: float = 0.0) -> float:
    """
    Return a member of a body that is a number of seconds.

    Raises:
        ControlError: it is none, or missing and there is no default.
    """
    value = body.get(name, default)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not fits or not least <= value <= _LONGEST:
        raise ControlError(400, f"{name} is no number of seconds", hint=f"from {least:g} to {_LONGEST:g}")
    return float(value)
