"""A commented scenario to start from, for any event type."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from emulator.payloads import World, build_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.catalogue import EventType
    from emulator.contract.model import JsonObject

__all__ = ["starter"]

_MOST_KEYS = 6


def starter(known: EventType, *, own: str | None = None) -> str:
    """
    Return the text of a scenario about an event type.

    Args:
        known: A type of the catalogue.
        own: The name of a type of the user's own that is described in the scenario, like *known*.
    """
    event = build_event(known.id, world=World(0))
    lines = [
        *_head(known, own),
        *(_described(known, own, event) if own else ()),
        *_steps(own or known.id, known, event),
    ]
    return "\n".join(lines) + "\n"


def _head(known: EventType, own: str | None) -> Iterator[str]:
    name = own or known.id
    yield f"scenario: {name} is delivered, refused without the secret, and acted on once"
    yield "about: >"
    yield "  Say here why the story matters. Run it with"
    yield "  okta-hooks run FILE --url http://localhost:8000/okta/hooks --header 'Authorization: ...'"
    yield ""
    if own is None:
        message = known.display_message
        yield f"# {known.id}: {message.value!r} ({message.origin}), in the category {known.category or 'unknown'},"
        hooks = (
            "event hooks may carry it" if known.eligible else "event hooks can NOT carry it (A9): Okta never sends it"
        )
        yield f"# {hooks}."
        yield "# Its fields: okta-hooks events show " + known.id
        yield ""
    yield "# With a seed, every run sends the same bytes; without one, each run is new to the receiver."
    yield "# seed: 42"
    yield ""
    yield "# Names for ${...}; --var login=... goes before them."
    yield "vars:"
    yield "  login: john.doe@example.com"
    yield ""


def _described(known: EventType, own: str | None, event: JsonObject) -> Iterator[str]:
    yield "# A type of your own: what isn't said here is as with the type that it is like."
    yield "events:"
    yield f"  {own}:"
    yield f"    like: {known.id}"
    yield f"    displayMessage: {json.dumps(known.display_message.value)}"
    yield f"    severity: {event['severity']}          # DEBUG, INFO, WARN or ERROR"
    yield "    actor: admin            # admin, person, system, or {type: ..., id: ..., alternateId: ..., displayName: ...}"
    yield "    outcome: SUCCESS        # or {result: FAILURE, reason: ...}"
    yield "    target:                 # Okta's names of target types, or their members"
    yield "      - User"
    yield '      - {type: Thing, displayName: "${fake:word}", alternateId: "${person.login}"}'
    yield "    debugData:"
    yield '      reference: "${fake:numerify(###-###)}"   # any Faker provider, by its name'
    yield ""


def _steps(name: str, known: EventType, event: JsonObject) -> Iterator[str]:
    yield "steps:"
    yield "  # The one-time verification: a GET whose challenge has to come back."
    yield "  - verify: {}"
    yield ""
    yield f"  - deliver: {name}"
    yield "    id: first"
    yield from _edits(event)
    yield "    expect: {status: [200, 204], within: 3s, attempts: 1}"
    yield ""
    yield "  # Okta delivers at least once: the same request again, and the same event in another one."
    yield "  - redeliver: {step: first, as: envelope}"
    yield "  - redeliver: {step: first, as: event}"
    yield ""
    yield "  # Two events in one request, for two people."
    yield f"  - deliver: {name}"
    yield "    count: 2"
    yield "    batch: all"
    yield ""
    yield "  # Its answer is lost on the way, so Okta sends it once more."
    yield f"  - deliver: {name}"
    yield "    faults: {lose-answer: first}"
    yield "    expect: {attempts: 2, outcome: delivered}"
    yield ""
    yield f"  - deliver: {name}"
    yield "    auth: wrong"
    yield "    expect: {status: [401, 403], attempts: 1}"
    yield ""
    if known.outcome.value == "SUCCESS":
        yield "  # What failed is told, too."
        yield f"  # - deliver: {name}"
        yield "  #   outcome: FAILURE"
        yield ""
    yield "  # What has come of it? Ask your application; --var APP=http://localhost:8000 says where it is."
    yield '  # - probe: {get: "${APP}/users/${login}", json: $.active, equals: false, until: 5s}'


def _edits(event: JsonObject) -> Iterator[str]:
    """Yield the edits that come to mind: whom it happens to, and the type's own keys of debugData."""
    targets = event.get("target") or []
    if targets and targets[0].get("type") == "User":
        yield "    set:"
        yield '      target.0.alternateId: "${login}"'
    else:
        yield "    # set:"
        yield "    #   actor.alternateId: admin@example.com"
    for place, target in enumerate(targets):
        yield f"      # target.{place} is a {target['type']}: {_short(target.get('displayName'))}"
    data = (event.get("debugContext") or {}).get("debugData") or {}
    common = {"requestId", "dtHash", "requestUri", "url", "threatSuspected", "deviceFingerprint"}
    for key in [key for key in data if key not in common][:_MOST_KEYS]:
        yield f"      # debugContext.debugData.{key}: {_short(data[key])}"


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
