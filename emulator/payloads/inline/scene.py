"""Who a request of an inline hook is about, and the parts that several types share (I5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.payloads import moments

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.payloads.world import App, Person, World

__all__ = ["InlineScene", "Told"]

_LOCALES: Final = ("en", "en_US", "en_GB", "de", "fr", "es", "ja")
_TIME_ZONES: Final = (
    "America/Los_Angeles", "America/New_York", "America/Chicago", "Europe/London", "Europe/Berlin", "Asia/Tokyo",
)  # fmt: skip
_HOUR: Final = 3_600_000  # milliseconds
_YEAR: Final = 365 * 24 * _HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a type's builder says: the request's ``data``, and whatever it has instead of the usual members."""

    data: JsonObject
    source: str = ""
    request_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineScene:
    """
    One request before it has a shape.

    ``number`` tells the requests of a world apart; ``at`` is when it is sent, in milliseconds since 1970.
    """

    world: World
    number: int
    at: int
    variant: str
    person: Person
    app: App
    password: str

    @property
    def request_id(self) -> str:
        """The id of the request that started the flow (N3)."""
        return self.world.draws.hexadecimal(32, "inline request", self.number)

    @property
    def is_classic(self) -> bool:
        """Whether the org is on Classic Engine, not Identity Engine (U21)."""
        return self.world.engine == "classic"

    @property
    def host(self) -> str:
        """The org's address."""
        return f"https://{self.world.org_host}"

    @property
    def names(self) -> tuple[str, str]:
        """The person's first and last name."""
        first, _, last = self.person.display_name.partition(" ")
        return first, last or first

    def ago(self, milliseconds: int) -> str:
        """Write the instant that lies so many milliseconds back, in full seconds (N5)."""
        return moments.text_of((self.at - milliseconds) // 1000 * 1000)

    def pick(self, options: tuple[str, ...], label: str) -> str:
        """Choose one of the options for the person: always the same one."""
        return self.world.draws.pick(options, label, self.person.id)

    @property
    def locale(self) -> str:
        """The person's locale."""
        return self.pick(_LOCALES, "locale")

    def request(self, method: str, url: str) -> JsonObject:
        """Return ``context.request``: the call that started the flow."""
        return {
            "id": self.request_id,
            "method": method,
            "url": {"value": url},
            "ipAddress": self.world.network(self.person.id).ip,
        }

    def session(self) -> JsonObject:
        """Return ``context.session``: the person's sign-in, some minutes old."""
        started = self.world.draws.below(30, "inline session", self.number) * 60_000 + 60_000
        created = self.ago(started)
        return {
            "id": f"102{self.world.draws.base64url(16, 'inline session id', self.number)}",
            "userId": self.person.id,
            "login": self.person.login,
            "createdAt": created,
            "expiresAt": self.ago(started - 2 * _HOUR),
            "status": "ACTIVE",
            "lastPasswordVerification": created,
            "amr": ["PASSWORD"],
            "idp": {"id": self.world.id("00o", "org"), "type": "OKTA"},
            "mfaActive": False,
        }

    def user(self) -> JsonObject:
        """Return ``context.user``: the person as Okta knows them."""
        first, last = self.names
        links = f"{self.host}/api/v1/users/{self.person.id}"
        changed = self.world.draws.below(_YEAR, "password changed", self.person.id) + _HOUR
        profile: dict[str, Any] = {"login": self.person.login, "firstName": first, "lastName": last}
        return {
            "id": self.person.id,
            "passwordChanged": self.ago(changed),
            "profile": {**profile, "locale": self.locale, "timeZone": self.pick(_TIME_ZONES, "time zone")},
            "_links": {"groups": {"href": f"{links}/groups"}, "factors": {"href": f"{links}/factors"}},
        }
