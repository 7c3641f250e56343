"""Shapes: requests as Okta may write them tomorrow, or for another org (I3-I5, I15)."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from emulator.checks.check import Unseen
from emulator.checks.inline.check import inline_check
from emulator.payloads.edits import set_value
from emulator.runner.results import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.checks.inline.bench import InlineBench
    from emulator.contract.model import JsonObject

_OPTIONAL: Final = (
    "demand only the members that your answer depends on, and read everything else so that null, a missing member and an "
    "empty one mean the same: not known"
)
_NAMES: Final = ("firstName", "lastName")
_MANY: Final = 1_500
_UNLIKELY: Final = {"id", "login", "username", "password", "phoneNumber", "msgTemplate", "otpCode", "deliveryChannel"}


def _profiles(body: JsonObject) -> Iterator[str]:
    """Yield the pointers of the profiles in a request."""
    data = body["data"]
    candidates = ("userProfile", "userProfileUpdate", "appUser/profile", "user/profile", "context/user/profile")
    for candidate in candidates:
        value: Any = data
        for step in candidate.split("/"):
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, dict):
            yield f"/data/{candidate}"


def _with(body: JsonObject, path: str, value: Any) -> JsonObject:
    changed: JsonObject = set_value(body, path, value)
    return changed


@inline_check(
    "unknown-members",
    title="takes members it doesn't know",
    rule="I3",
    level=Level.MUST,
    guessed=True,
    remedy="pass over what you don't know; profiles hold whatever attributes an org has added, and Okta adds members of "
    "its own without notice",
)
def unknown_members(bench: InlineBench) -> None:
    """Calls with new members in the envelope, the context and its request, and with new attributes in profiles."""
    odd = {"list": [1, "a", None], "object": {"a": {"b": []}}, "number": 5, "flag": True, "none": None, "": "no name"}
    cases = {
        "a new member of the envelope": _with(bench.body(), "/newMember", odd),
        "a new member of data": _with(bench.body(), "/data/newMember", odd),
        "a new member of the context": _with(bench.body(), "/data/context/newMember", odd),
        "a new member of the context's request": _with(bench.body(), "/data/context/request/newMember", odd),
    }
    body = bench.body()
    for path in _profiles(body):
        body = _with(body, f"{path}/customAttribute", ["a", "b"])
        cases["new attributes of a profile"] = body
    bench.wants_answers(cases)


@inline_check(
    "null-members",
    title="takes null where a value may be unknown",
    rule="I15",
    level=Level.MUST,
    guessed=True,
    remedy=_OPTIONAL,
)
def null_members(bench: InlineBench) -> None:
    """Calls with null as the action, as names and other attributes of profiles, and as parts of the context."""
    cases = {}
    body = bench.body()
    if "action" in body["data"]:
        cases["a null action"] = _with(body, "/data/action", None)
    nulls = bench.body()
    for path in _profiles(nulls):
        for name in _profile(nulls, path):
            if name not in _UNLIKELY and name != "email":
                nulls = _with(nulls, f"{path}/{name}", None)
                cases["nulls in a profile"] = nulls
    cases["nulls in the context's request"] = _with(
        _with(bench.body(), "/data/context/request/ipAddress", None), "/data/context/request/url", None
    )
    session = bench.body()
    if "session" in session["data"]["context"]:
        cases["a null session"] = _with(session, "/data/context/session", None)
    bench.wants_answers(cases)


def _profile(body: JsonObject, path: str) -> list[str]:
    value: Any = body
    for step in path.split("/")[1:]:
        value = value[step]
    return list(value)


@inline_check(
    "absent-members",
    title="does without members that only tell more",
    rule="I5",
    level=Level.MUST,
    guessed=True,
    remedy=_OPTIONAL,
)
def absent_members(bench: InlineBench) -> None:
    """Calls without the context's request, without a policy or session, and without the optional part of a profile."""
    cases = {}
    for name in ("request", "policy", "session"):
        body = deepcopy(bench.body())
        if body["data"]["context"].pop(name, None) is not None:
            cases[f"no {name} in the context"] = body
    body = deepcopy(bench.body())
    for path in _profiles(body):
        value: Any = body
        for step in path.split("/")[1:]:
            value = value[step]
        for name in _NAMES:
            if value.pop(name, None) is not None:
                cases["no names in a profile"] = body
    bench.wants_answers(cases)


