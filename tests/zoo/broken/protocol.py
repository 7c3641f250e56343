"""Broken at HTTP: headers, bodies that are no delivery, methods; and what comes after."""

from __future__ import annotations

import base64
import json
import threading
import traceback

from zoo_base import Good, Refusal, Reply, broken


@broken("header-request-id")
class WantsRequestId(Good):
    """Takes X-Okta-Request-Id as the id of a delivery."""

    def deliver(self, request):
        if not request.get("X-Okta-Request-Id"):
            raise Refusal(400)
        return super().deliver(request)


@broken("header-user-agent")
class WantsUserAgent(Good):
    """Takes the hook's id from User-Agent."""

    def deliver(self, request):
        if " - who" not in request.get("User-Agent"):
            raise Refusal(403)
        return super().deliver(request)


@broken("header-names-case")
class ContentTypeCase(Good):
    """Looks Content-Type up as it is usually written, or in lower case."""

    def read(self, request):
        if not (request.exactly("Content-Type") or request.exactly("content-type")):
            raise Refusal(415)
        return super().read(request)


@broken("header-extra")
class NoProxies(Good):
    """Refuses what came through a proxy."""

    def deliver(self, request):
        if request.get("Via"):
            raise Refusal(400)
        return super().deliver(request)


@broken("malformed-json")
class ParsesOutsideTry(Good):
    """Lets the parser's error become a 500."""

    def read(self, request):
        try:
            return super().read(request)
        except Refusal:
            json.loads(request.body)
            raise


@broken("malformed-json-refused")
class AcknowledgesAnything(Good):
    """Answers first, and throws away what it then can't read."""

    def deliver(self, request):
        try:
            return super().deliver(request)
        except Refusal:
            return Reply(204)


@broken("empty-body")
class EmptyBody(Good):
    """Takes a body for granted."""

    def read(self, request):
        if not request.body.strip():
            raise ValueError
        return super().read(request)


@broken("other-json")
class TrustsTheEnvelope(Good):
    """Reads data.events without a look at what is there."""

    def read(self, request):
        super().read(request)
        return json.loads(request.body)

    def events(self, envelope):
        events = envelope["data"]["events"]
        for event in events:
            event["uuid"]
        return events


@broken("not-utf8")
class TrustsTheEncoding(Good):
    """Decodes the body outside of the try."""

    def read(self, request):
        request.body.decode()
        return super().read(request)


@broken("deep-json")
class Recursion(Good):
    """Catches malformed JSON, but not JSON that is too deep."""

    def read(self, request):
        if request.body.count(b"[") > 10_000:
            raise RecursionError
        return super().read(request)


@broken("big-numbers")
class NumbersAreFinite(Good):
    """Writes what it has read as JSON again, which infinity isn't."""

    def read(self, request):
        envelope = super().read(request)
        json.dumps(envelope, allow_nan=False)
        return envelope


@broken("wrong-content-type")
class UndefinedBody(Good):
    """Has no body when the content type is another one, and reads it all the same."""

    def read(self, request):
        if "json" not in request.get("Content-Type"):
            raise TypeError
        return super().read(request)


@broken("other-methods")
class CrashesOnOptions(Good):
    """Takes what is no GET for a delivery without a body."""

    def other(self, request):
        return Reply(500)


@broken("secret-echoed")
class EchoesHeaders(Good):
    """Shows the request's headers on its error pages."""

    def answer(self, request):
        reply = super().answer(request)
        return Reply(reply.status, repr(request.headers).encode()) if reply.status == 400 else reply


@broken("secret-echoed")
class NamesTheCaller(Good):
    """Says in a header who called, as the proxy before it does: with name and password."""

    def answer(self, request):
        reply = super().answer(request)
        _, _, credentials = request.get("Authorization").partition(" ")
        if reply.status == 405 and credentials:
            reply.headers["X-Caller"] = base64.b64decode(credentials).decode()
        return reply


@broken("rate-limit", "body-20mb")
class Quota(Good):
    """Turns away what would exceed the day's quota of bytes."""

    largest = 64 * 1024 * 1024

    def deliver(self, request):
        if len(request.body) > 10_000_000:
            raise Refusal(429)
        return super().deliver(request)


@broken("traceback-shown")
class DebugPages(Good):
    """Shows a stack trace for a body it can't read."""

    def read(self, request):
        try:
            return super().read(request)
        except Refusal as refusal:
            self.page = traceback.format_exc().encode()
            raise refusal from None

    def answer(self, request):
        reply = super().answer(request)
        return Reply(400, self.page) if reply.status == 400 and request.method == "POST" else reply


@broken("still-alive")
class DiesAfterAnswering(Good):
    """Acknowledges an event without a target, and ends when it works on it."""

    def act(self, event):
        if "target" not in event:
            threading.Timer(0.02, self.stop_listening).start()
        super().act(event)


@broken("malformed-json", "still-alive")
class DiesOfMalformedJson(Good):
    """Ends with the parser's error."""

    def read(self, request):
        try:
            return super().read(request)
        except Refusal:
            if request.body.startswith(b"this is"):
                self.stop()
                raise OSError from None
            raise

    def answer(self, request):
        if request.body.startswith(b"this is"):
            self.stop()
            raise OSError
        return super().answer(request)


@broken("malformed-json", "still-alive")
class PoisonedByMalformedJson(Good):
    """Keeps the parser's failure in a global, and answers 503 from then on."""

    poisoned = False

    def deliver(self, request):
        if self.poisoned:
            raise Refusal(503)
        return super().deliver(request)

    def read(self, request):
        try:
            return super().read(request)
        except Refusal:
            self.poisoned = bool(request.body.strip())
            raise


@broken("other-json", "still-alive")
class LockNeverReleased(Good):
    """Takes a lock for each delivery and doesn't give it back when the envelope has no data."""

    def __init__(self):
        super().__init__()
        self.busy = threading.Lock()

    def deliver(self, request):
        envelope = self.read(request)
        self.busy.acquire()
        events = self.events(envelope)
        self.busy.release()
        self.store(events)
        return self.acknowledge(events)


@broken("uri-https")
class OvergrownPath(Good):
    """Has a URL that is longer than Okta takes."""

    path = f"/hooks/{'x' * 1100}"


@broken("keep-alive")
class NoContentWithBody(Good):
    """Writes a body behind a 204."""

    def acknowledge(self, events):
        return Reply(204, raw=b"HTTP/1.1 204 No Content\r\n\r\n{}")


@broken("keep-alive")
class CountsLettersNotBytes(Good):
    """Gives the length in letters, not in bytes."""

    def acknowledge(self, events):
        return Reply(200, raw="HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK \u2713".encode())


@broken("idle-connection")
class OneConnectionAtATime(Good):
    """Serves one connection until it is closed, and then the next."""

    one_connection = True
