"""A SAML assertion that Okta is about to send to an app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.payloads.inline.scene import Told

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.payloads.inline.scene import InlineScene

__all__ = ["build"]

_UNSPECIFIED: Final = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"


def build(scene: InlineScene) -> Told:
    """Say what the request carries."""
    world, app = scene.world, scene.app
    issuer = f"exk{app.id[3:]}"
    url = f"{scene.host}/app/{app.name}_1/{issuer}/sso/saml"
    started_at_app = scene.variant == "service-provider"
    data = {
        "context": {
            "request": scene.request("POST" if started_at_app else "GET", url),
            "protocol": {
                "type": "SAML2.0",
                "issuer": {"id": app.id, "name": app.label, "uri": f"http://www.okta.com/{issuer}"},
            },
            "session": scene.session(),
            "user": scene.user(),
        },
        "assertion": {
            "subject": {
                "nameId": scene.person.login,
                "nameFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
                "confirmation": {
                    "method": "urn:oasis:names:tc:SAML:2.0:cm:bearer",
                    "data": {"recipient": f"https://{app.name}.example.com/saml/acs"},
                },
            },
            "authentication": {
                "sessionIndex": f"id{scene.at}.{world.draws.below(10**9, 'session index', scene.number)}",
                "authnContext": {
                    "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
                },
            },
            "conditions": {"audienceRestriction": [f"https://{app.name}.example.com/saml/metadata"]},
            "claims": _claims(scene),
            "lifetime": {"expiration": 300},
        },
    }
    return Told(data=data, source=url)


def _claims(scene: InlineScene) -> JsonObject:
    first, last = scene.names
    groups = [scene.world.group(number).name for number in range(3)]
    return {
        "firstName": _claim(first),
        "lastName": _claim(last),
        "email": _claim(scene.person.login),
        "groups": _claim(*groups),
    }


def _claim(*values: str) -> dict[str, Any]:
    return {
        "attributes": {"NameFormat": _UNSPECIFIED},
        "attributeValues": [{"attributes": {"xsi:type": "xs:string"}, "value": value} for value in values],
    }
