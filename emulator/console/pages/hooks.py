"""Workflow > Event Hooks: list, create, edit, verify, activate, deactivate, delete (P1, P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.console.hook_forms import HookForm, body_of, eligible_groups, expressions_of
from emulator.console.routing import page
from emulator.contract.constants import MAX_ACTIVE_HOOKS, MAX_EVENT_TYPES
from emulator.contract.rules import RULES
from emulator.errors import UsageError
from emulator.org.errors import OktaApiError, VerificationFailedError
from emulator.reports.html_exchanges import drawn
from emulator.secrets import Redactor

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from emulator.console.visit import Visit
    from emulator.contract.model import EventHook
    from emulator.delivery.verifier import Verification

__all__: list[str] = []


@page("GET", "/hooks")
def list_hooks(visit: Visit) -> Response:
    """Show all hooks with what can be done with each."""
    return visit.render("hooks", hooks=visit.org.event_hooks.all(), most=MAX_ACTIVE_HOOKS)


@page("GET", "/hooks/new")
def new_hook(visit: Visit) -> Response:
    """Show the form for a new hook."""
    return _form(visit, HookForm(), None)


@page("POST", "/hooks/new")
def create_hook(visit: Visit) -> Response:
    """Create a hook, then go where it can be verified."""
    try:
        hook = visit.org.event_hooks.create(body_of(visit.form), visit.call())
    except OktaApiError as error:
        return _form(visit, HookForm.sent(visit.form, None), None, error=error)
    visit.tell(f"Created the event hook {hook.name}. Verify that its endpoint is yours, now or later.")
    return visit.go(f"/hooks/{hook.id}")


@page("GET", "/hooks/<hook_id>")
def show_hook(visit: Visit, hook_id: str) -> Response:
    """Show one hook: what it is, how its verification went, what was delivered lately."""
    hook = visit.org.event_hooks.get(hook_id)
    failed = visit.console.failures.get(hook.id)
    return visit.render(
        "hook",
        hook=hook,
        expressions=expressions_of(hook),
        failed=None if failed is None else _explained(failed),
        deliveries=visit.org.deliveries.newest(limit=5, hook_id=hook.id),
    )


@page("GET", "/hooks/<hook_id>/edit")
def edit_hook(visit: Visit, hook_id: str) -> Response:
    """Show the form of a hook."""
    hook = visit.org.event_hooks.get(hook_id)
    return _form(visit, HookForm.of(hook), hook)


@page("POST", "/hooks/<hook_id>/edit")
def save_hook(visit: Visit, hook_id: str) -> Response:
    """Replace a hook; a changed channel has to be verified again (A20)."""
    old = visit.org.event_hooks.get(hook_id)
    try:
        hook = visit.org.event_hooks.replace(old, body_of(visit.form, old), visit.call())
    except OktaApiError as error:
        return _form(visit, HookForm.sent(visit.form, old), old, error=error)
    again = old.verification_status != hook.verification_status
    visit.tell(f"Saved {hook.name}." + (" Its channel has changed, so it has to be verified again." if again else ""))
    return visit.go(f"/hooks/{hook.id}")


@page("POST", "/hooks/<hook_id>/<action>")
def change_hook(visit: Visit, hook_id: str, action: str) -> Response:
    """Verify, activate, deactivate or delete a hook."""
    hooks = visit.org.event_hooks
    hook = hooks.get(hook_id)
    try:
        if action == "verify":
            hooks.verify(hook, visit.call())
            visit.console.failures.pop(hook.id, None)
            visit.tell(f"Verified: the receiver of {hook.name} returned the challenge.")
        elif action == "activate":
            hooks.activate(hook, visit.call())
            visit.tell(f"Activated {hook.name}.")
        elif action == "deactivate":
            hooks.deactivate(hook, visit.call())
            visit.tell(f"Deactivated {hook.name}: it receives nothing until it is activated again.")
        elif action == "delete":
            hooks.delete(hook, visit.call())
            visit.console.failures.pop(hook.id, None)
            visit.tell(f"Deleted {hook.name}.")
            return visit.go("/hooks")
        else:
            raise UsageError(f"a hook can't {action}")
    except VerificationFailedError as error:
        visit.console.failures[hook.id] = error.verification
        visit.tell(f"Not verified: {hook.name} did not prove that its endpoint is yours.", good=False)
    except OktaApiError as error:
        visit.tell(error.message, good=False, lines=[*error.causes, *error.hint.splitlines()])
    return visit.go(f"/hooks/{hook.id}")


def _form(visit: Visit, form: HookForm, hook: EventHook | None, *, error: OktaApiError | None = None) -> Response:
    return visit.render(
        "hook_form",
        status=200 if error is None else 400,
        form=form,
        hook=hook,
        error=error,
        groups=eligible_groups(),
        most=MAX_EVENT_TYPES,
    )


def _explained(failed: Verification) -> dict[str, Any]:
    redact = Redactor(failed.attempts[0].request.secrets()) if failed.attempts else Redactor()
    return {
        "exchanges": [
            drawn(exchange, redact, limit=3.0, anchor=f"verify-{number}", opened=number == 0)
            for number, exchange in enumerate(failed.attempts)
        ],
        "diagnoses": [
            {
                "code": found.code,
                "message": redact(found.message),
                "evidence": redact(found.evidence),
                "remedy": found.remedy,
                "rule": found.rule,
                "statement": RULES[found.rule].statement if found.rule in RULES else "",
            }
            for found in failed.diagnoses
        ],
        "okta": failed.okta_error["errorCauses"][0]["errorSummary"] if failed.okta_error else "",
    }