@inline_check(
    "versions-as-numbers",
    title="takes the versions as numbers",
    rule="I3",
    level=Level.SHOULD,
    guessed=True,
    remedy="don't compare eventTypeVersion and cloudEventVersion; Okta's samples have them as texts and as numbers",
)
def versions_as_numbers(bench: InlineBench) -> None:
    """Calls with eventTypeVersion 1 and cloudEventVersion 0.1."""
    bench.wants_answers({"versions as numbers": bench.body(eventTypeVersion=1, cloudEventVersion=0.1)})


@inline_check(
    "member-order",
    title="doesn't depend on the order of members",
    rule="I3",
    level=Level.MUST,
    guessed=True,
    remedy="read the body with a JSON library; members have no order, and Okta's samples have them in several",
)
def member_order(bench: InlineBench) -> None:
    """Calls with the members of the envelope, of data and of its parts in reverse order."""

    def reversed_members(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: reversed_members(inner) for name, inner in reversed(value.items())}
        return value

    bench.wants_answers({"members in reverse order": reversed_members(bench.body())})


@inline_check(
    "names-in-any-script",
    title="takes names in any script",
    rule="I1",
    level=Level.MUST,
    remedy="read the body as UTF-8 and write your answer as UTF-8, whatever the machine's locale; look at databases and "
    "libraries that are told an older encoding",
)
def names_in_any_script(bench: InlineBench) -> None:
    """Calls about people whose names are Japanese, Arabic, Vietnamese, an emoji, and a quote with a backslash."""
    given = {
        "Japanese": ("\u592a\u90ce", "\u5c71\u7530"),
        "Arabic": ("\u0639\u0644\u064a", "\u062d\u0633\u0646"),
        "Vietnamese": ("Nguye\u0302\u0303n", "\u0110\u1ee9c"),
        "an emoji": ("\U0001f469\u200d\U0001f52c", "Ro\u0308ntgen"),
        "quotes and a backslash": ("O'Brien", 'Back\\slash "Q"'),
    }
    cases = {}
    for what, (first, last) in given.items():
        body = bench.body()
        for path in _profiles(body):
            body = _with(_with(body, f"{path}/firstName", first), f"{path}/lastName", last)
            cases[f"a name of {what}" if what[0].isupper() else f"a name with {what}"] = body
    if not cases and bench.kind.short == "password-import":
        password = "data__context__credential__password"  # noqa: S105 (where it stands)
        cases = {
            f"a password of {what}": bench.body(**{password: f"{first}{last}1"})
            for what, (first, last) in given.items()
        }
    if not cases:
        raise Unseen("no name is in a plain call of this type")
    bench.wants_answers(cases)


@inline_check(
    "large-request",
    title="takes a request of some hundred kilobytes",
    rule="I5",
    level=Level.MUST,
    guessed=True,
    remedy="raise your server's limit for bodies to a megabyte: claims, groups and profiles have no limit that Okta names",
)
def large_request(bench: InlineBench) -> None:
    """Calls with 1,500 groups or values in the largest part of the request, some 150 KB."""
    values = [
        f"Group {number} of a company with many departments and long names, in the west" for number in range(_MANY)
    ]
    body = bench.body()
    data = body["data"]
    for path in ("identity/claims", "access/claims"):
        part, claims = path.split("/")
        if isinstance(data.get(part), dict) and claims in data[part]:
            # Not "groups": a service that adds groups of its own would be doubted for what stood in this call only.
            body = _with(body, f"/data/{path}/departmentsOfThePast", values)
    if isinstance(data.get("assertion"), dict):
        claim = {
            "attributes": {},
            "attributeValues": [{"attributes": {"xsi:type": "xs:string"}, "value": v} for v in values],
        }
        body = _with(body, "/data/assertion/claims/departmentsOfThePast", claim)
    for path in _profiles(body):
        body = _with(body, f"{path}/groups", values)
    bench.wants_answers({"a large request": _with(body, "/data/context/groups", values)})
