"""Workflow > Inline Hooks: list, create, edit, activate, deactivate, delete; and the keys they sign with (I2, I11, I12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.console.inline_forms import WAYS, InlineHookForm, inline_body_of
from emulator.console.routing import page
from emulator.contract.inline.constants import MAX_HOOKS
from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.errors import UsageError
from emulator.org.errors import OktaApiError

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from emulator.console.visit import Visit
    from emulator.org.inline.records import InlineHook

__all__: list[str] = []


@page("GET", "/inline-hooks")
def list_inline_hooks(visit: Visit) -> Response:
    """Show all inline hooks and all hook keys."""
    keys = visit.org.inline.keys
    shown = [(key, keys.is_used(key)) for key in keys.all()]
    return visit.render("inline_hooks", hooks=visit.org.inline.hooks.all(), keys=shown, most=MAX_HOOKS)


@page("GET", "/inline-hooks/new")
def new_inline_hook(visit: Visit) -> Response:
    """Show the form for a new hook."""
    return _form(visit, InlineHookForm(), None)


@page("POST", "/inline-hooks/new")
def create_inline_hook(visit: Visit) -> Response:
    """Create a hook, which is active at once."""
    try:
        hook = visit.org.inline.hooks.create(inline_body_of(visit.form), visit.call())
    except OktaApiError as error:
        return _form(visit, InlineHookForm.sent(visit.form, None), None, error=error)
    visit.tell(f"Created the inline hook {hook.name}. It is active at once; preview what your service answers.")
    return visit.go(f"/inline-hooks/{hook.id}")


@page("POST", "/inline-hooks/keys")
def create_hook_key(visit: Visit) -> Response:
    """Make a key pair for hooks to sign with."""
    try:
        key = visit.org.inline.keys.create({"name": visit.field("name")}, visit.call())
        visit.tell(f"Created the hook key {key.name}.")
    except OktaApiError as error:
        visit.tell(error.message, good=False, lines=[*error.causes, *error.hint.splitlines()])
    return visit.go("/inline-hooks")


@page("POST", "/inline-hooks/keys/<key_id>/delete")
def delete_hook_key(visit: Visit, key_id: str) -> Response:
    """Delete a key that no hook uses."""
    try:
        visit.org.inline.keys.delete(key_id, visit.call())
        visit.tell("Deleted the hook key.")
    except OktaApiError as error:
        visit.tell(error.message, good=False, lines=[*error.causes, *error.hint.splitlines()])
    return visit.go("/inline-hooks")


@page("GET", "/inline-hooks/<hook_id>")
def show_inline_hook(visit: Visit, hook_id: str) -> Response:
    """Show one hook: what it is, what its service may command, what a failure means."""
    hook = visit.org.inline.hooks.get(hook_id)
    key = visit.org.inline.keys.get(hook.oauth.hook_key_id) if hook.oauth and hook.oauth.hook_key_id else None
    return visit.render("inline_hook", hook=hook, key=key)


@page("GET", "/inline-hooks/<hook_id>/edit")
def edit_inline_hook(visit: Visit, hook_id: str) -> Response:
    """Show the form of a hook."""
    hook = visit.org.inline.hooks.get(hook_id)
    return _form(visit, InlineHookForm.of(hook), hook)


@page("POST", "/inline-hooks/<hook_id>/edit")
def save_inline_hook(visit: Visit, hook_id: str) -> Response:
    """Replace a hook."""
    old = visit.org.inline.hooks.get(hook_id)
    try:
        hook = visit.org.inline.hooks.replace(old, inline_body_of(visit.form, old), visit.call())
    except OktaApiError as error:
        return _form(visit, InlineHookForm.sent(visit.form, old), old, error=error)
    visit.tell(f"Saved {hook.name}.")
    return visit.go(f"/inline-hooks/{hook.id}")


@page("POST", "/inline-hooks/<hook_id>/<action>")
def change_inline_hook(visit: Visit, hook_id: str, action: str) -> Response:
    """Activate, deactivate or delete a hook."""
    hooks = visit.org.inline.hooks
    hook = hooks.get(hook_id)
    try:
        if action == "activate":
            hooks.activate(hook, visit.call())
            visit.tell(f"Activated {hook.name}.")
        elif action == "deactivate":
            hooks.deactivate(hook, visit.call())
            visit.tell(f"Deactivated {hook.name}: nothing calls it until it is activated again.")
        elif action == "delete":
            hooks.delete(hook, visit.call())
            visit.tell(f"Deleted {hook.name}.")
            return visit.go("/inline-hooks")
        else:
            raise UsageError(f"an inline hook can't {action}")
    except OktaApiError as error:
        visit.tell(error.message, good=False, lines=[*error.causes, *error.hint.splitlines()])
    return visit.go(f"/inline-hooks/{hook.id}")


def _form(
    visit: Visit, form: InlineHookForm, hook: InlineHook | None, *, error: OktaApiError | None = None
) -> Response:
    return visit.render(
        "inline_hook_form",
        status=200 if error is None else 400,
        form=form,
        hook=hook,
        error=error,
        kinds=list(INLINE_HOOK_TYPES.values()),
        ways=WAYS,
        keys=visit.org.inline.keys.all(),
        token_url=f"{visit.request.scheme}://{visit.request.host}/oauth2/default/v1/token",
    )
