"""A user to be imported signs in for the first time; Okta asks whether the password is right (I15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.payloads.inline.scene import Told

if TYPE_CHECKING:
    from emulator.payloads.inline.scene import InlineScene

__all__ = ["build"]


def build(scene: InlineScene) -> Told:
    """Say what the request carries."""
    data = {
        "context": {
            "request": scene.request("POST", "/api/v1/authn" if scene.is_classic else "/idp/idx/challenge/answer"),
            "credential": {"username": scene.person.login, "password": scene.password},
        },
        "action": {"credential": "UNVERIFIED"},
    }
    return Told(data=data)
