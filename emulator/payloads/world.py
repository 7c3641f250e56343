"""One coherent company per seed: its people, groups, apps and the networks and browsers they use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.errors import UsageError
from emulator.payloads.draws import Draws
from emulator.payloads.names import our_pool, pool_of_locale
from emulator.payloads.pools import (
    APPS,
    BROWSERS,
    CARRIERS,
    DEVICES,
    GROUPS,
    IPV4_NETWORKS,
    IPV6_NETWORK,
    PLACES,
    SDK_AGENTS,
    ZONES,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.payloads.custom import CustomType

__all__ = ["ENGINES", "App", "Device", "Group", "Network", "Person", "UserAgent", "World"]

ENGINES = ("oie", "classic")  # U21

_DOMAIN = "example.com"
_V6_ONE_IN = 12
_ZONE_ONE_IN = 6
_ADMINS = 5
_TEAM = 8  # people with one manager


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user as events show one (U1): ``login`` is the ``alternateId``."""

    id: str
    login: str
    display_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group as events show one (G3)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An app as events show one; ``name`` is that of its definition, ``label`` the one people see."""

    id: str
    label: str
    name: str
    sign_on_mode: str = "SAML_2_0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A registered device of a person."""

    id: str
    name: str
    model: str
    platform: str
    os_version: str
    serial_number: str
    managed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """
    A place on the internet: an address reserved for documentation, where it is, and who provides it.

    ``zone`` is the network zone that matches, the text ``null`` if none does (D21).
    """

    ip: str
    zone: str
    city: str
    state: str
    country: str
    postal_code: str
    latitude: float
    longitude: float
    as_number: int
    as_org: str
    isp: str
    domain: str

    @property
    def latitude_text(self) -> str:
        """The latitude as debugData has it (L24)."""
        return str(self.latitude)

    @property
    def longitude_text(self) -> str:
        """The longitude as debugData has it (L24)."""
        return str(self.longitude)

    @property
    def ip_version(self) -> str:
        """``V4`` or ``V6``, as an IP chain has it."""
        return "V6" if ":" in self.ip else "V4"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAgent:
    """A raw user agent and what Okta makes of it (L14)."""

    raw: str
    os: str
    browser: str
    device: str


