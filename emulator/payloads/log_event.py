"""Builds LogEvents: one occurrence of an event type, complete and in the member order of a hook body (D19, L13-L27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.errors import UsageError
from emulator.payloads import moments
from emulator.payloads.custom import dress, recipe_in, type_in
from emulator.payloads.identifiers import uuid_of_time
from emulator.payloads.origins import (
    actor_of,
    authentication_of,
    client_of,
    device_of,
    request_of,
    security_of,
    transaction_of,
)
from emulator.payloads.pools import FACTORS
from emulator.payloads.scene import Origin, Scene
from emulator.payloads.targets import build_targets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from emulator.contract.model import JsonObject
    from emulator.payloads.recipes import Recipe
    from emulator.payloads.world import App, Group, Person, World

__all__ = ["TICKS", "assemble", "build_event", "uuid_of", "uuid_start"]

TICKS = 10_000  # of a UUID's clock in a millisecond


def build_event(
    event_type: str,
    *,
    world: World,
    number: int = 0,
    published: datetime | None = None,
    hook_ids: Sequence[str] = (),
    person: Person | None = None,
    group: Group | None = None,
    app: App | None = None,
    actor: Person | None = None,
    admin: Person | None = None,
    origin: Origin | None = None,
    result: str | None = None,
    reason: str | None = None,
    request: int | None = None,
    request_uri: str | None = None,
    extras: Mapping[str, str] | None = None,
) -> JsonObject:
    """
    Build a LogEvent of *event_type* with every member spelled out, nulls too.

    This is the canonical form, that of a Preview of a real event (P5); ``as_delivery`` and its siblings give the
    others.  Pure: the same arguments give the same event, and events whose *number* differs have different uuids.

    Args:
        event_type: A known type, whether event hooks may carry it or not, or one that the world adds.
        world: The company it happens in.
        number: Which of the world's events it is, from 0.
        published: When it happened, as an aware datetime; by default an instant that follows from seed and number.
        hook_ids: The ids of all hooks that are configured for the type (D17).
        person: The user it happens to; John Doe by default.
        group: The group it happens to.
        app: The app it happens to.
        actor: The user who does it, whatever *origin* is; by default the one that fits it.
        admin: Who acts if *origin* says that an admin does; the world's first by default.
        origin: What caused it; by default what usually does.
        result: ``outcome.result``; by default the usual one.
        reason: ``outcome.reason``; by default the usual one for the result, mostly none.
        request: Events of one request share its number, thus transaction and session (L23); by default *number*.
        request_uri: The path of the causing call, if it isn't the type's own (U4).
        extras: Keys for debugData beside the request's own, in place of the usual ones.

    Raises:
        UsageError: unknown event type, a *published* without time zone, or a negative *number*.
    """
    known, recipe = type_in(world, event_type), recipe_in(world, event_type)
    if number < 0:
        raise UsageError(f"an event's number can't be negative: {number}")
    if published is None:
        moment = moments.default_published(world.draws, number, event_type)
    else:
        moment = moments.milliseconds(published, "published")
    origin = origin or recipe.origin
    person = person or world.person()
    usual, actor_type = actor_of(origin, world, person, admin=admin, by_admin=recipe.job_by_admin)
    actor, actor_type = (actor, "User") if actor else (usual, actor_type)
    scene = Scene(
        world=world,
        type=known,
        number=number,
        request=number if request is None else request,
        uuid=uuid_of(world, event_type, number, moment),
        published=moments.text_of(moment),
        epoch=str(moment),
        origin=origin,
        result=result or known.outcome.value,
        reason=reason,
        actor=actor,
        actor_type=actor_type,
        person=person,
        group=group or world.group(),
        app=app or world.app(),
        hook_ids=tuple(hook_ids),
        client=client_of(world, origin, actor.id),
        device=device_of(world, origin, actor.id),
        security=security_of(world, origin, actor.id),
    )
    event = assemble(scene, recipe, request_uri=request_uri, extras=extras)
    custom = world.custom.get(event_type)
    return event if custom is None else dress(event, custom, scene)


def assemble(
    scene: Scene, recipe: Recipe, *, request_uri: str | None = None, extras: Mapping[str, str] | None = None
) -> JsonObject:
    """Return the event that a scene and a recipe make; *request_uri* and *extras* as for ``build_event``."""
    known = scene.type
    targets = build_targets(_target_types(scene, recipe), scene)
    if extras is None:
        extras = recipe.extras(scene) if recipe.extras else {}
    path = request_uri if request_uri is not None else _path(scene, recipe, targets)
    severity = recipe.failure_severity if scene.failed and recipe.failure_severity else known.severity.value
    failed_sign_in = scene.failed and known.id == "user.session.start"
    return {
        "uuid": scene.uuid,
        "published": scene.published,
        "eventType": known.id,
        "version": "0",
        "displayMessage": known.display_message.value,
        "severity": severity,
        "client": scene.client,
        "device": scene.device,
        "actor": {
            "id": scene.actor.id,
            "type": scene.actor_type,
            "alternateId": scene.actor.login,
            "displayName": scene.actor.display_name,
            "detailEntry": None,
        },
        "outcome": {"result": scene.result, "reason": _reason(scene, recipe)},
        "target": targets or None,
        "transaction": transaction_of(scene),
        "debugContext": {"debugData": _debug_data(scene, recipe, path, extras)},
        "legacyEventType": known.legacy_for(scene.result).value,
        "authenticationContext": authentication_of(scene, failed_sign_in=failed_sign_in),
        "securityContext": scene.security,
        "insertionTimestamp": None,
    }


def _target_types(scene: Scene, recipe: Recipe) -> tuple[str, ...]:
    if scene.world.engine == "classic" and recipe.classic_targets is not None:
        return recipe.classic_targets
    if scene.failed and recipe.failure_targets is not None:
        return recipe.failure_targets
    return recipe.targets if recipe.targets is not None else scene.type.target_types.value


def _path(scene: Scene, recipe: Recipe, targets: Sequence[Mapping[str, Any]]) -> str | None:
    template = recipe.paths.get(scene.origin)
    if template is None and scene.origin.is_request:
        template = next(iter(recipe.paths.values()), "/api/v1")
    if template is None:
        return None
    if scene.world.engine == "classic" and template.startswith("/idp/idx/"):
        template = "/api/v1/authn"  # U21: where Classic Engine signs people in
    ids = [target["id"] for target in targets]
    return template.format(
        person=scene.person.id,
        group=scene.group.id,
        app=scene.app.id,
        target=ids[0] if ids else "",
        second_target=ids[1] if len(ids) > 1 else "",
        registration=scene.world.id("reg", "registration"),
    )


def _reason(scene: Scene, recipe: Recipe) -> str | None:
    if scene.reason is not None:
        return scene.reason
    usual = recipe.reasons.get(scene.result)
    return usual and usual.format(factor=scene.world.draws.pick(FACTORS, "factor", scene.number))


def uuid_of(world: World, event_type: str, number: int, moment: int) -> str:
    """
    Return the uuid of a world's event *number*, of the milliseconds *moment* (N6).

    The node is the org's.  Number and type decide the rest, so that no two events of a world collide even if they
    happen in the same millisecond.
    """
    start, clock = uuid_start(world, event_type)
    lap, tick = divmod(start + number, TICKS)
    return uuid_of_time(moment, tick=tick, clock=clock + lap, node=world.node)


def uuid_start(world: World, event_type: str) -> tuple[int, int]:
    """Return where the ticks and the clock sequence of a type's uuids start in a world."""
    draw = world.draws.raw("uuid", event_type)
    return int.from_bytes(draw[:2], "big"), int.from_bytes(draw[2:4], "big")


def _debug_data(scene: Scene, recipe: Recipe, path: str | None, extras: Mapping[str, str]) -> dict[str, str]:
    """Return debugData in the order of the captures: the type's own keys, then the request's (L24, L27)."""
    hooks = {"targetEventHookIds": ",".join(scene.hook_ids)} if scene.hook_ids else {}  # D17
    if not scene.origin.is_request:
        # D22: a job has no request at all; Okta's own work may name the call that led to it.  Group rules were
        # always seen with threatSuspected (G5), other jobs never.
        own = {"threatSuspected": "false"} if scene.origin is Origin.JOB and recipe.job_by_admin else {}
        at = {"requestUri": path} if path and scene.origin is Origin.SYSTEM else {}
        return {**extras, **at, **own, **hooks}
    before, after = request_of(scene)
    # L27, U4: the bare "?" stays when there is no query.
    url = f"{path or '/'}?{recipe.query}"
    return {**extras, **before, "requestUri": path or "/", **after, **hooks, "url": url}
