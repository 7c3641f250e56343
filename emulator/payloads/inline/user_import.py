"""A user whom an app has, and who is about to become a user of Okta or to be linked to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.payloads.inline.scene import Told

if TYPE_CHECKING:
    from emulator.payloads.inline.scene import InlineScene

__all__ = ["build"]

_EMPTY = ("primaryPhone", "mobilePhone", "streetAddress", "countryCode", "typeId", "state")


def build(scene: InlineScene) -> Told:
    """Say what the request carries."""
    world, app = scene.world, scene.app
    first, last = scene.names
    matched = scene.variant == "match"
    user: dict[str, Any] = {
        "profile": {
            "lastName": last,
            "zipCode": None,
            "city": None,
            "secondEmail": None,
            "postAddress": None,
            "login": scene.person.login,
            "firstName": first,
            **dict.fromkeys(_EMPTY),
            "email": scene.person.login,
        }
    }
    data = {
        "context": {
            "conflicts": [] if matched else ["login"],
            "application": {"name": app.name, "id": app.id, "label": app.label, "status": "ACTIVE"},
            "job": {"id": world.id("ij1", "import job", scene.number), "type": "import:users"},
            "matches": [scene.person.id] if matched else [],
            "policy": ["EMAIL", "FIRST_AND_LAST_NAME"],
        },
        "action": {"result": "LINK_USER" if matched else "CREATE_USER"},
        "appUser": {
            "profile": {
                "firstName": first,
                "lastName": last,
                "mobilePhone": None,
                "accountType": "PRO",
                "secondEmail": None,
                "failProvisioning": None,
                "failDeprovisioning": None,
                "externalId": f"user{world.draws.below(1000, 'external id', scene.person.id)}",
                "groups": ["everyone@example.com", "tech@example.com"],
                "userName": scene.person.login.partition("@")[0],
                "email": scene.person.login,
            }
        },
        "user": {"id": scene.person.id, **user} if matched else user,
    }
    return Told(data=data, source="{hook}")
