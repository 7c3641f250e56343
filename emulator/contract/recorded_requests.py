"""A recorded verification GET, as gateways and proxies write it down: checked softly, they add what they like."""

from __future__ import annotations

import re
from typing import Any, Final

from emulator.contract.constants import CHALLENGE_HEADER
from emulator.contract.problems import Level, Path, Problem, describe
from emulator.contract.recognition import headers_of

__all__ = ["verification_request_problems"]

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{40}")


def verification_request_problems(value: Any, path: Path = ()) -> list[Problem]:
    """Return what Okta's verification request would not look like: method, challenge, body (V2, V3, V4, V7)."""
    if not isinstance(value, dict):
        message = f"got {describe(value)}, wanted a recorded request with method and headers"
        return [Problem(path=path, rule="V3", level=Level.MUST, message=message)]
    return [*_method(value, path), *_challenge(value, path), *_body(value, path)]


def _method(value: dict[str, Any], path: Path) -> list[Problem]:
    key = next((key for key in ("method", "httpMethod") if key in value), "")
    if not key or value[key] == "GET":
        return []
    message = f"got {describe(value[key])} as the method, wanted GET"
    hint = "the verification is the one GET that Okta sends; deliveries are POST"
    return [Problem(path=(*path, key), rule="V2", level=Level.MUST, message=message, hint=hint)]


def _challenge(value: dict[str, Any], path: Path) -> list[Problem]:
    found = [content for name, content in headers_of(value) if name.lower() == CHALLENGE_HEADER.lower()]
    inside = (*path, "headers") if "headers" in value else path
    if not found:
        message = f"no {CHALLENGE_HEADER} among the headers"
        hint = "a GET without it is not Okta's; proxies may drop headers they don't know"
        return [Problem(path=inside, rule="V3", level=Level.MUST, message=message, hint=hint)]
    challenge = found[0][0] if isinstance(found[0], list) and found[0] else found[0]
    if not isinstance(challenge, str) or not challenge:
        message = f"got {describe(challenge)} as the challenge, wanted text"
        return [Problem(path=inside, rule="V3", level=Level.MUST, message=message)]
    if not _CHALLENGE.fullmatch(challenge):
        message = f"got {describe(challenge)} as the challenge; all seen so far are 40 of A-Z a-z 0-9 _ -"
        return [Problem(path=inside, rule="V4", level=Level.NOTE, message=message)]
    return []


def _body(value: dict[str, Any], path: Path) -> list[Problem]:
    if not value.get("body"):
        return []
    message = f"got {describe(value['body'], secret=True)} as the body, wanted none"
    return [Problem(path=(*path, "body"), rule="V7", level=Level.SHOULD, message=message)]
