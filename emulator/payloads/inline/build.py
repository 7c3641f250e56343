"""The request of an inline hook (I3-I5): its envelope, and around what a builder of its type says."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import CONTENT_TYPE, ENVELOPE_TYPE_VERSION
from emulator.contract.inline.types import inline_hook_type
from emulator.errors import UsageError
from emulator.names import did_you_mean
from emulator.payloads import moments
from emulator.payloads.edits import set_value
from emulator.payloads.inline.scene import InlineScene, Told
from emulator.secrets import HIDDEN, Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import JsonObject
    from emulator.payloads.world import App, Person, World

__all__ = ["inline_hook_id", "inline_request", "redacted_request", "request_id_of", "secrets_of_request"]

_VERSION: Final = "0.1"  # I3: cloudEventVersion, in the singular
# What people type or are sent, and nobody else should read.
_SECRET: Final = (
    ("data", "context", "credential", "password"),
    ("data", "messageProfile", "otpCode"),
)


def inline_hook_id(world: World, kind: InlineHookType) -> str:
    """Return the id of the world's hook of a type (N2)."""
    return world.id("cal", "inline hook", kind.short)


def inline_request(
    kind: InlineHookType | str,
    *,
    world: World,
    number: int = 0,
    at: datetime | None = None,
    variant: str = "",
    source: str = "",
    hook_id: str = "",
    person: Person | None = None,
    app: App | None = None,
    password: str = "",
) -> JsonObject:
    """
    Return the body of a request, members in wire order; the same for the same world, number and wishes.

    Args:
        kind: The type of hook, or its full or short name.
        world: The org whose people, apps and ids are used.
        number: Which request it is; by default it is about person *number*.
        at: When it is sent, an aware datetime; by default an instant that follows from the seed.
        variant: One of ``kind.variants``; by default the first.
        source: The member ``source``, if it shall not be the usual one of the type (I4).
        hook_id: The id of the hook that is called; by default the world's own of that type.
        person: Whom it is about.
        app: The app that a SAML assertion, token or import is for.
        password: What the user has typed, for a password import.

    Raises:
        UsageError: the type or variant is unknown, or *at* has no time zone.
    """
    kind = inline_hook_type(kind) if isinstance(kind, str) else kind
    if at is None:
        instant = moments.default_published(world.draws, number, kind.name)
    else:
        instant = moments.milliseconds(at, "at")
    scene = InlineScene(
        world=world,
        number=number,
        at=instant,
        variant=_variant(kind, variant),
        person=person or world.person(number),
        app=app or world.app(number),
        password=password or _password(world, number),
    )
    told = _builder(kind)(scene)
    own = hook_id or inline_hook_id(world, kind)
    return {
        "eventId": world.draws.base64url(16, "inline event id", kind.short, number),
        "eventTime": scene.ago(0),
        "eventType": kind.name,
        "eventTypeVersion": ENVELOPE_TYPE_VERSION,
        "contentType": CONTENT_TYPE,
        "cloudEventVersion": _VERSION,
        "source": source or told.source.replace("{hook}", own) or f"{scene.host}/api/v1/inlineHooks/{own}",
        **({"requestType": told.request_type} if told.request_type else {}),
        "data": told.data,
    }


def _builder(kind: InlineHookType) -> Callable[[InlineScene], Told]:
    found: Callable[[InlineScene], Told] = import_module(
        f"emulator.payloads.inline.{kind.short.replace('-', '_')}"
    ).build
    return found


def _variant(kind: InlineHookType, variant: str) -> str:
    if variant and variant not in kind.variants:
        hint = did_you_mean(variant, kind.variants)
        raise UsageError(
            f"a {kind.title} hook has no variant {variant!r}",
            hint="\n".join(filter(None, [hint, f"its variants: {', '.join(kind.variants)}"])),
        )
    return variant or kind.variants[0]


def _password(world: World, number: int) -> str:
    return f"Tr1-{world.draws.alphanumeric(10, 'password', number)}"


def request_id_of(request: JsonObject) -> str:
    """Return the id of the request that started the flow, which ``X-Okta-Request-Id`` repeats (I10), or an empty string."""
    found = _at(request, ("data", "context", "request", "id"))
    return found if isinstance(found, str) else ""


def secrets_of_request(request: JsonObject) -> Iterator[Secret]:
    """Yield the typed password and the one-time passcode of a request, so that a redactor can learn them."""
    for steps in _SECRET:
        found = _at(request, steps)
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found):
            yield Secret(str(found))


def redacted_request(request: JsonObject) -> JsonObject:
    """Return a copy without the typed password and the one-time passcode, also where a message repeats it."""
    secrets = [secret.reveal() for secret in secrets_of_request(request)]
    if not secrets:
        return request
    found: Any = request
    for steps in _SECRET:
        if _at(request, steps) is not None:
            found = set_value(found, "/" + "/".join(steps), HIDDEN)
    text = _at(request, ("data", "messageProfile", "msgTemplate"))
    if isinstance(text, str):
        for secret in secrets:
            text = text.replace(secret, HIDDEN)
        found = set_value(found, "/data/messageProfile/msgTemplate", text)
    redacted: JsonObject = found
    return redacted


def _at(value: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value
