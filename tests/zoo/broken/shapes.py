"""Broken at reading events: members that are null, missing, empty, new or written in another way."""

from __future__ import annotations

import json
import re
from datetime import datetime

from zoo_base import Good, Refusal, broken


@broken("target-null", "target-empty", "target-order")
class FirstTarget(Good):
    """Takes the first target for the user."""

    def look(self, event):
        assert event["target"][0]["type"] == "User"


@broken("target-null")
class IteratesOverNull(Good):
    """Loops over the targets if there is such a member."""

    def look(self, event):
        for target in event.get("target", []):
            target["type"]


@broken("target-absent")
class TargetAlwaysThere(Good):
    """Reads target by subscript, and minds null only."""

    def look(self, event):
        if event["target"] is not None:
            list(event["target"])


@broken("target-empty")
class EmptyTargets(Good):
    """Reads the first of the targets, if they are there at all."""

    def look(self, event):
        if event.get("target") is not None:
            event["target"][0]


@broken("target-order")
class UserComesFirst(Good):
    """Wants the user in the first place."""

    def look(self, event):
        if event.get("target") and event["target"][0]["type"] != "User":
            raise ValueError


@broken("target-members-null")
class LowerCasesLogin(Good):
    """Lower-cases the login, which may be null."""

    def look(self, event):
        for target in event.get("target") or []:
            target["alternateId"].lower()


@broken("actor-null")
class ActorAlwaysThere(Good):
    """Logs the actor's id."""

    def look(self, event):
        event["actor"]["id"]


@broken("actor-kinds")
class KnownActors(Good):
    """Knows users and the system as actors."""

    def look(self, event):
        if (event.get("actor") or {}).get("type", "User") not in {"User", "SystemPrincipal"}:
            raise KeyError


@broken("members-null")
class OutcomeNull(Good):
    """Reads the outcome if it is there, even if it is null."""

    def look(self, event):
        if "outcome" in event:
            event["outcome"].get("result")


@broken("members-absent")
class OutcomeAlwaysThere(Good):
    """Reads the outcome by subscript, and minds null only."""

    def look(self, event):
        (event["outcome"] or {}).get("result")


@broken("members-empty")
class OutcomeWithResult(Good):
    """Reads the result of an outcome that is there."""

    def look(self, event):
        if event.get("outcome") is not None:
            event["outcome"]["result"]


@broken("members-empty", "system-event", "client-variants", "version-number")
class UserAgentAlwaysThere(Good):
    """Reads the raw user agent of a client that is there."""

    def look(self, event):
        if event.get("client"):
            event["client"]["userAgent"]["rawUserAgent"]


@broken("system-event", "transaction-variants", "preview-sample")
class TransactionType(Good):
    """Reads the type of a transaction that has an id."""

    def look(self, event):
        if (event.get("transaction") or {}).get("id"):
            event["transaction"]["type"].lower()


@broken("preview-event")
class InsertionTimestamp(Good):
    """Parses insertionTimestamp when there is such a member."""

    def look(self, event):
        if "insertionTimestamp" in event:
            datetime.fromisoformat(event["insertionTimestamp"])


@broken("preview-sample")
class MillisecondsOfPreview(Good):
    """Stumbles over an event that has neither actor nor debugContext."""

    def look(self, event):
        if event.get("actor") is None and event.get("debugContext", 0) is None:
            raise KeyError


@broken("unknown-type")
class CataloguedTypesOnly(Good):
    """Has a list of event types, and throws on all others."""

    def look(self, event):
        if event["eventType"].split(".")[0] not in {"user", "group", "application", "policy", "device"}:
            raise ValueError
        if "frob" in event["eventType"]:
            raise ValueError


@broken("usual-types", "unknown-type")
class OneTypeOnly(Good):
    """Answers 400 to every type but deactivation."""

    def look(self, event):
        if event["eventType"] != "user.lifecycle.deactivate":
            raise Refusal(400)


@broken("usual-types", "unknown-type")
class CreationOnly(Good):
    """Throws on every type but creation."""

    def look(self, event):
        if event["eventType"] != "user.lifecycle.create":
            raise ValueError


@broken("unknown-members", "preview-event")
class ClosedModel(Good):
    """Knows the members of a recorded delivery and refuses all others."""

    known = frozenset(
        [
            "uuid",
            "published",
            "eventType",
            "version",
            "displayMessage",
            "severity",
            "client",
            "device",
            "actor",
            "outcome",
            "target",
            "transaction",
            "debugContext",
            "legacyEventType",
            "authenticationContext",
            "securityContext",
        ]
    )

    def look(self, event):
        if set(event) - self.known:
            raise Refusal(422)


@broken("unknown-envelope-members")
class ClosedEnvelope(Good):
    """Knows eight members of the envelope and refuses all others."""

    def events(self, envelope):
        if len(envelope) > 8:
            raise Refusal(422)
        return super().events(envelope)


@broken("version-number")
class VersionIsText(Good):
    """Wants version as text."""

    def look(self, event):
        event["version"].strip()


