"""What a patch of a token or an assertion may do (I5, I7); one that can't be performed fails the whole answer."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.patching import OPERATIONS, PatchError, perform, steps_of
from emulator.contract.inline.rules.places import place_problem
from emulator.contract.inline.rules.registry import answer_rule, broken, commands_of, doubtful, member
from emulator.contract.inline.rules.words import meant
from emulator.contract.problems import describe, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import JsonObject
    from emulator.contract.problems import Path, Problem

__all__ = ["LIFETIME", "SYSTEM_CLAIMS"]

LIFETIME: Final = ["token", "lifetime", "expiration"]
_SHORTEST, _LONGEST = 300, 86_400  # seconds
_MANY: Final = 10_000  # operations; below 256 KB there are fewer
_TARGETS: Final = {
    "com.okta.identity.patch": ("identity", "an ID token"),
    "com.okta.access.patch": ("access", "an access token"),
    "com.okta.assertion.patch": ("assertion", "an assertion"),
}
# Claims that are Okta's own; the docs list them and say that aud and sub may be changed in access tokens.
SYSTEM_CLAIMS: Final = {
    "identity": frozenset(
        {
            "acr",
            "amr",
            "at_hash",
            "aud",
            "auth_time",
            "c_hash",
            "exp",
            "iat",
            "idp",
            "iss",
            "jti",
            "nonce",
            "sub",
            "ver",
        }
    ),
    "access": frozenset({"auth_time", "cid", "exp", "iat", "iss", "jti", "scp", "uid", "ver"}),
    "assertion": frozenset[str](),
}
_JSON_PATCH: Final = ("move", "copy", "test")


@answer_rule("token", "saml")
def nothing_to_patch(kind: InlineHookType, request: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I7: only what is being issued can be patched."""
    for path, name, _value in commands_of(answer):
        target, words = _TARGETS.get(name, ("", ""))
        if kind.command(name) and request and not isinstance(member(request, "data", target), dict):
            hint = "the request's data says which tokens are issued: patch only these"
            yield broken((*path, "type"), "I7", f"{name} patches {words}, and none is being issued", hint)


