"""Who does what to whom, and from where: all that the parts of one event are made from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.contract.catalogue import EventType
    from emulator.contract.model import JsonObject
    from emulator.payloads.world import App, Group, Person, World

__all__ = ["Origin", "Scene"]


class Origin(StrEnum):
    """
    What caused an event; it decides actor, client, session, transaction and the request's debugData (D22, L23, L28).

    ``API``: a call with an admin's token.  ``CONSOLE``: an admin in a browser.  ``USER``: an end user in a browser.
    ``JOB``: an import, a provisioning job or a group rule.  ``SYSTEM``: Okta itself, without any transaction.
    """

    API = "api"
    CONSOLE = "console"
    USER = "user"
    JOB = "job"
    SYSTEM = "system"

    @property
    def is_request(self) -> bool:
        """Whether somebody's HTTP request caused the event."""
        return self not in {Origin.JOB, Origin.SYSTEM}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """
    One event before it has a shape.

    ``number`` tells the events of a world apart, ``request`` the requests or jobs that cause them.  ``result`` and
    ``reason`` are the outcome.  ``published`` is text, ``epoch`` the same instant in milliseconds as digits.

    Recipes must use the draws for whatever depends on ``number``, and must not look into texts: when events are made
    in bulk, they describe one event whose texts are not known yet.
    """

    world: World
    type: EventType
    number: int
    request: int
    uuid: str
    published: str
    epoch: str
    origin: Origin
    result: str
    reason: str | None
    actor: Person
    actor_type: str
    person: Person
    group: Group
    app: App
    hook_ids: tuple[str, ...]
    client: JsonObject
    device: JsonObject | None
    security: JsonObject

    @property
    def failed(self) -> bool:
        """Whether it went wrong or was not allowed."""
        return self.result in {"FAILURE", "DENY"}
