"""
How receivers go wrong: small misbehaviours that compose, for tests, demos and ``okta-receiver --misbehave``.

Each is one class under :func:`misbehaviour`; its docstring is its line in ``--help``.  ``answer`` may ask the good
receiver first, by ``proceed``, or not at all.
"""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from emulator.contract.constants import CHALLENGE_HEADER, VERIFICATION_KEY
from receiver.misbehaviour import HEADER_NAMES, Misbehaviour, known, misbehaviour, read, read_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from werkzeug.wrappers import Request, Response

    from receiver.misbehaviour import Proceed
    from receiver.settings import Settings

__all__ = ["Misbehaviour", "known", "misbehaviour", "read", "read_all"]


def _answer(body: str | Iterable[bytes] = "", status: int = 200, kind: str = "application/json") -> Response:
    from werkzeug.wrappers import Response  # heavy, and not needed for --help

    return Response(body, status=status, mimetype=kind)


def _challenge(request: Request) -> str:
    return request.headers.get(CHALLENGE_HEADER, "")


class _Seconds(Misbehaviour):
    def __init__(self, argument: str) -> None:
        super().__init__(argument)
        try:
            self.seconds = float(argument)
        except ValueError:
            raise self._invalid("a number of seconds") from None
        if not 0 <= self.seconds <= threading.TIMEOUT_MAX:
            raise self._invalid("a number of seconds")


class _Status(Misbehaviour):
    def __init__(self, argument: str) -> None:
        super().__init__(argument)
        if not (argument.isascii() and argument.isdecimal() and 200 <= int(argument) <= 599):
            raise self._invalid("a status from 200 to 599")
        self.status = int(argument)


@misbehaviour("slow", "SECONDS")
class Slow(_Seconds):
    """Do everything right, but answer only after so many seconds (R1, R10)."""

    def answer(self, request: Request, proceed: Proceed) -> Response:
        """Answer late."""
        response = proceed(request)
        self.stopping.wait(self.seconds)
        return response


@misbehaviour("drip", "SECONDS")
class Drip(_Seconds):
    """Send the body of each answer one byte at a time, so many seconds apart (R1)."""

    def answer(self, request: Request, proceed: Proceed) -> Response:
        """Answer by and by."""
        response = proceed(request)
        body = response.get_data() or b" "
        status = 200 if response.status_code == 204 else response.status_code
        dripping = _answer(self._drops(body), status, response.mimetype or "text/plain")
        dripping.headers["Content-Length"] = str(len(body))
        return dripping

    def _drops(self, body: bytes) -> Iterator[bytes]:
        for byte in body:
            self.stopping.wait(self.seconds)
            yield bytes([byte])


@misbehaviour("status", "CODE")
class Status(_Status):
    """Answer everything with this status, and do nothing."""

    def answer(self, request: Request, proceed: Proceed) -> Response:
        """Answer without looking."""
        del request, proceed
        return _answer(status=self.status)


@misbehaviour("fail-once", "CODE")
class FailOnce(_Status):
    """Process the first delivery, but answer it with this status (R3, R10)."""

    def __init__(self, argument: str) -> None:
        super().__init__(argument)
        self._first = threading.Lock()

    def answer(self, request: Request, proceed: Proceed) -> Response:
        """Answer the first POST wrongly."""
        response = proceed(request)
        first = request.method == "POST" and self._first.acquire(blocking=False)
        return _answer(status=self.status) if first else response


@misbehaviour("body", "TEXT")
class Body(Misbehaviour):
    """Acknowledge deliveries with 200 and this text instead of an empty body (D24)."""

    def answer(self, request: Request, proceed: Proceed) -> Response:
        """Answer with a body."""
        response = proceed(request)
        return _answer(self.argument, 200, "text/plain") if response.status_code == 204 else response


@misbehaviour("redirect", "URL")
class Redirect(Misbehaviour):
    """Answer everything with 302 and this Location (V18, D27)."""

    def __init__(self, argument: str) -> None:
        super().__init__(argument)
        if not argument or not argument.isprintable() or not argument.isascii():
            raise self._invalid("a URL")

    def answer(self, request: Request, proceed: Proceed) -> Response:
        """Send the caller elsewhere."""
        del request, proceed
        response = _answer(status=302)
        response.headers["Location"] = self.argument
        return response


class _Verification(Misbehaviour, ABC):
    """Spoils the answer of a verification that would have succeeded."""

    def answer(self, request: Request, proceed: Proceed) -> Response:
        response = proceed(request)
        return (
            self.spoiled(_challenge(request)) if request.method == "GET" and response.status_code == 200 else response
        )

    @abstractmethod
    def spoiled(self, challenge: str) -> Response:
        """Return the spoilt answer."""


