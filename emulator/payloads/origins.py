"""What the cause of an event leaves in it: actor, client, transaction, session, and the request's debugData."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.payloads.scene import Origin

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.payloads.scene import Scene
    from emulator.payloads.world import Network, Person, UserAgent, World

__all__ = [
    "actor_of",
    "authentication_of",
    "browser_client",
    "client_of",
    "device_of",
    "request_id",
    "request_of",
    "security_of",
    "transaction_of",
]

_DEVICE_ONE_IN = 4


def actor_of(
    origin: Origin, world: World, person: Person, *, admin: Person | None, by_admin: bool
) -> tuple[Person, str]:
    """Return who acts, and the actor's type (U3, L28, G5)."""
    if origin is Origin.USER:
        return person, "User"
    if origin.is_request or (by_admin and origin is Origin.JOB):
        return admin or world.admin, "User"
    return world.system, "SystemPrincipal"


def geography_of(network: Network) -> JsonObject:
    """Return ``geographicalContext``."""
    return {
        "city": network.city,
        "state": network.state,
        "country": network.country,
        "postalCode": network.postal_code,
        "geolocation": {"lat": network.latitude, "lon": network.longitude},
    }


def browser_client(network: Network, agent: UserAgent) -> JsonObject:
    """Return ``client`` without its IP chain."""
    return {
        "userAgent": {"rawUserAgent": agent.raw, "os": agent.os, "browser": agent.browser},
        "zone": network.zone,
        "device": agent.device,
        "id": None,
        "ipAddress": network.ip,
        "geographicalContext": geography_of(network),
    }


def client_of(world: World, origin: Origin, actor_id: str) -> JsonObject:
    """Return ``client`` with its IP chain, as hook bodies have it (D18, D20)."""
    if not origin.is_request:
        nothing: dict[str, Any] = dict.fromkeys(
            ("userAgent", "zone", "device", "id", "ipAddress", "geographicalContext")
        )
        return {**nothing, "ipChain": []}
    network = world.network(actor_id)
    agent = world.sdk() if origin is Origin.API else world.browser(actor_id)
    hop = {
        "ip": network.ip,
        "geographicalContext": geography_of(network),
        "version": network.ip_version,
        "source": None,
    }
    return {**browser_client(network, agent), "ipChain": [hop]}


def device_of(world: World, origin: Origin, actor_id: str) -> JsonObject | None:
    """Return ``device``: the registered device of an end user who signs in with one (L35)."""
    if origin is not Origin.USER or world.engine != "oie" or world.draws.below(_DEVICE_ONE_IN, "has device", actor_id):
        return None
    device = world.device(actor_id)
    return {
        "id": device.id,
        "name": device.model,
        "os_platform": device.platform,
        "os_version": device.os_version,
        "managed": device.managed,
        "registered": True,
        "device_integrator": None,
        "disk_encryption_type": "ALL_INTERNAL_VOLUMES",
        "screen_lock_type": "BIOMETRIC",
        "jailbreak": None,
        "secure_hardware_present": True,
    }


def security_of(world: World, origin: Origin, actor_id: str) -> JsonObject:
    """Return ``securityContext``: what is known of the client's network (L26)."""
    if not origin.is_request:
        return dict.fromkeys(("asNumber", "asOrg", "isp", "domain", "isProxy"))
    network = world.network(actor_id)
    return {
        "asNumber": network.as_number,
        "asOrg": network.as_org,
        "isp": network.isp,
        "domain": network.domain,
        "isProxy": False,
    }


def request_id(scene: Scene) -> str:
    """Return the id of the causing request, 32 hex digits (N3)."""
    return scene.world.draws.hexadecimal(32, "request", scene.request)


def transaction_of(scene: Scene) -> JsonObject:
    """Return ``transaction`` (D22, L23)."""
    if scene.origin is Origin.SYSTEM:
        return {"type": None, "id": "unknown", "detail": {}}
    if scene.origin is Origin.JOB:
        return {"type": "JOB", "id": scene.world.id("eru", "job", scene.request), "detail": {}}
    detail = {"requestApiTokenId": scene.world.api_token_id()} if scene.origin is Origin.API else {}
    return {"type": "WEB", "id": request_id(scene), "detail": detail}


def authentication_of(scene: Scene, *, failed_sign_in: bool) -> JsonObject:
    """Return ``authenticationContext`` in the member order of a Preview (P5, L25, N7)."""
    session, root = _sessions(scene)
    return {
        "authenticationProvider": None,
        "credentialProvider": None,
        "credentialType": None,
        "issuer": None,
        "authenticationStep": 0,
        "rootSessionId": None if failed_sign_in else root,
        "externalSessionId": None if failed_sign_in else session,
        "authenticatorContext": None,
        "interface": None,
    }


def _sessions(scene: Scene) -> tuple[str, str]:
    draws = scene.world.draws
    if scene.origin in {Origin.CONSOLE, Origin.USER}:
        # A browser keeps its session; its owner has one for the whole of this world.
        prefix = "idx" if scene.world.engine == "oie" else "102"
        session = f"{prefix}{draws.base64url(16, 'session', scene.actor.id)}"
        return session, session
    # Every API call and every job has a session of its own, which its events share.
    session = f"trs{draws.base64url(16, 'session', scene.request)}"
    return session, session if scene.origin is Origin.API else f"trs{draws.base64url(16, 'root session')}"


def request_of(scene: Scene) -> tuple[dict[str, str], dict[str, str]]:
    """Return the request's debugData keys that stand before and after ``requestUri`` (L27)."""
    draws = scene.world.draws
    request = {"requestId": request_id(scene), "dtHash": draws.hexadecimal(64, "dtHash", scene.actor.id)}
    if scene.origin is not Origin.USER:
        return request, {}
    before = {
        "authnRequestId": draws.hexadecimal(32, "sign-in", scene.request),
        "deviceFingerprint": draws.hexadecimal(32, "device", scene.actor.id),
        **request,
        "origin": f"https://{scene.world.org_host}",
    }
    return before, {"threatSuspected": "false"}
