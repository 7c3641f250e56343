"""Tokens that a custom authorization server is about to issue: an ID token, an access token, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus

from emulator.payloads.inline.scene import Told

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.payloads.inline.scene import InlineScene

__all__ = ["build"]

_SERVER: Final = "/oauth2/default"
_OPENID: Final = ("openid", "profile", "email")
_OWN_SCOPES: Final = ("orders:read", "orders:write")
_REDIRECT: Final = "https://app.example.com/callback"
_LIFETIME: Final = 3600


def build(scene: InlineScene) -> Told:
    """Say what the request carries."""
    endpoint = f"{scene.host}{_SERVER}/v1/{'authorize' if scene.variant == 'implicit' else 'token'}"
    machine = scene.variant == "client-credentials"
    scopes = _OWN_SCOPES if machine else (*_OPENID, "offline_access") if _is_offline(scene) else _OPENID
    context = {
        "request": _request(scene, endpoint, scopes),
        "protocol": _protocol(scene, scopes),
        **({} if machine else {"session": scene.session(), "user": scene.user()}),
        "policy": {
            "id": scene.world.id("00p", "authorization policy", 0),
            "rule": {"id": scene.world.id("0pr", "authorization rule", 0)},
        },
    }
    data: JsonObject = {"context": context}
    if not machine:
        data["identity"] = {"claims": _identity_claims(scene), "token": {"lifetime": {"expiration": _LIFETIME}}}
    data["access"] = {
        "claims": _access_claims(scene),
        "token": {"lifetime": {"expiration": _LIFETIME}},
        "scopes": {scope: {"id": scene.world.id("scp", scope), "action": "GRANT"} for scope in scopes},
    }
    if _is_offline(scene):
        data["refresh_token"] = {"jti": scene.world.id("oar", "refresh token", scene.number)}
    return Told(data=data, source=endpoint)


def _is_offline(scene: InlineScene) -> bool:
    return scene.variant == "refresh-token"


def _request(scene: InlineScene, endpoint: str, scopes: tuple[str, ...]) -> JsonObject:
    if scene.variant != "implicit":
        return scene.request("POST", endpoint)
    query = {
        "scope": " ".join(scopes),
        "response_type": "token id_token",
        "redirect_uri": _REDIRECT,
        "state": _state(scene),
        "nonce": _nonce(scene),
        "client_id": scene.app.id,
    }
    return scene.request("GET", f"{endpoint}?{'&'.join(f'{name}={quote_plus(text)}' for name, text in query.items())}")


def _protocol(scene: InlineScene, scopes: tuple[str, ...]) -> JsonObject:
    authorization = {
        "scope": " ".join(scopes),
        "state": _state(scene),
        "redirect_uri": _REDIRECT,
        "response_mode": "fragment" if scene.variant == "implicit" else "query",
        "response_type": "token id_token" if scene.variant == "implicit" else "code",
        "client_id": scene.app.id,
    }
    machine = {"grant_type": "client_credentials", "scope": " ".join(scopes), "client_id": scene.app.id}
    refresh = {"grant_type": "refresh_token", "scope": " ".join(scopes), "client_id": scene.app.id}
    refresh_id = {"jti": scene.world.id("oar", "refresh token", scene.number)}
    return {
        "type": "OAUTH2.0",
        "request": {"client-credentials": machine, "refresh-token": refresh}.get(scene.variant, authorization),
        **(
            {"OriginalGrant": {"authorization": authorization, "refresh_token": refresh_id}}
            if _is_offline(scene)
            else {}
        ),
        "issuer": {"uri": f"{scene.host}{_SERVER}"},
        "client": {
            "id": scene.app.id,
            "name": scene.app.label,
            "type": "PUBLIC" if scene.variant == "implicit" else "CONFIDENTIAL",
        },
    }


def _identity_claims(scene: InlineScene) -> dict[str, Any]:
    draws, person = scene.world.draws, scene.person
    return {
        "sub": person.id,
        "name": person.display_name,
        "email": person.login,
        "ver": 1,
        "iss": f"{scene.host}{_SERVER}",
        "aud": scene.app.id,
        "jti": f"ID.{draws.base64url(32, 'id token', scene.number)}",
        "amr": ["pwd"],
        "idp": scene.world.id("00o", "org"),
        **({} if _is_offline(scene) else {"nonce": _nonce(scene)}),
        "preferred_username": person.login,
        "auth_time": scene.at // 1000 - 60,
    }


def _access_claims(scene: InlineScene) -> dict[str, Any]:
    claims = {
        "ver": 1,
        "jti": f"AT.{scene.world.draws.base64url(32, 'access token', scene.number)}",
        "iss": f"{scene.host}{_SERVER}",
        "aud": "api://default",
        "cid": scene.app.id,
    }
    if scene.variant == "client-credentials":
        return {**claims, "sub": scene.app.id}
    login = scene.person.login
    return {
        **claims,
        "uid": scene.person.id,
        "sub": login,
        "firstName": scene.names[0],
        "preferred_username": login,
    }


def _state(scene: InlineScene) -> str:
    return scene.world.draws.base64url(12, "state", scene.number)


def _nonce(scene: InlineScene) -> str:
    return scene.world.draws.base64url(12, "nonce", scene.number)