@misbehaviour("wrong-challenge")
class WrongChallenge(_Verification):
    """Verify with an altered challenge (V6)."""

    def spoiled(self, challenge: str) -> Response:
        """Return it in reverse, and never by chance the same."""
        return _answer(json.dumps({VERIFICATION_KEY: f"{challenge[::-1]}x"}))


@misbehaviour("wrong-key")
class WrongKey(_Verification):
    """Verify under the key "challenge" instead of "verification" (V5)."""

    def spoiled(self, challenge: str) -> Response:
        """Return it under another key."""
        return _answer(json.dumps({"challenge": challenge}))


@misbehaviour("text-challenge")
class TextChallenge(_Verification):
    """Verify with the bare challenge as text (V5)."""

    def spoiled(self, challenge: str) -> Response:
        """Return it bare."""
        return _answer(challenge, 200, "text/plain")


@misbehaviour("null-challenge")
class NullChallenge(_Verification):
    """Verify with null (V22)."""

    def spoiled(self, challenge: str) -> Response:
        """Return null."""
        del challenge
        return _answer(json.dumps({VERIFICATION_KEY: None}))


@misbehaviour("no-content")
class NoContent(_Verification):
    """Verify with 204 and no body (V5)."""

    def spoiled(self, challenge: str) -> Response:
        """Return nothing."""
        del challenge
        return _answer(status=204)


@misbehaviour("html")
class Html(Misbehaviour):
    """Answer everything with an HTML page and 200, as login pages and tunnels do (V6)."""

    def answer(self, request: Request, proceed: Proceed) -> Response:
        """Answer with a page."""
        del request, proceed
        page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form></form></body></html>"
        return _answer(page, 200, "text/html")


@misbehaviour("case-sensitive-header")
class CaseSensitiveHeader(Misbehaviour):
    """Look for the challenge under its lower-case name only (V3, H12); needs the receiver's own server."""

    def answer(self, request: Request, proceed: Proceed) -> Response:
        """Overlook the header when its name has capitals."""
        if CHALLENGE_HEADER.lower() not in request.environ.get(HEADER_NAMES, ()):
            request.environ.pop(f"HTTP_{CHALLENGE_HEADER.upper().replace('-', '_')}", None)
        return proceed(request)


@misbehaviour("no-auth")
class NoAuth(Misbehaviour):
    """Let anyone in, whatever the auth header says (H6)."""

    def settings(self, settings: Settings) -> Settings:
        """Forget the secret."""
        return replace(settings, auth=None)


@misbehaviour("auth-before-challenge")
class AuthBeforeChallenge(Misbehaviour):
    """Answer the verification with 401, as an endpoint behind a login does (V8)."""

    def answer(self, request: Request, proceed: Proceed) -> Response:
        """Refuse the GET."""
        return _answer(status=401) if request.method == "GET" else proceed(request)


@misbehaviour("no-verification")
class NoVerification(Misbehaviour):
    """Answer the verification with 405, as an endpoint made for POST only does (V1)."""

    def answer(self, request: Request, proceed: Proceed) -> Response:
        """Refuse the GET."""
        return _answer(status=405) if request.method == "GET" else proceed(request)


@misbehaviour("no-dedupe")
class NoDedupe(Misbehaviour):
    """Act on a repeated event once more (D12)."""

    def settings(self, settings: Settings) -> Settings:
        """Store everything that comes."""
        return replace(settings, dedupe=False)


class _Reader(Misbehaviour, ABC):
    """Reads deliveries in a way of its own before the good receiver does."""

    def answer(self, request: Request, proceed: Proceed) -> Response:
        if request.method != "POST":
            return proceed(request)
        body = request.get_data()
        try:
            envelope = json.loads(body)
            events = envelope["data"]["events"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return proceed(request)
        if not isinstance(events, list):
            return proceed(request)
        return self.read(request, proceed, envelope, events)

    @abstractmethod
    def read(self, request: Request, proceed: Proceed, envelope: Any, events: list[Any]) -> Response:
        """Return the answer to a delivery of these events."""


@misbehaviour("first-event-only")
class FirstEventOnly(_Reader):
    """Read data.events[0] and overlook the rest of a batch (D8, D9)."""

    def read(self, request: Request, proceed: Proceed, envelope: Any, events: list[Any]) -> Response:
        """Hand on a delivery of one event."""
        envelope["data"]["events"] = events[:1]
        body = json.dumps(envelope).encode()
        request.environ.update({"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})
        return proceed(type(request)(request.environ))


@misbehaviour("crash-on-null")
class CrashOnNull(_Reader):
    """Answer 500 when an event has no actor or no target (D18, P6)."""

    def read(self, request: Request, proceed: Proceed, envelope: Any, events: list[Any]) -> Response:
        """Crash where a careless receiver would."""
        del envelope
        careless = [isinstance(event, dict) and event.get("actor") and event.get("target") for event in events]
        return proceed(request) if all(careless) else _answer(status=500)
