"""What the server is: its health, its endpoints, its description of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.apis.answers import Answer
from emulator.apis.description import describe_api
from emulator.apis.routing import CONTROL, control, routes

if TYPE_CHECKING:
    from emulator.apis.asking import Ask

__all__: list[str] = []


@control("GET", "/health", open_to_all=True)
def health(ask: Ask) -> Answer:
    """Say that the org is there; needs no token."""
    return Answer(body={"status": "ok", "seed": ask.org.seed, "host": ask.org.host, "profile": ask.org.profile.name})


@control("GET", "/openapi.json", open_to_all=True)
def openapi(ask: Ask) -> Answer:
    """Describe the emulated API as OpenAPI; needs no token."""
    return Answer(body=describe_api(ask.base_url))


@control("GET", "")
def index(_: Ask) -> Answer:
    """List the endpoints of the control plane."""
    found = [each for each in routes().values() if each.template.startswith(CONTROL)]
    return Answer(
        body={"endpoints": [{"method": each.method, "path": each.template, "does": each.summary} for each in found]}
    )
