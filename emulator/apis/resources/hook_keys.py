"""The Hook Keys API: the key pairs that inline hooks with ``private_key_jwt`` sign with (I11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.apis.answers import EMPTY, Answer
from emulator.apis.routing import Scope, route
from emulator.org.inline.shown import hook_key_json, public_key_json

if TYPE_CHECKING:
    from emulator.apis.asking import Ask
    from emulator.org.inline.records import HookKey

__all__: list[str] = []

_KEYS: Final = "/api/v1/hook-keys"
_KEY: Final = f"{_KEYS}/<id>"
_SCOPE: Final = Scope("inlineHooks")


def _shown(ask: Ask, key: HookKey) -> dict[str, Any]:
    return hook_key_json(key, used=ask.org.inline.keys.is_used(key))


def _detailed(ask: Ask, key: HookKey) -> Answer:
    return Answer(body={**_shown(ask, key), "_embedded": public_key_json(key)})


@route("GET", _KEYS, operation="listHookKeys", scope=_SCOPE, gives="[HookKey]")
def list_hook_keys(ask: Ask) -> Answer:
    """List all hook keys."""
    return Answer(body=[_shown(ask, key) for key in ask.org.inline.keys.all()])


@route("POST", _KEYS, operation="createHookKey", scope=_SCOPE, gives="DetailedHookKey", takes="HookKeyBody")
def create_hook_key(ask: Ask) -> Answer:
    """Make a key pair and show its public half."""
    return _detailed(ask, ask.org.inline.keys.create(ask.body(), ask.call))


@route("GET", _KEY, operation="getHookKey", scope=_SCOPE, gives="HookKey")
def get_hook_key(ask: Ask, id: str) -> Answer:  # noqa: A002 (Okta's name of the parameter)
    """Show a hook key."""
    return Answer(body=_shown(ask, ask.org.inline.keys.get(id)))


@route("PUT", _KEY, operation="replaceHookKey", scope=_SCOPE, gives="DetailedHookKey", takes="HookKeyBody")
def replace_hook_key(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Give a hook key another name."""
    ask.org.inline.keys.get(id)
    return _detailed(ask, ask.org.inline.keys.rename(id, ask.body(), ask.call))


@route("DELETE", _KEY, operation="deleteHookKey", scope=_SCOPE, status=204)
def delete_hook_key(ask: Ask, id: str) -> Answer:  # noqa: A002
    """Delete a hook key that no inline hook uses."""
    ask.org.inline.keys.delete(id, ask.call)
    return EMPTY


@route("GET", f"{_KEYS}/public/<keyId>", operation="getPublicKey", scope=_SCOPE, gives="JsonWebKey")
def get_public_key(ask: Ask, keyId: str) -> Answer:  # noqa: N803 (Okta's name of the parameter)
    """Show the public half of a hook key."""
    return Answer(body=public_key_json(ask.org.inline.keys.public(keyId)))
