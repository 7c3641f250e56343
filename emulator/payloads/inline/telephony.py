"""A one-time passcode that is to reach a phone, by SMS or voice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.payloads import moments
from emulator.payloads.inline.scene import Told

if TYPE_CHECKING:
    from emulator.payloads.inline.scene import InlineScene

__all__ = ["build"]

_CHANNELS: Final = {"sms": "SMS", "voice": "Voice"}
_FLOWS: Final = ("pre-enrollment", "mfa-verification", "account-unlock", "password-reset")
_PATHS: Final = {
    "pre-enrollment": "/idp/idx/credential/enroll",
    "mfa-verification": "/idp/idx/challenge",
    "account-unlock": "/idp/idx/unlock-account",
    "password-reset": "/idp/idx/recover",
}
_VALID_FOR: Final = 300_000  # milliseconds


def build(scene: InlineScene) -> Told:
    """Say what the request carries."""
    draws = scene.world.draws
    first, last = scene.names
    code = f"{draws.below(1_000_000, 'one-time passcode', scene.number):06d}"
    flow = draws.pick(_FLOWS, "telephony flow", scene.number)
    data = {
        "context": {"request": scene.request("POST", _PATHS[flow])},
        "userProfile": {
            "firstName": first,
            "lastName": last,
            "login": scene.person.login,
            "userId": scene.person.id,
        },
        "messageProfile": {
            "msgTemplate": f"Your code is {code}",
            # A number of the range that North America keeps for fiction.
            "phoneNumber": f"+1{draws.pick(('206', '415', '512', '617'), 'area', scene.person.id)}55501"
            f"{draws.below(100, 'phone', scene.person.id):02d}",
            "otpExpires": moments.text_of(scene.at + _VALID_FOR),
            "deliveryChannel": _CHANNELS[scene.variant],
            "otpCode": code,
            "locale": scene.locale.replace("_", "-").upper(),
        },
    }
    return Told(data=data, request_type=f"com.okta.user.telephony.{flow}")
