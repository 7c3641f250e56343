"""The Inline Hooks API (I2, I11-I13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.apis.answers import EMPTY, Answer
from emulator.apis.routing import Query, Scope, route
from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.org.inline.shown import inline_hook_json

if TYPE_CHECKING:
    from emulator.apis.asking import Ask
    from emulator.org.inline.records import InlineHook

__all__: list[str] = []

_HOOKS: Final = "/api/v1/inlineHooks"
_HOOK: Final = f"{_HOOKS}/<inlineHookId>"
_SCOPE: Final = Scope("inlineHooks")
_TYPE: Final = Query(name="type", choices=tuple(sorted(INLINE_HOOK_TYPES)))


def _shown(ask: Ask, hook: InlineHook) -> Answer:
    return Answer(body=inline_hook_json(hook, base_url=ask.base_url))


@route("GET", _HOOKS, operation="listInlineHooks", scope=_SCOPE, gives="[InlineHook]", query=(_TYPE,))
def list_inline_hooks(ask: Ask) -> Answer:
    """List all inline hooks, or those of one type."""
    found = ask.org.inline.hooks.all(ask.text("type") or None)
    return Answer(body=[inline_hook_json(hook, base_url=ask.base_url) for hook in found])


@route("POST", _HOOKS, operation="createInlineHook", scope=_SCOPE, gives="InlineHook", takes="InlineHookBody")
def create_inline_hook(ask: Ask) -> Answer:
    """Create an inline hook: ACTIVE, without any verification."""
    return _shown(ask, ask.org.inline.hooks.create(ask.body(), ask.call))


@route("GET", _HOOK, operation="getInlineHook", scope=_SCOPE, gives="InlineHook")
def get_inline_hook(ask: Ask, inlineHookId: str) -> Answer:  # noqa: N803 (Okta's name of the parameter)
    """Show an inline hook."""
    return _shown(ask, ask.org.inline.hooks.get(inlineHookId))


@route("POST", _HOOK, operation="updateInlineHook", scope=_SCOPE, gives="InlineHook", takes="InlineHookPatch")
def update_inline_hook(ask: Ask, inlineHookId: str) -> Answer:  # noqa: N803
    """Change what the body names; the rest stays."""
    ask.org.inline.hooks.get(inlineHookId)
    return _shown(ask, ask.org.inline.hooks.update(inlineHookId, ask.body(), ask.call))


@route("PUT", _HOOK, operation="replaceInlineHook", scope=_SCOPE, gives="InlineHook", takes="InlineHookReplacement")
def replace_inline_hook(ask: Ask, inlineHookId: str) -> Answer:  # noqa: N803
    """Replace an inline hook; type and status stay."""
    ask.org.inline.hooks.get(inlineHookId)
    return _shown(ask, ask.org.inline.hooks.replace(inlineHookId, ask.body(), ask.call))


@route("DELETE", _HOOK, operation="deleteInlineHook", scope=_SCOPE, status=204)
def delete_inline_hook(ask: Ask, inlineHookId: str) -> Answer:  # noqa: N803
    """Delete an INACTIVE inline hook."""
    ask.org.inline.hooks.delete(inlineHookId, ask.call)
    return EMPTY


@route(
    "POST", f"{_HOOK}/execute", operation="executeInlineHook", scope=_SCOPE, gives="InlineAnswer", takes="InlineCall"
)
def execute_inline_hook(ask: Ask, inlineHookId: str) -> Answer:  # noqa: N803
    """Send the body to the external service, and return its answer."""
    ask.org.inline.hooks.get(inlineHookId)
    return Answer(body=ask.org.inline.calls.execute(inlineHookId, ask.body(), ask.call))


@route("POST", f"{_HOOK}/lifecycle/activate", operation="activateInlineHook", scope=_SCOPE, gives="InlineHook")
def activate_inline_hook(ask: Ask, inlineHookId: str) -> Answer:  # noqa: N803
    """Activate an inline hook."""
    return _shown(ask, ask.org.inline.hooks.activate(inlineHookId, ask.call))


@route("POST", f"{_HOOK}/lifecycle/deactivate", operation="deactivateInlineHook", scope=_SCOPE, gives="InlineHook")
def deactivate_inline_hook(ask: Ask, inlineHookId: str) -> Answer:  # noqa: N803
    """Deactivate an inline hook."""
    return _shown(ask, ask.org.inline.hooks.deactivate(inlineHookId, ask.call))
