"""Reading the body with which a client creates or replaces an event hook, and every reason to refuse it (A4-A10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.contract.catalogue import eligible_types
from emulator.contract.constants import CHANNEL_VERSION, MAX_EVENT_TYPES
from emulator.contract.model import Channel, HookStatus, JsonObject
from emulator.names import did_you_mean
from emulator.org.channel_body import (
    INVALID,
    FieldProblem,
    auth_problems,
    constant,
    header_problems,
    name_problems,
    read_channel,
    refusal,
    uri_problems,
)
from emulator.org.errors import api_error, blank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulator.contract.profile import Profile
    from emulator.payloads.custom import CustomType

__all__ = ["HookDraft", "read_hook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HookDraft:
    """What a body asks for; ``status`` is None unless it names one (A19)."""

    name: str
    description: str | None
    events: tuple[str, ...]
    event_filter: JsonObject | None
    channel: Channel
    status: HookStatus | None


def read_hook(
    body: Any, *, profile: Profile, old: Channel | None = None, custom: Mapping[str, CustomType] | None = None
) -> HookDraft:
    """
    Return what *body* asks for; read-only and unknown members are ignored (A33, A34).

    Args:
        body: The parsed JSON.
        profile: Whether plain http:// is let pass for receivers nearby (D28).
        old: The channel of the hook that is replaced.  UNDOCUMENTED: an ``authScheme`` of the same key without a
            value keeps the old secret, since a client that reads a hook and writes it back never learns it (A13).
        custom: Event types that are known beside Okta's.

    Raises:
        OktaApiError: E0000003 if it is no object, else E0000001 with every cause.
    """
    if not isinstance(body, dict):
        raise api_error("E0000003")
    problems = [
        *name_problems(body.get("name")),
        *_description(body),
        *_events(body, custom or {}),
        *_channel(body, profile, old),
        *_filter(body, profile),
    ]
    if problems:
        raise refusal(problems, whole="eventHook")
    events = body["events"]
    status = body.get("status")
    return HookDraft(
        name=body["name"],
        description=body.get("description"),
        events=tuple(dict.fromkeys(events["items"])),  # A16: a set
        event_filter=_clean_filter(events.get("filter")),
        channel=read_channel(body["channel"]["config"], old),
        status=HookStatus(status) if status in list(HookStatus) else None,
    )


def _description(body: JsonObject) -> Iterator[FieldProblem]:
    if not isinstance(body.get("description"), str | None):
        yield FieldProblem("description", f"description: {INVALID}", "a description is text or null")


def _events(body: JsonObject, custom: Mapping[str, CustomType]) -> Iterator[FieldProblem]:
    events = body.get("events")
    if events is None:
        yield FieldProblem("events", blank("events"))
        return
    if not isinstance(events, dict):
        yield FieldProblem(
            "events", f"events: {INVALID}", 'events is an object: {"type": "EVENT_TYPE", "items": [...]}'
        )
        return
    yield from constant(events, "type", "EVENT_TYPE")
    items = events.get("items")
    if items is None or items == []:
        yield FieldProblem("items", blank("items"))
    elif not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        yield FieldProblem("items", f"items: {INVALID}", "items is a list of event types")
    else:
        yield from _items(list(dict.fromkeys(items)), custom)


def _items(items: list[str], custom: Mapping[str, CustomType]) -> Iterator[FieldProblem]:
    own = {name for name, each in custom.items() if each.eligible}
    unfit = [item for item in items if item not in own and item not in eligible_types()]
    if unfit:
        # A9: the text is not documented.
        hints = [f"{item!r} is not event-hook-eligible; {did_you_mean(item, eligible_types())}" for item in unfit[:3]]
        yield FieldProblem("items", f"items: Invalid event type(s): {', '.join(unfit)}", "\n".join(hints))
    if len(items) > MAX_EVENT_TYPES:
        yield FieldProblem(
            "items",
            f"items: The number of event types exceeds the maximum of {MAX_EVENT_TYPES}",
            f"a hook takes at most {MAX_EVENT_TYPES} event types (A9); register a second hook for the rest",
        )


def _channel(body: JsonObject, profile: Profile, old: Channel | None) -> Iterator[FieldProblem]:
    channel = body.get("channel")
    if channel is None:
        yield FieldProblem("channel", blank("channel"))
        return
    if not isinstance(channel, dict):
        yield FieldProblem("channel", f"channel: {INVALID}", "channel is an object with type, version and config")
        return
    yield from constant(channel, "type", "HTTP")
    yield from constant(channel, "version", CHANNEL_VERSION)
    config = channel.get("config")
    if config is None:
        yield FieldProblem("config", blank("config"))
        return
    if not isinstance(config, dict):
        yield FieldProblem("config", f"config: {INVALID}", 'config is an object: {"uri": ...}')
        return
    yield from uri_problems(config.get("uri"), profile)
    yield from header_problems(config.get("headers"))
    yield from auth_problems(config.get("authScheme"), old)


def _filter(body: JsonObject, profile: Profile) -> Iterator[FieldProblem]:
    events = body.get("events")
    if not isinstance(events, dict) or not isinstance(events.get("items"), list) or events.get("filter") is None:
        return
    # Only hooks with a filter pay for the parser.
    from emulator.contract.expressions.event_filter.filter_map import FilterMapError, filters_by_type

    try:
        filters_by_type(events["filter"], events["items"], strict=profile.filter_strict)
    except FilterMapError as error:
        yield FieldProblem("filter", error.cause, error.hint)


def _clean_filter(event_filter: JsonObject | None) -> JsonObject | None:
    if not event_filter or not event_filter["eventFilterMap"]:
        return None
    entries = [
        {"event": entry["event"], "condition": {"expression": entry["condition"]["expression"]}}
        for entry in event_filter["eventFilterMap"]
    ]
    return {"type": "EXPRESSION_LANGUAGE", "eventFilterMap": entries}
