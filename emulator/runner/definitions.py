"""Event types described in YAML: under ``events:`` in a scenario, or in a file of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.catalogue import known_types
from emulator.names import did_you_mean
from emulator.payloads.custom import EVENT_NAMES, CustomType
from emulator.payloads.identifiers import PREFIXES
from emulator.payloads.scene import Origin
from emulator.runner.kinds import (
    ANY,
    FLAG,
    Choice,
    Either,
    Kind,
    Many,
    MapOf,
    Option,
    Pattern,
    Record,
    Text,
    read_members,
)
from emulator.runner.references import Scope, check_references
from emulator.runner.selection import read_file
from emulator.runner.source import Node, Problems, settled
from emulator.runner.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["EVENTS", "EVENT_NAMES", "check_events", "event_types", "read_event_file", "read_events"]

_TYPE_NAME: Final = r"[A-Za-z][\w-]*(?:\.[\w-]+)+"
_ACTORS: Final = ("admin", "person", "system")
_MEMBERS: Final = Either((dict, MapOf(ANY)), (type(None), ANY))
_TARGET: Final = Either((str, Text("the name of a target type, such as User")), (dict, MapOf(ANY)))

EVENT: Final = Record(
    "event type",
    {
        "about": Option(Text(), "A remark for readers."),
        "like": Option(Text("a known event type"), "The known type whose events it takes everything else from."),
        "displayMessage": Option(Text(), "What the System Log says about it."),
        "severity": Option(Choice("severity", ("DEBUG", "INFO", "WARN", "ERROR")), "Its severity; by default INFO."),
        "eligible": Option(FLAG, "Whether event hooks may carry it; by default they may."),
        "origin": Option(Choice("origin", tuple(Origin)), "What causes it; decides client, session and transaction."),
        "actor": Option(
            Either((str, Choice("actor", _ACTORS)), (dict, MapOf(ANY))),
            "Who does it: admin, person, system, or its members.",
        ),
        "outcome": Option(
            Either((str, Pattern(r"[A-Z_]+", "a result such as SUCCESS")), (dict, MapOf(ANY))),
            "Its result, and the reason.",
        ),
        "target": Option(
            Either((type(None), ANY), ((str, dict, list), Many(_TARGET, at_least=0))),
            "What it happens to, in order: Okta's names of target types, or their members.",
        ),
        "debugData": Option(_MEMBERS, "Keys of debugContext.debugData; values may be nested."),
        "legacyEventType": Option(Either((str, Text()), (type(None), ANY)), "The type's name before 2018."),
        "client": Option(_MEMBERS, "Members of client."),
        "device": Option(_MEMBERS, "Members of device."),
        "transaction": Option(_MEMBERS, "Members of transaction."),
        "authenticationContext": Option(_MEMBERS, "Members of authenticationContext."),
        "securityContext": Option(_MEMBERS, "Members of securityContext."),
    },
    doc='An event type. Texts may hold "${person.login}", "${fake:company}" and the like.',
)


class _Events(Kind):
    """A mapping of event type names to their descriptions."""

    wanted = "a mapping of event types"

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of such values."""
        return {
            "type": "object",
            "propertyNames": {"pattern": f"^{_TYPE_NAME}$"},
            "additionalProperties": EVENT.schema(),
        }

    def _read(self, node: Node, problems: Problems) -> Mapping[str, CustomType] | None:
        if not isinstance(node.value, dict):
            self._refuse(node, problems)
            return None
        name_kind = Pattern(_TYPE_NAME, "a name with dots, such as acme.badge.revoked")
        found: dict[str, CustomType] = {}
        for name, member in node.value.items():
            name_kind.read(Node(value=name, place=node.keys[name]), problems)
            read = EVENT.read(settled(member), problems)
            if read is not None:
                _check(member, problems)
                found[name] = _custom(name, read)
        return found


EVENTS: Final = _Events()


