"""A delivery as something to keep: a step of a scenario, a pytest test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.delivery.attempts import Delivery

__all__ = ["as_pytest", "as_step"]


def as_step(delivery: Delivery) -> str:
    """Return steps that deliver such events in a scenario file."""
    lines = []
    for event in _events(delivery):
        lines.append(f"  - deliver: {json.dumps(event['eventType'])}")
        edits = list(_edits(event))
        if edits:
            lines.append("    set:")
            lines += [f"      {path}: {json.dumps(value)}" for path, value in edits]
        lines.append("    expect: {status: [200, 204], within: 3s}")
    return "\n".join(["scenario: as delivered", "steps:", "  - verify: {}", *lines]) + "\n"


def as_pytest(delivery: Delivery) -> str:
    """Return a test that lets the first event happen and awaits its delivery."""
    event = next(_events(delivery), {"eventType": "user.lifecycle.deactivate"})
    edits = dict(_edits(event))
    more = f", {edits!r}" if edits else ""
    return "\n".join(
        [
            "def test_the_delivery_is_acknowledged(okta_hook):",
            f"    delivery = okta_hook.deliver({event['eventType']!r}{more})",
            "",
            '    assert delivery.outcome == "delivered", delivery.explain()',
            "",
        ]
    )


def _events(delivery: Delivery) -> Iterator[dict[str, Any]]:
    for event in delivery.events:
        if isinstance(event, dict) and isinstance(event.get("eventType"), str):
            yield event


def _edits(event: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what tells this event from another one of its type: whom it is about."""
    targets = event.get("target")
    for place, target in enumerate(targets if isinstance(targets, list) else ()):
        if isinstance(target, dict) and target.get("type") == "User":
            for name in ("alternateId", "displayName"):
                if isinstance(target.get(name), str):
                    yield f"target.{place}.{name}", target[name]
