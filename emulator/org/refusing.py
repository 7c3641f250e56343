"""What the System Log says of a user that could not be created (table 11.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.payloads import Person

if TYPE_CHECKING:
    from emulator.org.call import Call
    from emulator.org.core import Core
    from emulator.org.errors import OktaApiError

__all__ = ["tell_refused"]


def tell_refused(core: Core, error: OktaApiError, body: Any, call: Call | None, *, path: str, query: str) -> None:
    """
    Raise ``user.lifecycle.create`` with the outcome FAILURE, if the profile wants it.

    How such an event looks is documented; that a refused API call writes one is not, so it is off by default.
    """
    if not core.profile.events_create_failure:
        return
    given = body.get("profile") if isinstance(body, dict) else None
    profile = given if isinstance(given, dict) else {}
    names = [name for key in ("firstName", "lastName") if isinstance(name := profile.get(key), str) and name]
    user_id = core.world.id("00u", "refused user", core.store.next("refused user"))
    with core.change(call, path=path, query=query) as change:
        change.raise_event(
            "user.lifecycle.create",
            person=Person(id=user_id, login="unknown", display_name=" ".join(names) or "unknown"),
            result="FAILURE",
            extras={"errorMessage": "; ".join(error.causes) or error.summary},
        )
