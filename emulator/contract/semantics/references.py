"""Members that repeat each other: request ids, addresses of the API, the hooks an event goes to."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.catalogue import is_debug_key
from emulator.contract.problems import Level, Path, Problem, printable
from emulator.contract.semantics.registry import event_rule
from emulator.contract.spelling import meant_by

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTHS: Final = range(18, 23)  # of a hook's id: 20, and a little more or less in samples
_INSIDE: Final = ("debugContext", "debugData")
_REQUEST_KEYS: Final = ("requestId", "requestUri", "url", "dtHash", "targetEventHookIds", "threatSuspected")
_MOST_KEYS: Final = 200


def _debug_data(event: dict[str, Any]) -> dict[str, Any]:
    context = event.get("debugContext")
    data = context.get("debugData") if isinstance(context, dict) else None
    return data if isinstance(data, dict) else {}


def _is_hook_id(name: str) -> bool:
    return name.startswith("who") and len(name) in _LENGTHS and name.isascii() and name.isalnum()


@event_rule
def hook_ids_malformed(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """D17: targetEventHookIds is the ids of hooks, joined by commas without spaces."""
    ids = _debug_data(event).get("targetEventHookIds")
    if isinstance(ids, str) and not all(_is_hook_id(name) for name in ids.split(",")):
        hint = "write it without spaces" if " " in ids else "ids of event hooks begin with who; this one looks masked"
        yield Problem(
            path=(*path, *_INSIDE, "targetEventHookIds"),
            rule="D17",
            level=Level.SHOULD,
            message=f"got {printable(ids[:60])}, wanted ids of event hooks joined by commas",
            hint=hint,
        )


@event_rule
def hook_id_twice(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """D17: each hook is named once."""
    ids = _debug_data(event).get("targetEventHookIds")
    listed = ids.split(",") if isinstance(ids, str) else []
    if len(set(listed)) < len(listed):
        yield Problem(
            path=(*path, *_INSIDE, "targetEventHookIds"),
            rule="D17",
            level=Level.SHOULD,
            message="targetEventHookIds names a hook twice",
            hint="each hook that is configured for the event stands there once",
        )


@event_rule
def debug_key_nearly_known(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """L24, L27: further keys are legal, but requestURI beside no requestUri is a slip."""
    for key, meant in _slips(tuple(_debug_data(event))[:_MOST_KEYS]):
        yield Problem(
            path=(*path, *_INSIDE, key),
            rule="L27",
            level=Level.SHOULD,
            message=f'debugData has "{printable(key[:60])}", and "{meant}" is not there',
            hint=f'did you mean "{meant}"?',
            at_key=True,
        )


@lru_cache(maxsize=1024)
def _slips(keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return each key that nearly is one of a request, and that one; events of a type have the same keys."""
    absent = [key for key in _REQUEST_KEYS if key not in keys]
    found = [(key, meant_by(key, absent)) for key in keys if key not in _REQUEST_KEYS]
    return [(key, meant) for key, meant in found if meant and not is_debug_key(key)]


@event_rule
def url_of_another_request(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """L27: url is requestUri and the query."""
    data = _debug_data(event)
    uri, url = data.get("requestUri"), data.get("url")
    if isinstance(uri, str) and isinstance(url, str) and not url.startswith(uri):
        yield Problem(
            path=(*path, *_INSIDE, "url"),
            rule="L27",
            level=Level.SHOULD,
            message=f"url {printable(url[:60])} doesn't begin with requestUri {printable(uri[:60])}",
            hint="url is requestUri, a question mark and the query; one of the two looks edited",
        )


@event_rule
def request_id_of_another_request(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """N3: in a web request, transaction.id is the request's id."""
    transaction = event.get("transaction")
    if not isinstance(transaction, dict) or transaction.get("type") != "WEB":
        return
    request_id = _debug_data(event).get("requestId")
    if isinstance(request_id, str) and isinstance(transaction.get("id"), str) and request_id != transaction["id"]:
        yield Problem(
            path=(*path, *_INSIDE, "requestId"),
            rule="N3",
            level=Level.SHOULD,
            message="debugData.requestId and transaction.id differ",
            hint="in every recorded web request they are the same; one of the two looks edited",
        )
