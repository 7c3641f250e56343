"""Which name was meant: names that differ in capitals, separators or a letter, are cut short, or known elsewhere."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["likely_name", "meant_by", "misspelt"]

_SHORTEST: Final = 5  # one letter more or less in "ip" or "isp" makes another word
_LOOKED_AT: Final = 50
_LONGEST: Final = 60
_SHORTEST_PART: Final = 4

# What other systems, and people from memory, call Okta's members.
_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "actor": ("user", "initiator", "principal", "subject", "by"),
    "alternateId": ("email", "login", "username", "userName", "mail", "upn", "altId"),
    "asNumber": ("asn",),
    "asOrg": ("asOrganization", "organization"),
    "authenticationContext": ("authContext", "auth", "authn"),
    "authenticationStep": ("step", "authStep"),
    "city": ("town",),
    "client": ("clientInfo", "requester"),
    "contentType": ("mimeType", "dataContentType"),
    "country": ("countryCode", "countryName"),
    "data": ("payload", "body"),
    "debugContext": ("debug", "debugInfo"),
    "debugData": ("data",),
    "device": ("deviceType",),
    "displayMessage": ("message", "displayMsg", "description", "title"),
    "displayName": ("name", "fullName", "label", "title"),
    "dtHash": ("hash",),
    "eventId": ("id", "messageId", "deliveryId"),
    "eventTime": ("time", "timestamp", "sentAt", "createdAt"),
    "eventType": ("type", "event", "eventName", "action"),
    "eventTypeVersion": ("typeVersion", "eventVersion"),
    "events": ("logEvents", "items", "records"),
    "externalSessionId": ("sessionId", "session"),
    "geographicalContext": ("geo", "geoContext", "geographicContext", "location", "geoip"),
    "geolocation": ("location", "coordinates", "coords", "position"),
    "ip": ("ipAddress", "address"),
    "ipAddress": ("ip", "clientIp", "remoteAddress", "sourceIp"),
    "ipChain": ("ips", "chain", "forwardedFor"),
    "isProxy": ("proxy",),
    "lat": ("latitude",),
    "legacyEventType": ("legacyType", "legacyEvent", "legacyId"),
    "lon": ("lng", "long", "longitude"),
    "os": ("operatingSystem", "osName"),
    "outcome": ("status",),
    "postalCode": ("zip", "zipCode", "postcode"),
    "published": ("timestamp", "publishedAt", "time", "date", "createdAt", "eventTime"),
    "rawUserAgent": ("raw", "string"),
    "reason": ("message", "error", "failureReason"),
    "requestId": ("reqId", "correlationId"),
    "requestUri": ("uri", "path", "requestPath"),
    "result": ("status", "outcome"),
    "securityContext": ("security",),
    "severity": ("level", "logLevel"),
    "source": ("src", "origin"),
    "state": ("region", "province", "stateCode"),
    "target": ("resource", "object"),
    "targetEventHookIds": ("hookIds", "hooks", "targetHookIds", "targetEventHooks", "eventHooks"),
    "transaction": ("txn", "request"),
    "type": ("kind", "transactionType", "actorType", "targetType"),
    "url": ("uri", "requestUrl"),
    "userAgent": ("ua", "agent"),
    "uuid": ("guid", "eventId", "id"),
    "zone": ("networkZone",),
}
# Parts of these are words of their own, and members to come may well have them in their names.
_WHOLE_ONLY: Final = frozenset(
    {"data", "device", "events", "insertionTimestamp", "interface", "issuer", "request", "source", "type", "version"}
)


def _folded(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "").replace(" ", "")


def misspelt(name: str, known: Iterable[str], *, shortest: int = _SHORTEST) -> str:
    """
    Return the one of the *known* names that *name* is, but for capitals, separators or one letter; else ``""``.

    Names of less than *shortest* letters must be whole.
    """
    return "" if len(name) > _LONGEST else _misspelt(name, tuple(known), shortest)


@lru_cache(maxsize=4096)
def _misspelt(name: str, known: tuple[str, ...], shortest: int) -> str:
    # The same names are compared with the same lists in each event of a file.
    folded = _folded(name)
    candidates = [(candidate, _folded(candidate)) for candidate in known]
    for candidate, other in candidates:
        if folded == other:
            return candidate
    near = (candidate for candidate, other in candidates if len(candidate) >= shortest and _one_edit(folded, other))
    return next(near, "")


def meant_by(name: str, absent: Iterable[str]) -> str:
    """Return the one of the *absent* members that stands there as *name*, as far as that is plain; else ``""``."""
    known = list(absent)
    return misspelt(name, known) or next((each for each in known if _stands_for(name, each)), "")


def _stands_for(name: str, known: str) -> bool:
    """Whether *name* is another word for a member, or a part of its name, or that and more."""
    if len(name) > _LONGEST:
        return False
    folded, other = _folded(name), _folded(known)
    if folded in map(_folded, _ALIASES.get(known, ())):
        return True
    short, long = sorted((folded, other), key=len)
    return len(short) >= _SHORTEST_PART and 2 * len(short) >= len(long) and known not in _WHOLE_ONLY and short in long


def likely_name(missing: str, present: Iterable[str]) -> str:
    """Return the one of the *present* names that most likely stands for the *missing* one; else ``""``."""
    names = [name for name in islice(present, _LOOKED_AT) if len(name) <= _LONGEST]
    for is_like in (lambda name: misspelt(name, [missing]), lambda name: meant_by(name, [missing])):
        if found := next(filter(is_like, names), ""):
            return found
    from difflib import get_close_matches  # only for who made a slip

    folded = {_folded(name): name for name in names}
    close = get_close_matches(_folded(missing), folded, n=1, cutoff=0.7)
    return folded[close[0]] if close else ""


def _one_edit(one: str, two: str) -> bool:
    if abs(len(one) - len(two)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    rest_one, rest_two = one[start:], two[start:]
    if len(one) != len(two):
        return rest_one[1:] == rest_two or rest_one == rest_two[1:]
    swapped = rest_one[:2] == rest_two[1::-1] and rest_one[2:] == rest_two[2:]
    return rest_one[1:] == rest_two[1:] or swapped
