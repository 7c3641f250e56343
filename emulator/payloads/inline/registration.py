"""Somebody registers, or completes their profile; Okta asks before it goes on (I4, I15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.payloads.inline.scene import Told

if TYPE_CHECKING:
    from emulator.payloads.inline.scene import InlineScene

__all__ = ["build"]


def build(scene: InlineScene) -> Told:
    """Say what the request carries."""
    # I4: the id of the registration, not of the hook.
    source = scene.world.id("reg", "registration", 0)
    if scene.variant == "progressive-profile":
        return Told(data=_progressive(scene), source=source, request_type="progressive.profile")
    first, last = scene.names
    url = f"/api/v1/registration/{source}/register" if scene.is_classic else "/idp/idx/enroll/new"
    data = {
        "context": {"request": scene.request("POST", url)},
        "userProfile": {
            "lastName": last,
            "firstName": first,
            "login": scene.person.login,
            "email": scene.person.login,
        },
        "action": "ALLOW",
    }
    # Recorded requests of Classic Engine have no requestType: it knows no progressive profiling.
    return Told(data=data, source=source, request_type="" if scene.is_classic else "self.service.registration")


def _progressive(scene: InlineScene) -> dict[str, Any]:
    user = scene.user()
    return {
        "context": {
            "request": scene.request("POST", "/idp/idx/enroll/update"),
            "user": {
                "passwordChanged": user["passwordChanged"],
                "_links": user["_links"],
                "profile": user["profile"],
                "id": user["id"],
            },
        },
        "action": "ALLOW",
        "userProfileUpdate": {
            "employeeNumber": f"{scene.world.draws.below(9_000, 'employee number', scene.person.id) + 1_000}"
        },
    }