def check_events(node: Node, known: Collection[str], problems: Problems) -> None:
    """Note the references in descriptions that lead nowhere."""
    check_references(node, {*known, *EVENT_NAMES}, (), problems)


def read_events(node: Node, scope: Scope) -> Mapping[str, CustomType]:
    """
    Return the types that a checked node describes, the scenario's own variables filled in.

    Raises:
        ScenarioError: a variable stands for nothing.
    """
    problems = Problems()
    found = EVENTS.read(scope.resolve(node, keep={*EVENT_NAMES, "fake"}), problems)
    problems.raise_if_any()
    return found or {}


def read_event_file(data: bytes, name: str) -> Mapping[str, CustomType]:
    """
    Return the types that a file describes; a scenario's ``steps`` in it are passed over.

    Raises:
        ScenarioError: the file is wrong; the message has every place.
    """
    root = parse(data, name)
    problems = Problems()
    if not isinstance(root.value, dict) or "events" not in root.value:
        problems(root, "the file describes no event types", "begin with events: and a name such as acme.badge.revoked:")
        problems.raise_if_any()
    if "steps" not in root.value:
        read_members(
            root, {"events": Option(EVENTS, ""), "about": Option(Text(), "")}, problems, what="an event type file"
        )
    events = root.value["events"]
    found = EVENTS.read(events, problems) or {}
    check_events(events, (), problems)
    problems.raise_if_any()
    return found


def event_types(path: str | Path) -> Mapping[str, CustomType]:
    """
    Return the event types that a YAML file describes under ``events:``, for ``Org(custom_types=...)``.

    Raises:
        HarnessError: the file can't be read or is wrong; the message has every place.
    """
    return read_event_file(read_file(Path(path), str(path)), str(path))


def _check(node: Node, problems: Problems) -> None:
    like = node.value.get("like")
    if like is not None and isinstance(like.value, str) and like.value not in known_types():
        problems(like, f"unknown event type {like.value!r}", did_you_mean(like.value, known_types()))
    target = node.value.get("target")
    for item in target.value if target is not None and isinstance(target.value, list) else [target]:
        if item is None:
            continue
        if isinstance(item.value, str) and item.value not in PREFIXES:
            hint = did_you_mean(item.value, PREFIXES) or "describe it: {type: ..., displayName: ...}"
            problems(item, f"unknown target type {item.value!r}", f"{hint}\nor describe it: {{type: {item.value}}}")
        if isinstance(item.value, dict) and "type" not in item.value:
            problems(item, "a target needs 'type'", "type: what it is, such as User or a name of your own")


def _custom(name: str, read: Mapping[str, Any]) -> CustomType:
    members = {key: read[key] for key in read if key in _PLAIN_MEMBERS}
    actor = read.get("actor")
    if isinstance(actor, str):
        members["actor"] = _actor(actor)
    elif actor is not None:
        members["actor"] = actor
    outcome = read.get("outcome")
    if outcome is not None:
        members["outcome"] = {"result": outcome} if isinstance(outcome, str) else outcome
    targets = read.get("target", ())
    return CustomType(
        id=name,
        like=read.get("like"),
        origin=None if read.get("origin") is None else Origin(read["origin"]),
        message=read.get("displayMessage") or "",
        severity=read.get("severity"),
        members=members,
        targets=None if "target" not in read else tuple(targets or ()),
        eligible=read.get("eligible", True) is not False,
        about=read.get("about") or "",
    )


_PLAIN_MEMBERS: Final = frozenset({
    "authenticationContext", "client", "debugData", "device", "legacyEventType", "securityContext", "transaction",
})  # fmt: skip


def _actor(who: str) -> dict[str, str]:
    kind = "SystemPrincipal" if who == "system" else "User"
    return {
        "id": f"${{{who}.id}}",
        "type": kind,
        "alternateId": f"${{{who}.login}}",
        "displayName": f"${{{who}.name}}",
    }