class World:
    """
    The company of a *seed*: ask for a person, group or app by number and always get the same one.

    Args:
        seed: Any whole number.  The same seed gives the same world in every process and version of Python.
        locale: Take people's names from Faker for this locale.  Stable only for one version of Faker.
        org_host: The org's host name; by default one that looks like a developer org's but isn't any.
        engine: ``oie``, Okta Identity Engine, or ``classic`` (U21).
        custom: Event types that a user has described, by their name; they go before Okta's.

    Raises:
        UsageError: unknown *locale* or *engine*.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        locale: str | None = None,
        org_host: str | None = None,
        engine: str = ENGINES[0],
        custom: Mapping[str, CustomType] | None = None,
    ) -> None:
        if engine not in ENGINES:
            raise UsageError(f"unknown engine {engine!r}", hint=f"choose one of: {', '.join(ENGINES)}")
        self.seed = seed
        self.custom: Mapping[str, CustomType] = custom or {}
        self.locale = locale
        self.engine = engine
        self.draws = Draws(seed)
        self._people: dict[int, Person] = {}
        self._networks: dict[str, Network] = {}
        self._names = pool_of_locale(locale) if locale else our_pool()
        cell = self.draws.raw("cell")
        # N1: the last three characters are the same for all ids of an org.
        self.cell = f"{cell[0] % 10}{'abcdefghijklmnopqrstuvwxyz0123456789'[cell[1] % 36]}{cell[2] % 9 + 1}"
        # N6: an invented node has its lowest bit of the first byte set, so that it is no network card's.
        self.node = f"{cell[3] | 1:02x}{self.draws.hexadecimal(10, 'node')}"
        self.org_host = org_host or f"dev-0000{self.draws.below(10_000, 'org host'):04d}.okta.com"
        self.admin = Person(id=self.id("00u", "admin"), login=f"admin@{_DOMAIN}", display_name="Org Admin")
        self.admins = (self.admin, *(self._admin(number) for number in range(1, _ADMINS)))
        self.system = Person(
            id=self.id("spr", "system"), login="system@okta.com", display_name="Okta System"
        )  # L28: the actor of everything that no person does

    def __repr__(self) -> str:
        locale = f", locale={self.locale!r}" if self.locale else ""
        engine = f", engine={self.engine!r}" if self.engine != ENGINES[0] else ""
        return f"World({self.seed}{locale}, org_host={self.org_host!r}{engine})"

    def id(self, prefix: str, label: str, *numbers: int | str) -> str:
        """Return a 20-character id with a 3-character *prefix* and the org's cell suffix (N1)."""
        return f"{prefix}{self.draws.alphanumeric(14, 'id', prefix, label, *numbers)}{self.cell}"

    def hook_id(self, number: int = 0) -> str:
        """Return the id of event hook *number*."""
        return self.id("who", "event hook", number)

    def api_token_id(self) -> str:
        """Return the id of the admin's API token (L23)."""
        return self.id("00T", "api token")

    def person(self, number: int = 0) -> Person:
        """Return person *number*; 0 is always John Doe."""
        found = self._people.get(number)
        if found is None:
            found = self._people[number] = self._person(number)
        return found

    def _person(self, number: int) -> Person:
        user_id = self.id("00u", "person", number)
        if number == 0:
            return Person(id=user_id, login=f"john.doe@{_DOMAIN}", display_name="John Doe")
        name = self._names.name(self.draws, number)
        return Person(id=user_id, login=f"{name.login}@{_DOMAIN}", display_name=f"{name.first} {name.last}")

    def _admin(self, number: int) -> Person:
        # An administrator's second account, as careful companies have it.
        name = self._names.name(self.draws, number)
        user_id = self.id("00u", "admin", number)
        return Person(
            id=user_id, login=f"{name.login}.admin@{_DOMAIN}", display_name=f"{name.first} {name.last} (Admin)"
        )

    def manager(self, number: int = 0) -> Person:
        """Return the manager of person *number*: the first of the next team, so that nobody manages themselves."""
        return self.person((number // _TEAM + 1) * _TEAM)

    def device(self, owner: str) -> Device:
        """Return the device that *owner*, a user's id, has registered; always the same one."""
        model, name, platform, version = self.draws.pick(DEVICES, "device", owner)
        return Device(
            id=self.id("guo", "device", owner),
            name=name,
            model=model,
            platform=platform,
            os_version=version,
            serial_number=self.draws.alphanumeric(12, "serial number", owner).upper(),
            managed=self.draws.below(2, "managed", owner) == 1,
        )

    def group(self, number: int = 0) -> Group:
        """Return group *number*."""
        lap, index = divmod(number, len(GROUPS))
        name = GROUPS[(self.draws.below(len(GROUPS), "groups") + index) % len(GROUPS)]
        return Group(id=self.id("00g", "group", number), name=f"{name} {lap + 1}" if lap else name)

    def app(self, number: int = 0) -> App:
        """Return app *number*."""
        lap, index = divmod(number, len(APPS))
        label, name, mode = APPS[(self.draws.below(len(APPS), "apps") + index) % len(APPS)]
        return App(
            id=self.id("0oa", "app", number),
            label=f"{label} {lap + 1}" if lap else label,
            name=name,
            sign_on_mode=mode,
        )

    def network(self, owner: str) -> Network:
        """Return the network that *owner*, a user's id or any other text, comes from; always the same one."""
        found = self._networks.get(owner)
        if found is None:
            found = self._networks[owner] = self._network(owner)
        return found

    def _network(self, owner: str) -> Network:
        draw = self.draws.raw("network", owner)
        index = draw[0] % len(PLACES)
        city, state, country, postal_code, latitude, longitude = PLACES[index]
        number, org, isp, domain = CARRIERS[index % len(CARRIERS)]
        if draw[1] % _V6_ONE_IN:
            ip = f"{IPV4_NETWORKS[draw[2] % len(IPV4_NETWORKS)]}.{draw[3] % 254 + 1}"
        else:
            ip = f"{IPV6_NETWORK}:{draw[2] % 254 + 1:x}::{draw[3] % 254 + 1:x}"
        return Network(
            ip=ip,
            zone="null" if draw[4] % _ZONE_ONE_IN else ZONES[draw[5] % len(ZONES)],
            city=city,
            state=state,
            country=country,
            postal_code=postal_code,
            latitude=latitude,
            longitude=longitude,
            as_number=number,
            as_org=org,
            isp=isp,
            domain=domain,
        )

    def browser(self, owner: str) -> UserAgent:
        """Return the browser that *owner* uses."""
        return self._agent(BROWSERS, "browser", owner)

    def sdk(self) -> UserAgent:
        """Return the program that calls the API with the admin's token."""
        return self._agent(SDK_AGENTS, "sdk", "")

    def _agent(self, agents: Sequence[tuple[str, str, str, str]], label: str, owner: str) -> UserAgent:
        raw, system, browser, device = self.draws.pick(agents, label, owner)
        return UserAgent(raw=raw, os=system, browser=browser, device=device)