@answer_rule("token", "saml")
def unknown_operation(kind: InlineHookType, _: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I7: operations are add, replace and, for tokens, remove."""
    known = OPERATIONS if kind.short == "token" else OPERATIONS[:2]
    listed = f"{', '.join(known[:-1])} or {known[-1]}"
    for place, _name, operation in _operations(kind, answer):
        op = operation.get("op")
        if "op" not in operation or op in known:
            continue
        if op in (*OPERATIONS, *_JSON_PATCH):
            hint = f"a {kind.title} hook takes {listed}"
        else:
            hint = f'did you mean "{meant(op, known) or known[0]}"? it takes {listed}'
        yield broken((*place, "op"), "I7", f"got {describe(op)}, wanted {listed}", hint)


@answer_rule("token", "saml")
def path_outside(kind: InlineHookType, _: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I5, I7: a path begins at the token or assertion, and at a part of it that may be changed."""
    for place, name, operation in _operations(kind, answer):
        path = operation.get("path")
        if isinstance(path, str) and path:
            yield from place_problem(kind, (*place, "path"), path, _TARGETS[name][0])


@answer_rule("token")
def system_claim(kind: InlineHookType, _: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I7: claims of Okta's own can't be changed."""
    for place, name, operation in _operations(kind, answer):
        steps = _steps(operation)
        target = _TARGETS[name][0]
        if steps[:1] == ["claims"] and len(steps) > 1 and steps[1] in SYSTEM_CLAIMS[target]:
            others = " (it may in an access token)" if steps[1] in {"aud", "sub"} else ""
            message = f"\"{printable(steps[1])}\" is a claim of Okta's own and can't be changed{others}"
            yield broken((*place, "path"), "I7", message, "choose another name for the claim")


@answer_rule("token")
def impossible_lifetime(kind: InlineHookType, _: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I7: a lifetime is replaced, by 300 to 86,400 seconds."""
    for place, _name, operation in _operations(kind, answer):
        if _steps(operation) != LIFETIME:
            continue
        value = operation.get("value")
        if operation.get("op") in {"add", "remove"}:
            yield broken((*place, "op"), "I7", "a lifetime can only be replaced", 'write "op": "replace"')
        elif not isinstance(value, int) or isinstance(value, bool):
            hint = "write a whole number of seconds, without quotes"
            yield broken((*place, "value"), "I7", f"got {describe(value)}, wanted seconds", hint)
        elif not _SHORTEST <= value <= _LONGEST:
            hint = "it is seconds: 5 minutes (300) to 24 hours (86400)"
            yield broken((*place, "value"), "I7", f"a lifetime of {value} s is out of range", hint)


@answer_rule("saml")
def claim_without_attribute_values(kind: InlineHookType, _: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I7: a claim of an assertion, as a whole, is an object with attributeValues."""
    for place, _name, operation in _operations(kind, answer):
        steps, value = _steps(operation), operation.get("value")
        if (
            len(steps) != 2
            or steps[0] != "claims"
            or operation.get("op") not in OPERATIONS[:2]
            or "value" not in operation
        ):
            continue
        if not isinstance(value, dict) or not isinstance(value.get("attributeValues"), list):
            hint = 'write {"attributes": {}, "attributeValues": [{"attributes": {"xsi:type": "xs:string"}, "value": "..."}]}'
            yield doubtful(
                (*place, "value"), "I7", f"got {describe(value)}, wanted a claim: an object with attributeValues", hint
            )


@answer_rule("token", "saml")
def removed_with_a_value(kind: InlineHookType, _: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I7: what is removed needs no value, and takes null only."""
    for place, _name, operation in _operations(kind, answer):
        if operation.get("op") == "remove" and operation.get("value") is not None:
            message = f"got {describe(operation['value'])}, and remove takes no value but null"
            yield broken((*place, "value"), "I7", message, "leave value out")


@answer_rule("token", "saml")
def impossible_operation(kind: InlineHookType, request: JsonObject, answer: JsonObject) -> Iterator[Problem]:
    """I7: what is replaced or removed must be there, and what is added needs a place; in the order of the commands."""
    data = request.get("data")
    pending: dict[str, Any] = deepcopy(data) if isinstance(data, dict) else {}
    known = OPERATIONS if kind.short == "token" else OPERATIONS[:2]
    for place, name, operation in _operations(kind, answer):
        target = _TARGETS[name][0]
        op, steps = operation.get("op"), _steps(operation)
        if not isinstance(op, str) or op not in known or not steps or not isinstance(pending.get(target), dict):
            continue
        if next(place_problem(kind, place, operation["path"], target), None) is not None:
            continue
        if op == "add" and _is_there(pending[target], steps):
            message = f"{printable(operation['path'][:60])} is there already, and add replaces it"
            yield doubtful((*place, "op"), "I7", message, 'write "op": "replace"')
        try:
            perform(pending[target], op, steps, operation.get("value"))
        except PatchError as error:
            yield broken((*place, "path"), "I7", error.message, error.hint)


def _is_there(document: Any, steps: list[str]) -> bool:
    if steps[0] != "claims":
        return False
    for step in steps:
        if not isinstance(document, dict) or step not in document:
            return False
        document = document[step]
    return True


def _operations(kind: InlineHookType, answer: JsonObject) -> Iterator[tuple[Path, str, JsonObject]]:
    """Yield place, command and content of each operation."""
    for path, name, value in commands_of(answer):
        if name not in _TARGETS or kind.command(name) is None:
            continue
        for index, operation in enumerate(value[:_MANY] if isinstance(value, list) else ()):
            if isinstance(operation, dict):
                yield (*path, "value", index), name, operation


def _steps(operation: JsonObject) -> list[str]:
    path = operation.get("path")
    try:
        return steps_of(path) if isinstance(path, str) else []
    except PatchError:
        return []
