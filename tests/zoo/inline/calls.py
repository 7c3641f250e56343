"""Broken at requests of another shape, at repetition, connections, load, and what is no call at all."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from inline_zoo_base import TYPES, Good, at, broken, command
from zoo_base import Refusal, Reply

ENVELOPE = {
    "eventId",
    "eventTime",
    "eventType",
    "eventTypeVersion",
    "contentType",
    "cloudEventVersion",
    "source",
    "data",
}


@broken("variant-progressive-profile")
class OnlyNewPeople(Good):
    """Reads userProfile, which is not there when somebody completes their profile."""

    def registration(self, call):
        if "userProfileUpdate" in call["data"]:
            return call["data"]["userProfile"]
        return super().registration(call)


@broken("variant-voice", kind="telephony")
class NoVoice(Good):
    """Crashes on a voice call, which nobody has tried."""

    def sent(self, call):
        return {"sms": super().sent(call)}[str(at(call, "messageProfile", "deliveryChannel") or "SMS").lower()]


@broken("variant-client-credentials", kind="token")
class EverybodyHasASession(Good):
    """Reads the session, which machines don't have."""

    def token(self, call):
        if "identity" not in call["data"] and at(call, "protocol") is None and self.machine(call):
            raise KeyError("session")
        return super().token(call)

    @staticmethod
    def machine(call):
        return at(call, "context", "protocol", "request", "grant_type") == "client_credentials"


@broken("variant-implicit", kind="token")
class NoResponseType(Good):
    """Knows the authorization code flow, and machines, only."""

    def token(self, call):
        asked = at(call, "context", "protocol", "request") or {}
        if "token" in str(asked.get("response_type")):
            raise KeyError("code")
        return super().token(call)


@broken("variant-refresh-token", kind="token")
class NothingIsRefreshed(Good):
    """Stumbles over a refresh."""

    def token(self, call):
        if at(call, "context", "protocol", "request", "grant_type") == "refresh_token":
            raise KeyError("session")
        return super().token(call)


@broken("variant-service-provider", kind="saml")
class StartsAtOkta(Good):
    """Expects that people begin at Okta's dashboard, and not at the app."""

    def saml(self, call):
        if at(call, "context", "request", "method") == "POST":
            raise KeyError("RelayState")
        return super().saml(call)


@broken("variant-match", kind="user-import")
class NeverAMatch(Good):
    """Expects that nobody is found."""

    def user_import(self, call):
        matches = at(call, "context", "matches")
        if matches:
            raise ValueError(matches)
        return super().user_import(call)


@broken("unknown-members")
class StrictEnvelope(Good):
    """Reads the envelope into a class that takes no other members."""

    def read(self, request):
        call = super().read(request)
        if set(call) - ENVELOPE - {"requestType"}:
            raise KeyError
        return call


@broken("unknown-members", kind="token")
class StrictContext(Good):
    """Reads the context into a class that takes no other members."""

    def token(self, call):
        if "newMember" in (at(call, "context") or {}):
            raise TypeError
        return super().token(call)


@broken("null-members", kind="user-import")
class NamesAreNeverNull(Good):
    """Trims every value of a profile."""

    def user_import(self, call):
        for name in ("firstName", "lastName"):
            (at(call, "user", "profile") or {}).get(name, "").strip()
        return super().user_import(call)


@broken("null-members")
class ActionIsNeverNull(Good):
    """Lower-cases the action."""

    def registration(self, call):
        call["data"].get("action", "ALLOW").lower()
        return super().registration(call)


@broken("absent-members", kind="saml")
class SessionIsAlwaysThere(Good):
    """Reads the session without looking whether there is one."""

    def saml(self, call):
        if isinstance(at(call, "context"), dict) and "session" not in call["data"]["context"]:
            raise KeyError("session")
        return super().saml(call)


@broken("absent-members", kind="registration")
class BothNamesPlease(Good):
    """Concatenates names that may be missing."""

    def registration(self, call):
        profile = at(call, "userProfile")
        if profile:
            profile["firstName"], profile["lastName"]
        return super().registration(call)


@broken("versions-as-numbers", kind="telephony")
class VersionsAreTexts(Good):
    """Compares the versions as texts."""

    def telephony(self, call):
        if (call["eventTypeVersion"], call["cloudEventVersion"]) != ("1.0", "0.1"):
            raise Refusal(400)
        return super().telephony(call)


@broken("member-order", kind="password-import")
class FindsByPosition(Good):
    """Looks for the username before the password."""

    def read(self, request):
        text = request.body
        if b'"username"' in text and text.index(b'"username"') > text.index(b'"password"'):
            raise Refusal(400)
        return super().read(request)


@broken("names-in-any-script")
class AsciiOnly(Good):
    """Writes names to a database that is told Latin-1."""

    def registration(self, call):
        for name in ("firstName", "lastName"):
            str((at(call, "userProfile") or {}).get(name)).encode("latin-1")
        return super().registration(call)


@broken("names-in-any-script", kind="password-import")
class AsciiPasswords(Good):
    """Hashes the password as ASCII."""

    def right(self, login, password):
        str(password).encode("ascii")
        return super().right(login, password)


@broken("large-request", kind="token")
class SmallBodies(Good):
    """Stands behind a server that takes bodies up to 100 KB."""

    largest = 100 * 1024


@broken("registration-odd-data")
class CrashesOnALogin(Good):
    """Takes the login apart at an @ that may be missing."""

    def registration(self, call):
        login = at(call, "userProfile", "login")
        if isinstance(login, str):
            login.split("@")[1]
        return super().registration(call)


