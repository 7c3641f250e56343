"""Requests of inline hooks made from a seed: the same people, apps and ids as the LogEvents of that seed."""

from __future__ import annotations

from emulator.payloads.inline.build import (
    inline_hook_id,
    inline_request,
    redacted_request,
    request_id_of,
    secrets_of_request,
)

__all__ = ["inline_hook_id", "inline_request", "redacted_request", "request_id_of", "secrets_of_request"]
