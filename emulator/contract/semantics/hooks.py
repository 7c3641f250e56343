"""What holds for an event hook object: its subscribed event types, and filters that speak of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.contract.catalogue import eligible_types, known_types
from emulator.contract.constants import RESERVED_HEADERS
from emulator.contract.problems import Level, Path, Problem, printable
from emulator.contract.semantics.event_types import unknown_type
from emulator.contract.semantics.registry import hook_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_TYPE: Final = 100
_MANY: Final = 1000


def _items(hook: dict[str, Any]) -> list[Any]:
    events = hook.get("events")
    items = events.get("items") if isinstance(events, dict) else None
    return items[:_MANY] if isinstance(items, list) else []


@hook_rule
def request_to_create(hook: dict[str, Any], path: Path) -> Iterator[Problem]:
    """A5: what creates a hook is not yet one."""
    if _items(hook) and not hook.keys() & {"id", "status", "verificationStatus", "created"}:
        message = "this looks like the request that creates a hook; what is checked is Okta's answer to it"
        yield Problem(
            path=path, rule="A5", level=Level.MUST, message=message, hint="the answer adds id, status and more"
        )


@hook_rule
def subscribed_to_unknown_types(hook: dict[str, Any], path: Path) -> Iterator[Problem]:
    """T2: a subscribed type is in the catalogue, or newer than it."""
    for index, item in enumerate(_items(hook)):
        if isinstance(item, str):
            yield from unknown_type(item, (*path, "events", "items", index))


@hook_rule
def filtered_but_not_subscribed(hook: dict[str, Any], path: Path) -> Iterator[Problem]:
    """F3: every filtered event type is one of events.items."""
    items = _items(hook)
    filtered = hook["events"].get("filter") if items else None
    rows = filtered.get("eventFilterMap") if isinstance(filtered, dict) else None
    for index, row in enumerate(rows[:_MANY] if isinstance(rows, list) else []):
        named = row.get("event") if isinstance(row, dict) else None
        if isinstance(named, str) and named not in items:
            yield Problem(
                path=(*path, "events", "filter", "eventFilterMap", index, "event"),
                rule="F3",
                level=Level.SHOULD,
                message=f"a filter for {printable(named[:_LONGEST_TYPE])}, which the hook doesn't subscribe to",
                hint="every filtered event type is one of events.items",
            )


@hook_rule
def reserved_header(hook: dict[str, Any], path: Path) -> Iterator[Problem]:
    """H9: some headers are Okta's own."""
    channel = hook.get("channel")
    config = channel.get("config") if isinstance(channel, dict) else None
    headers = config.get("headers") if isinstance(config, dict) else None
    for index, header in enumerate(headers[:_MANY] if isinstance(headers, list) else []):
        key = header.get("key") if isinstance(header, dict) else None
        if isinstance(key, str) and key.lower() in RESERVED_HEADERS:
            yield Problem(
                path=(*path, "channel", "config", "headers", index, "key"),
                rule="H9",
                level=Level.SHOULD,
                message=f"the custom header {printable(key[:60])} is one that Okta sets itself",
                hint="Okta refuses to save it; only Accept is documented, the others are inferred",
            )


@hook_rule
def subscribed_to_what_hooks_never_carry(hook: dict[str, Any], path: Path) -> Iterator[Problem]:
    """A9: hooks subscribe to eligible types only; further ones become eligible now and then."""
    for index, item in enumerate(_items(hook)):
        if isinstance(item, str) and item in known_types() and item not in eligible_types():
            yield Problem(
                path=(*path, "events", "items", index),
                rule="A9",
                level=Level.SHOULD if item.startswith("event_hook.") else Level.NOTE,
                message=f"{item} is in the System Log only: hooks couldn't subscribe to it in our snapshot",
            )