@broken("phone-numbers", kind="telephony")
class DomesticOnly(Good):
    """Crashes on a number of another country."""

    def sent(self, call):
        number = str(at(call, "messageProfile", "phoneNumber") or "1")
        if not number.removeprefix("+").startswith("1"):
            raise ValueError
        return super().sent(call)


@broken("phone-as-number", kind="telephony")
class NumberIsAText(Good):
    """Takes the plus off a number that may not be a text."""

    def sent(self, call):
        number = at(call, "messageProfile", "phoneNumber")
        if number is not None:
            number.removeprefix("+")
        return super().sent(call)


@broken("locales", kind="telephony")
class GsmAlphabet(Good):
    """Encodes messages in an alphabet that few languages have."""

    def sent(self, call):
        str(at(call, "messageProfile", "msgTemplate")).encode("latin-1")
        return super().sent(call)


@broken("repeated-answered", kind="user-import")
class DuplicateIsAConflict(Good):
    """Answers 409 to an eventId that it has seen."""

    def __init__(self):
        self.seen: set[Any] = set()

    def read(self, request):
        call = super().read(request)
        if call.get("eventId") in self.seen:
            raise Refusal(409)
        self.seen.add(call.get("eventId"))
        return call


@broken("repeated-alike")
class DeniesTheSecondTime(Good):
    """Has made somebody of the first call, and denies the second."""

    def __init__(self):
        self.seen: set[Any] = set()

    def registration(self, call):
        known = call.get("eventId") in self.seen
        self.seen.add(call.get("eventId"))
        return self.deny() if known else super().registration(call)


@broken("repeated-alike", kind="saml")
class SilentTheSecondTime(Good):
    """Takes the repetition for done."""

    def __init__(self):
        self.seen: set[Any] = set()

    def saml(self, call):
        known = call.get("eventId") in self.seen
        self.seen.add(call.get("eventId"))
        return None if known else super().saml(call)


@broken("in-time-at-once", kind="password-import")
class OneAtATime(Good):
    """Compares passwords behind one lock."""

    time_limit = 0.5

    looked_at = ("in-time-at-once", "answer-*", "password-*")

    def __init__(self):
        self.lock = threading.Lock()

    def right(self, login, password):
        with self.lock:
            time.sleep(0.05)
            return super().right(login, password)


@broken("answer-quick", kind="user-import")
class JustInTime(Good):
    """Needs more than half of the time for every call."""

    time_limit = 0.8
    looked_at = ("answer-*",)

    def user_import(self, call):
        time.sleep(0.5)
        return super().user_import(call)


@broken("keep-alive", kind="password-import")
class CountsLettersNotBytes(Good):
    """Gives the length in letters, not in bytes."""

    def reply(self, answer):
        body = json.dumps(answer | {"debugContext": {"r\xe9sum\xe9": "ok"}}, ensure_ascii=False)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n\r\n"
        return Reply(200, raw=head.encode() + body.encode() + b"\r\n")


@broken("idle-connection", kind="saml")
class OneConnectionAtATime(Good):
    """Serves one connection until it is closed, and then the next."""

    time_limit = 0.5

    one_connection = True


@broken("no-request-id", kind="user-import")
class WantsARequestId(Good):
    """Refuses what has no request id."""

    def method(self, request):
        super().method(request)
        if not request.get("X-Okta-Request-Id"):
            raise Refusal(400)


@broken("broken-json", "other-json", kind="token")
class CrashesOnNoJson(Good):
    """Reads JSON without looking whether it is some."""

    def read(self, request):
        json.loads(request.body)
        return super().read(request)


@broken("broken-json", kind="registration")
class AllowsWhatItCantRead(Good):
    """Answers what it can't read as if there were nothing to change."""

    def read(self, request):
        try:
            return super().read(request)
        except Refusal:
            return {"data": {}, "eventType": TYPES["registration"]}


@broken("other-json", kind="saml")
class EveryJsonIsAnObject(Good):
    """Asks an array for its members."""

    def read(self, request):
        try:
            value = json.loads(request.body)
        except (ValueError, RecursionError):
            raise Refusal(400) from None
        value.get("data").get("context")
        return super().read(request)


@broken("other-type", kind="telephony")
class OneRouteForAll(Good):
    """Looks up what to do by the type, and knows one."""

    def read(self, request):
        try:
            named = json.loads(request.body).get("eventType")
        except (ValueError, RecursionError, AttributeError):
            named = None
        if named in set(TYPES.values()) - {TYPES[self.kind]}:
            raise KeyError(named)
        return super().read(request)


@broken("other-methods", kind="password-import")
class PostOrCrash(Good):
    """Reads the body before it looks at the method."""

    def method(self, request):
        if request.method in {"GET", "HEAD"}:
            raise ValueError
        super().method(request)


@broken("still-answers", kind="user-import")
class PoisonedByBrackets(Good):
    """Is started again after a stack overflow, and misses the next call."""

    starting = False

    def read(self, request):
        if self.starting:
            self.starting = False
            raise Refusal(503)
        try:
            return super().read(request)
        except Refusal:
            self.starting = request.body.startswith(b"[[[[")
            raise


@broken("names-in-any-script", "locales", kind="telephony")
class ComposesMessages(Good):
    """Writes messages and names to a log in Latin-1."""

    def telephony(self, call):
        command("", str(call).encode("latin-1"))
        return super().telephony(call)


@broken("uri-https")
class AtPublicHttp(Good):
    """Is reached over http, by a name of the public internet."""

    public_url = "http://hooks.example.com/hooks"
