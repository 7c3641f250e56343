"""The form of an event hook and the API body it stands for (P2, P3, A5-A9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.contract.catalogue import eligible_types
from emulator.contract.constants import CHANNEL_VERSION
from emulator.contract.expressions.event_filter.filter_map import FILTER_TYPE, filters_by_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from werkzeug.datastructures import MultiDict

    from emulator.contract.model import EventHook, JsonObject

__all__ = ["HookForm", "body_of", "eligible_groups", "expressions_of", "with_filters"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HookForm:
    """What the form shows; secrets are never part of it."""

    name: str = ""
    uri: str = ""
    auth_key: str = "Authorization"
    has_secret: bool = False
    headers: Sequence[str] = field(default_factory=list)
    events: frozenset[str] = frozenset()

    @staticmethod
    def of(hook: EventHook) -> HookForm:
        """Return the form of a hook."""
        auth = hook.channel.auth
        return HookForm(
            name=hook.name,
            uri=hook.channel.uri,
            auth_key="" if auth is None else auth.key,
            has_secret=auth is not None,
            headers=[header.key for header in hook.channel.headers],
            events=frozenset(hook.events),
        )

    @staticmethod
    def sent(form: MultiDict[str, str], old: EventHook | None) -> HookForm:
        """Return the form as it was sent, to be shown again."""
        return HookForm(
            name=form.get("name", ""),
            uri=form.get("uri", ""),
            auth_key=form.get("auth_key", ""),
            has_secret=old is not None and old.channel.auth is not None,
            headers=[key for key in form.getlist("header_key") if key.strip()],
            events=frozenset(form.getlist("events")),
        )


def body_of(form: MultiDict[str, str], old: EventHook | None = None) -> JsonObject:
    """Return the API body that a form asks for; secrets that are left blank stay as they are in *old*."""
    key, value = form.get("auth_key", "").strip(), form.get("auth_value", "")
    scheme: JsonObject | None = None
    if key and (value or old is not None):
        scheme = {"type": "HEADER", "key": key, **({"value": value} if value else {})}
    known = {} if old is None else {header.key: header.value.reveal() for header in old.channel.headers}
    pairs = zip(form.getlist("header_key"), form.getlist("header_value"), strict=False)
    headers = [
        {"key": name.strip(), "value": text or known.get(name.strip(), "")} for name, text in pairs if name.strip()
    ]
    items = form.getlist("events")
    expressions = {} if old is None else {event: text for event, text in expressions_of(old).items() if event in items}
    return {
        "name": form.get("name", "").strip(),
        "description": None if old is None else old.description,
        "events": {"type": "EVENT_TYPE", "items": items, "filter": _filter(expressions)},
        "channel": {
            "type": "HTTP",
            "version": CHANNEL_VERSION,
            "config": {"uri": form.get("uri", "").strip(), "headers": headers, "authScheme": scheme},
        },
    }


def with_filters(hook: EventHook, shown: JsonObject, expressions: Mapping[str, str]) -> JsonObject:
    """Return *shown*, a hook as the API shows it, with other filters and all its secrets kept (A18)."""
    events = {
        **shown["events"],
        "filter": _filter({event: text for event, text in expressions.items() if text.strip()}),
    }
    return {**shown, "name": hook.name, "events": events}


def expressions_of(hook: EventHook) -> dict[str, str]:
    """Return the hook's filter of each type that has one."""
    return {event: found.text for event, found in filters_by_type(hook.event_filter, hook.events).items()}


def eligible_groups() -> dict[str, list[Any]]:
    """Return the event types that hooks may subscribe to, by the first part of their names."""
    groups: dict[str, list[Any]] = {}
    for name, known in sorted(eligible_types().items()):
        groups.setdefault(name.split(".")[0], []).append(known)
    return groups


def _filter(expressions: Mapping[str, str]) -> JsonObject | None:
    if not expressions:
        return None
    entries = [{"event": event, "condition": {"expression": text}} for event, text in expressions.items()]
    return {"type": FILTER_TYPE, "eventFilterMap": entries}
