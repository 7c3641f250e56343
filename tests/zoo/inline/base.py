"""
The good service that every broken one differs from in one way; it answers all six types of inline hooks.

A broken service is a subclass of ``Good`` under ``@broken("the-check", ...)``, with the type it is tested with as
``kind``; its docstring says what its author did.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any

from zoo_base import Refusal, Reply, Request

SECRET = "Basic bWlzdGVyOlNlY3JldC1QYXNzMQ=="
LOGIN, PASSWORD = "isaac.brock@example.com", "Modest-Mouse 1993"
TYPES = {
    "password-import": "com.okta.user.credential.password.import",
    "registration": "com.okta.user.pre-registration",
    "token": "com.okta.oauth2.tokens.transform",
    "saml": "com.okta.saml.tokens.transform",
    "telephony": "com.okta.telephony.provider",
    "user-import": "com.okta.import.transform",
}

ZOO: dict[str, type[Good]] = {}


def broken(*checks: str, kind: str = "registration") -> Callable[[type[Good]], type[Good]]:
    """Put a service into the zoo, with the checks that it fails and the type of hook it is tested with."""

    def register(service: type[Good]) -> type[Good]:
        name = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in service.__name__).strip("-")
        assert ZOO.setdefault(name, service) is service, name
        assert service.__doc__, f"{name} doesn't say what is wrong with it"
        service.fails, service.kind = frozenset(checks), kind
        return service

    return register


class Good:
    """Does everything right."""

    kind = "registration"
    fails: frozenset[str] = frozenset()
    public_url = ""
    time_limit = 2.0  # seconds that it is given; less for services that never answer, so that they cost little
    looked_at: tuple[str, ...] = ()  # checks that are run, if it is too slow for all
    secret = SECRET
    path = "/hooks"
    largest = 8 * 1024 * 1024
    one_connection = False
    stop: Callable[[], None]
    stop_listening: Callable[[], None]

    def answer(self, request: Request) -> Reply:
        try:
            self.authenticate(request)
            self.method(request)
            return self.reply(self.decide(self.read(request)))
        except Refusal as refusal:
            return Reply(refusal.status)
        except Exception:  # noqa: BLE001 (what a framework does with what its user didn't catch)
            return Reply(500)

    def authenticate(self, request: Request) -> None:
        given = request.get("Authorization").encode("latin-1")
        if not hmac.compare_digest(given, self.secret.encode()):
            raise Refusal(401)

    def method(self, request: Request) -> None:
        if request.method != "POST":
            raise Refusal(405)

    def read(self, request: Request) -> dict[str, Any]:
        try:
            call = json.loads(request.body.decode("utf-8"))
        except (ValueError, RecursionError):
            raise Refusal(400) from None
        if not isinstance(call, dict) or call.get("eventType") != TYPES[self.kind]:
            raise Refusal(400)
        if not isinstance(call.get("data"), dict):
            raise Refusal(400)
        return call

    def reply(self, answer: dict[str, Any] | None) -> Reply:
        if answer is None:
            return Reply(204)
        return self.json(json.dumps(answer).encode())

    def json(self, body: bytes) -> Reply:
        return Reply(200, body, {"Content-Type": "application/json"})

    # What each type is answered -----------------------------------------------------------------------------------

    def decide(self, call: dict[str, Any]) -> dict[str, Any] | None:
        return getattr(self, self.kind.replace("-", "_"))(call)

    def password_import(self, call: dict[str, Any]) -> dict[str, Any]:
        found = at(call, "context", "credential", "username"), at(call, "context", "credential", "password")
        return self.verdict(verified=self.right(*found))

    def right(self, login: Any, password: Any) -> bool:
        return isinstance(login, str) and login.lower() == LOGIN and password == PASSWORD

    def verdict(self, *, verified: bool) -> dict[str, Any]:
        return command("com.okta.action.update", {"credential": "VERIFIED" if verified else "UNVERIFIED"})

    def registration(self, call: dict[str, Any]) -> dict[str, Any] | None:
        email = at(call, "userProfile", "email")
        if isinstance(email, str) and email.endswith("@mailinator.com"):
            return self.deny()
        return command("com.okta.action.update", {"registration": "ALLOW"})

    def deny(self) -> dict[str, Any]:
        error = {"errorSummary": "Use the address of your work.", "errorCauses": [{"errorSummary": "Disposable."}]}
        return command("com.okta.action.update", {"registration": "DENY"}) | {"error": error}

    def token(self, call: dict[str, Any]) -> dict[str, Any] | None:
        there = [name for name in ("identity", "access") if isinstance(at(call, name), dict)]
        patches = [(f"com.okta.{name}.patch", self.patch(call, name)) for name in there]
        return {"commands": [{"type": name, "value": value} for name, value in patches]} if patches else None

    def patch(self, call: dict[str, Any], token: str) -> list[dict[str, Any]]:
        return [{"op": "add", "path": "/claims/costCentre", "value": "4711"}]

    def saml(self, call: dict[str, Any]) -> dict[str, Any] | None:
        return command("com.okta.assertion.patch", self.assertion(call))

    def assertion(self, call: dict[str, Any]) -> list[dict[str, Any]]:
        values = [{"attributes": {"xsi:type": "xs:string"}, "value": "4711"}]
        claim = {"attributes": {"NameFormat": "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"}}
        return [{"op": "add", "path": "/claims/costCentre", "value": {**claim, "attributeValues": values}}]

    def telephony(self, call: dict[str, Any]) -> dict[str, Any] | None:
        return command("com.okta.telephony.action", [self.sent(call)])

    def sent(self, call: dict[str, Any]) -> dict[str, Any]:
        return {"status": "SUCCESSFUL", "provider": "ACME", "transactionId": "SM-a8ece"}

    def user_import(self, call: dict[str, Any]) -> dict[str, Any] | None:
        matches = at(call, "context", "matches")
        if not isinstance(matches, list) or len(matches) != 1:
            return None
        link = command("com.okta.action.update", {"result": "LINK_USER"})
        link["commands"] += command("com.okta.user.update", {"id": str(matches[0])})["commands"]
        return link


def at(call: dict[str, Any], *steps: str) -> Any:
    value: Any = call.get("data")
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def command(name: str, value: Any) -> dict[str, Any]:
    return {"commands": [{"type": name, "value": value}]}
