"""What the System Log says of inline hooks, hook keys and their calls (I9, I14)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from emulator.payloads import Origin

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.org.core import Change
    from emulator.org.inline.records import HookKey, InlineHook
    from emulator.payloads import Person
    from emulator.secrets import Redactor

__all__ = ["tell_called", "tell_hook", "tell_key"]

# UNDOCUMENTED: the catalogue names the types and has no words for them; these follow those of event hooks (A29).
_MESSAGES: Final = {
    "created": "A new inline hook was created",
    "updated": "Inline hook was updated",
    "activated": "Inline hook was activated",
    "deactivated": "Inline hook was deactivated",
    "deleted": "Inline hook has been deleted",
}
_CALLED: Final = {
    "inline_hook.executed": {"SUCCESS": "Inline hook was executed", "FAILURE": "Inline hook execution failed"},
    "inline_hook.response.processed": {
        "SUCCESS": "Inline hook response was processed",
        "FAILURE": "Processing of the inline hook response failed",
    },
}
_LONGEST: Final = 2000  # characters of debugContext that are kept


def tell_hook(change: Change, verb: str, hook: InlineHook) -> None:
    """Raise the event of a changed hook, such as ``inline_hook.created``."""
    event_type = f"inline_hook.{verb}"
    change.raise_event(event_type, extras={}, edit=lambda event: _about(event, hook, _MESSAGES[verb]))


def tell_called(
    change: Change,
    event_type: str,
    hook: InlineHook,
    *,
    hide: Redactor,
    error: str = "",
    debug_context: Mapping[str, Any] | None = None,
    person: Person | None = None,
) -> None:
    """
    Raise ``inline_hook.executed`` or ``inline_hook.response.processed`` (I9).

    Args:
        change: What it is a part of.
        event_type: Which of the two.
        hook: The hook that was called.
        hide: Takes secrets out of what the service said.
        error: Why the call failed, or what the service reports; empty if all went well.
        debug_context: What the answer wants to have in the log.
        person: Whose sign-in, registration or import it was.
    """
    extras, error = {"inlineHookType": hook.type}, hide(error)
    if debug_context:
        extras["inlineHook"] = hide(_as_map(debug_context))[:_LONGEST]
    if error:
        extras["errorMessage"] = error
    result = "FAILURE" if error else "SUCCESS"
    change.raise_event(
        event_type,
        person=person,
        origin=Origin.SYSTEM if person is None else None,
        result=result,
        reason=error or None,
        extras=extras,
        edit=lambda event: _about(event, hook, _CALLED[event_type][result]),
    )


def _as_map(value: Any) -> str:
    """Write JSON as the catalogue's examples of ``inlineHook`` have it: ``{name=value, other=[1, 2]}``."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}={_as_map(inner)}' for name, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_as_map, value))}]"
    return value if isinstance(value, str) else json.dumps(value)


def _about(event: JsonObject, hook: InlineHook, message: str) -> None:
    event["displayMessage"] = message
    event["target"] = [_target(hook.id, "InlineHook", hook.name, None)]


def tell_key(change: Change, verb: str, key: HookKey) -> None:
    """Raise the event of a changed hook key, such as ``system.hook.key.created``."""
    details = {"keyAlias": key.key.kid, "hookKeyName": key.name, "hookKeyId": key.id}

    def about(event: JsonObject) -> None:
        event["target"] = [_target(key.id, "HookKey", key.name, details)]

    change.raise_event(f"system.hook.key.{verb}", extras={}, edit=about)


def _target(object_id: str, kind: str, name: str, details: JsonObject | None) -> JsonObject:
    return {"id": object_id, "type": kind, "alternateId": "unknown", "displayName": name, "detailEntry": details}
