"""The answers Okta understands: commands, an error, or nothing; plain dictionaries, so that nothing hides the JSON (I6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Answer", "commands", "refusal"]

Answer = Mapping[str, Any] | None
"""The JSON object to answer; None is 204: nothing to change."""


def commands(*given: tuple[str, Any]) -> dict[str, Any]:
    """Return the answer that carries commands, each a type and its value, in the order Okta is to follow them."""
    return {"commands": [{"type": name, "value": value} for name, value in given]}


def refusal(summary: str, *causes: Mapping[str, str]) -> dict[str, Any]:
    """
    Return the ``error`` member of an answer: one object, not an array.

    Args:
        summary: What a person is shown, so it says what they can do.
        causes: What is wrong where: ``errorSummary``, ``reason``, ``locationType``, ``location``, ``domain``.
    """
    error: dict[str, Any] = {"errorSummary": summary}
    if causes:
        error["errorCauses"] = [dict(cause) for cause in causes]
    return {"error": error}