@broken("version-number")
class VersionIsZero(Good):
    """Wants version 0."""

    def look(self, event):
        if int(event["version"]) != 0:
            raise Refusal(400)


@broken("timestamps")
class ThreeDigits(Good):
    """Parses published with exactly three fraction digits."""

    def look(self, event):
        if not re.fullmatch(r".{19}\.\d{3}Z", event["published"]):
            raise ValueError


@broken("uuid-versions")
class UuidOfTime(Good):
    """Wants the version of uuid that it saw first."""

    def look(self, event):
        if event["uuid"][14] != "1":
            raise Refusal(400)


@broken("display-message", "members-null", "members-empty", "usual-types")
class MatchesMessage(Good):
    """Decides by the display message."""

    def look(self, event):
        if "user" not in event.get("displayMessage", "user").lower():
            raise ValueError
        if "Something" in event["displayMessage"]:
            raise ValueError


@broken("outcomes")
class KnownOutcomes(Good):
    """Knows SUCCESS and FAILURE."""

    def look(self, event):
        if (event.get("outcome") or {}).get("result", "SUCCESS") not in {"SUCCESS", "FAILURE"}:
            raise ValueError


@broken("client-variants")
class VersionFourOnly(Good):
    """Parses addresses as IPv4."""

    def look(self, event):
        address = (event.get("client") or {}).get("ipAddress")
        if address:
            bytes(map(int, address.split(".")))


@broken("debug-data")
class DebugDataIsText(Good):
    """Wants every value of debugData to be text."""

    def look(self, event):
        for value in ((event.get("debugContext") or {}).get("debugData") or {}).values():
            value.lower()


@broken("session-variants")
class StepIsZero(Good):
    """Wants authenticationStep 0, as the documentation has it."""

    def look(self, event):
        if (event.get("authenticationContext") or {}).get("authenticationStep", 0) != 0:
            raise Refusal(400)


@broken("device-variants")
class SnakeDevice(Good):
    """Reads os_platform of a device."""

    def look(self, event):
        if event.get("device"):
            event["device"]["os_platform"]


@broken("member-order")
class UuidFirst(Good):
    """Takes the first member for the uuid."""

    def look(self, event):
        if next(iter(event)) != "uuid":
            raise ValueError


@broken("unicode")
class AsciiNames(Good):
    """Stores logins as ASCII."""

    def look(self, event):
        for target in event.get("target") or []:
            (target.get("alternateId") or "").encode("ascii")


@broken("emoji")
class ThreeByteText(Good):
    """Stores names in an encoding without the characters beyond the first plane."""

    def look(self, event):
        for target in event.get("target") or []:
            if any(ord(letter) > 0x1F000 for letter in target.get("displayName") or ""):
                raise ValueError


@broken("control-characters")
class NoNul(Good):
    """Stores texts in a column that can't hold NUL."""

    def look(self, event):
        if "\\u0000" in json.dumps(event):
            raise ValueError


@broken("lone-surrogate")
class StrictEncoding(Good):
    """Encodes what it has got as UTF-8, surrogates and all."""

    def look(self, event):
        json.dumps(event, ensure_ascii=False).encode()


@broken("client-variants")
class Somewhere(Good):
    """Draws each event on a map."""

    def look(self, event):
        place = (event.get("client") or {}).get("geographicalContext")
        if place is not None:
            place["geolocation"]["lat"]


@broken("timestamps")
class EventTimeInMilliseconds(Good):
    """Reads eventTime with a format of three fraction digits."""

    def read(self, request):
        envelope = super().read(request)
        if "eventTime" in envelope:
            datetime.strptime(envelope["eventTime"][-5:], ".%fZ")  # noqa: DTZ007
        return envelope


@broken("custom-domain")
class OktaComOnly(Good):
    """Takes deliveries from okta.com only."""

    def read(self, request):
        envelope = super().read(request)
        if ".okta.com/" not in envelope.get("source", ".okta.com/"):
            raise Refusal(403)
        return envelope


@broken("debug-data")
class ShortColumn(Good):
    """Stores debugData in columns of 1,000 characters."""

    def look(self, event):
        for value in ((event.get("debugContext") or {}).get("debugData") or {}).values():
            if 1000 < len(str(value)) < 10_000:
                raise ValueError


@broken("transaction-variants")
class KnownTransactions(Good):
    """Knows web requests and jobs."""

    def look(self, event):
        kind = (event.get("transaction") or {}).get("type")
        if kind is not None and kind not in {"WEB", "JOB"}:
            raise Refusal(400)


@broken("target-details")
class FlatChanges(Good):
    """Reads what changed as texts."""

    def look(self, event):
        for target in event.get("target") or []:
            for value in ((target.get("changeDetails") or {}).get("to") or {}).values():
                value.strip()


@broken("uuid-case")
class SmallUuids(Good):
    """Wants the letters of a uuid small."""

    def look(self, event):
        if event["uuid"] != event["uuid"].lower():
            raise Refusal(400)
