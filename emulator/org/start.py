"""
Start data: the users, groups, apps and hooks that an org has before anything happens in it.

A YAML file or a mapping with any of five lists::

    groups:
      - {name: Sales, description: People who sell}
    apps:
      - {label: Payroll}
    users:
      - {login: jane.roe@example.com, password: "${env:JANE}", groups: [Sales], apps: [Payroll], title: Engineer}
      - {login: john.doe@example.com, status: SUSPENDED}
      - {login: max.moe@example.com, import_password: true}
    hooks:
      - {name: Lifecycle, uri: "https://hooks.example.com/okta", events: ["user.lifecycle.*"], auth: "${env:SECRET}",
         verified: true}
    inline_hooks:
      - {name: Claims, type: token, uri: "https://hooks.example.com/token", auth: "${env:SECRET}"}

No event tells of start data: it was always there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.catalogue import matching_types
from emulator.contract.model import HookStatus, VerificationStatus
from emulator.errors import HarnessError, UsageError
from emulator.names import did_you_mean
from emulator.org.inline.making import OAuth, inline_hook_body
from emulator.org.records import UserStatus
from emulator.org.shortcuts import hook_body, user_body

if TYPE_CHECKING:
    import yaml

    from emulator.org.apps import Apps
    from emulator.org.core import Core
    from emulator.org.event_hooks import EventHooks
    from emulator.org.groups import Groups
    from emulator.org.inline.hooks import InlineHooks
    from emulator.org.users import Users

__all__ = ["StartData"]

Path_ = tuple[str | int, ...]

_REFERENCE: Final = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_SHAPES: Final[dict[str, tuple[type, ...]]] = {
    "name": (str,), "description": (str,), "label": (str,), "login": (str,), "password": (str,), "status": (str,),
    "groups": (list,), "apps": (list,), "uri": (str,), "events": (list, str), "auth": (str, dict), "headers": (dict,),
    "filter": (dict,), "verified": (bool,), "type": (str,), "import_password": (bool,),
}  # fmt: skip
_MEMBERS: Final[dict[str, tuple[str, ...]]] = {
    "groups": ("name", "description"),
    "apps": ("label",),
    "users": ("login", "password", "import_password", "status", "groups", "apps"),
    "hooks": ("name", "uri", "events", "auth", "headers", "description", "filter", "verified", "status"),
    "inline_hooks": ("name", "type", "uri", "auth", "headers", "status"),
}
_OAUTH: Final = ("client_id", "client_secret", "token_url", "scope")
_NEEDED: Final = {"groups": "name", "apps": "label", "users": "login", "hooks": "uri", "inline_hooks": "uri"}
_DEEPEST: Final = 50
_EXACT: Final = 500  # marks of nesting in a file whose errors are placed exactly


class StartData:
    """
    Start data that was read, to be put into an org as often as it starts afresh.

    Args:
        source: A YAML file, or a mapping.

    Raises:
        UsageError: it can't be read; ``where`` has the place.
    """

    def __init__(self, source: str | Path | Mapping[str, Any]) -> None:
        if isinstance(source, Mapping):
            self._data: Any = dict(source)
            self._place: Callable[[Path_], str] = _path_as_text
        else:
            self._data, self._place = _read(Path(source))
        self._check()

    def put(
        self, core: Core, *, groups: Groups, apps: Apps, users: Users, hooks: EventHooks, inline_hooks: InlineHooks
    ) -> None:
        """
        Make everything in one transaction, without any event.

        Raises:
            UsageError: Okta would refuse it; ``where`` has the place.
        """
        with core.quietly():
            for path, entry in self._entries("groups"):
                with self._at(path):
                    groups.create({"profile": entry})
            for path, entry in self._entries("apps"):
                with self._at(path):
                    apps.create(entry)
            by_label = {app.label: app for app in apps.all()}
            for path, entry in self._entries("users"):
                with self._at(path):
                    _add_user(entry, users, groups, apps, by_label)
            for path, entry in self._entries("hooks"):
                with self._at(path):
                    _add_hook(entry, hooks)
            for path, entry in self._entries("inline_hooks"):
                with self._at(path):
                    _add_inline_hook(entry, inline_hooks)

    def _entries(self, kind: str) -> list[tuple[Path_, dict[str, Any]]]:
        found = self._data.get(kind) or []
        return [((kind, number), self._filled(entry, (kind, number))) for number, entry in enumerate(found)]

    @contextmanager
    def _at(self, path: Path_) -> Iterator[None]:
        try:
            yield
        except HarnessError as error:
            hint = "\n".join([*getattr(error, "causes", ()), error.hint])
            raise UsageError(error.message, where=error.where or self._place(path), hint=hint.strip()) from None

    def _check(self) -> None:
        if not isinstance(self._data, dict):
            raise UsageError("start data is a mapping", where=self._place(()), hint=f"with {', '.join(_MEMBERS)}")
        for kind, entries in self._data.items():
            if kind not in _MEMBERS:
                hint = did_you_mean(str(kind), _MEMBERS) or f"known: {', '.join(_MEMBERS)}"
                raise UsageError(f"start data has no {kind!r}", where=self._place((kind,)), hint=hint)
            if not isinstance(entries, list | None):
                raise UsageError(f"{kind} is a list", where=self._place((kind,)))
            for number, entry in enumerate(entries or []):
                self._check_entry(kind, entry, (kind, number))

    def _check_entry(self, kind: str, entry: Any, path: Path_) -> None:
        if not isinstance(entry, dict) or entry.get(_NEEDED[kind]) is None:
            raise UsageError(f"each of the {kind} has a {_NEEDED[kind]}", where=self._place(path))
        for name, value in entry.items():
            if name not in _MEMBERS[kind] and kind != "users":
                hint = did_you_mean(str(name), _MEMBERS[kind]) or f"known: {', '.join(_MEMBERS[kind])}"
                raise UsageError(f"unknown member {name!r}", where=self._place((*path, name)), hint=hint)
            shapes = _SHAPES.get(name, (str,))
            if value is not None and not isinstance(value, shapes):
                names = {str: "text", list: "a list", dict: "a mapping", bool: "true or false"}
                wanted = " or ".join(names[shape] for shape in shapes)
                raise UsageError(f"{name} is {wanted}", where=self._place((*path, name)))

    def _filled(self, value: Any, path: Path_) -> Any:
        """Return *value* with ``${env:NAME}`` replaced in every text."""
        if isinstance(value, dict):
            return {name: self._filled(member, (*path, name)) for name, member in value.items()}
        if isinstance(value, list):
            return [self._filled(member, (*path, number)) for number, member in enumerate(value)]
        if not isinstance(value, str):
            return value

        def known(found: re.Match[str]) -> str:
            text = os.environ.get(found[1])
            if text is None:
                hint = f"export {found[1]}=... first"
                raise UsageError(f"the environment variable {found[1]} is not set", where=self._place(path), hint=hint)
            return text

        return _REFERENCE.sub(known, value)


def _add_user(entry: dict[str, Any], users: Users, groups: Groups, apps: Apps, by_label: Mapping[str, Any]) -> None:
    own = {name: value for name, value in entry.items() if name not in _MEMBERS["users"]}
    body = user_body(
        entry["login"],
        somebody=None,
        first_name=own.pop("firstName", None),
        last_name=own.pop("lastName", None),
        email=own.pop("email", None),
        password=entry.get("password"),
        groups=[],
        profile=own,
    )
    if entry.get("import_password"):
        body["credentials"] = {"password": {"hook": {"type": "default"}}}
    status = entry.get("status")
    known = [each.value for each in UserStatus]
    if status is not None and status not in known:
        raise UsageError(f"unknown status {status!r}", hint=did_you_mean(status, known) or ", ".join(known))
    user = users.create(body, activate=status != UserStatus.STAGED)
    if status is not None:
        user = users.place(user, UserStatus(status))
    for name in entry.get("groups") or ():
        group = groups.named(name)
        if group is None:
            raise UsageError(f"there is no group {name!r}", hint=did_you_mean(name, [g.name for g in groups.all()]))
        groups.add(group.id, user)
    for label in entry.get("apps") or ():
        if label not in by_label:
            raise UsageError(f"there is no app {label!r}", hint=did_you_mean(label, by_label))
        apps.assign(by_label[label].id, user)


def _add_hook(entry: dict[str, Any], hooks: EventHooks) -> None:
    auth: Any = entry.get("auth")
    events = [entry["events"]] if isinstance(entry.get("events"), str) else entry.get("events") or []
    body = hook_body(
        uri=entry["uri"],
        events=[known.id for pattern in events for known in matching_types(str(pattern))],
        auth=(str(auth.get("header", "Authorization")), str(auth.get("value", ""))) if isinstance(auth, dict) else auth,
        name=entry.get("name") or entry["uri"],
        headers=entry.get("headers"),
        description=entry.get("description"),
        expressions=entry.get("filter"),
    )
    hook = hooks.create(body)
    status = entry.get("status") or HookStatus.ACTIVE
    if status not in set(HookStatus):
        raise UsageError(f"unknown status {status!r}", hint="ACTIVE or INACTIVE")
    verified = VerificationStatus.VERIFIED if entry.get("verified") else VerificationStatus.UNVERIFIED
    hooks.place(replace(hook, status=HookStatus(status), verification_status=verified))


def _add_inline_hook(entry: dict[str, Any], hooks: InlineHooks) -> None:
    auth: Any = entry.get("auth")
    if isinstance(auth, dict) and "token_url" in auth:
        unknown = next((name for name in auth if name not in _OAUTH), None)
        if unknown is not None:
            hint = did_you_mean(str(unknown), _OAUTH) or f"known: {', '.join(_OAUTH)}"
            raise UsageError(f"unknown member {unknown!r} of auth", hint=hint)
        auth = OAuth(
            client_id=str(auth.get("client_id", "")),
            token_url=str(auth["token_url"]),
            secret=str(auth.get("client_secret", "")),
            scope=auth.get("scope"),
        )
    elif isinstance(auth, dict):
        auth = str(auth.get("header", "Authorization")), str(auth.get("value", ""))
    body = inline_hook_body(
        kind=str(entry.get("type", "")),
        uri=entry["uri"],
        auth=auth,
        name=entry.get("name") or entry["uri"],
        headers=entry.get("headers"),
    )
    status = entry.get("status") or HookStatus.ACTIVE
    if status not in set(HookStatus):
        raise UsageError(f"unknown status {status!r}", hint="ACTIVE or INACTIVE")
    hook = hooks.create(body)
    if status == HookStatus.INACTIVE:
        hooks.deactivate(hook)


def _path_as_text(path: Path_) -> str:
    return ".".join(map(str, path)) or "start data"


def _read(path: Path) -> tuple[Any, Callable[[Path_], str]]:
    import yaml

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "it is not UTF-8 text").lower()
        raise UsageError(f"the file {str(path)!r} can't be read: {reason}", where="start data") from None
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_depth(yaml.parse(text, Loader=loader), str(path))
        root, data = yaml.compose(text, Loader=loader), yaml.load(text, Loader=loader)  # noqa: S506 (a safe one)
    except yaml.YAMLError as error:
        exact = _exactly(text, error)
        mark = getattr(exact, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise UsageError(f"this is not YAML: {getattr(exact, 'problem', None) or exact}", where=where) from None
    except ValueError as error:
        # A date that no calendar has, a number of thousands of digits.
        raise UsageError(f"a value can't be read: {error}", where=str(path), hint="put it in quotes") from None

    def place(parts: Path_) -> str:
        node = root
        for part in parts:
            node = _member(node, part) or node
        return f"{path}:{node.start_mark.line + 1}:{node.start_mark.column + 1}" if node is not None else str(path)

    return data if data is not None else {}, place


def _exactly(text: str, error: yaml.YAMLError) -> yaml.YAMLError:
    """Return the error as the slow loader has it, which knows its place better than the quick one."""
    import yaml

    if sum(map(text.count, "[{-?:")) > _EXACT:
        return error  # it would take its time over what is deeply nested
    try:
        yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as exact:
        return exact
    except RecursionError:
        pass
    return error


def _check_depth(events: Iterable[Any], where: str) -> None:
    depth = 0
    for event in events:
        kind = type(event).__name__
        depth += kind in {"MappingStartEvent", "SequenceStartEvent"}
        depth -= kind in {"MappingEndEvent", "SequenceEndEvent"}
        if depth > _DEEPEST:
            raise UsageError("this is nested too deeply", where=where)


def _member(node: Any, part: str | int) -> Any:
    found = node.value if isinstance(getattr(node, "value", None), list) else []
    if isinstance(part, int):
        return found[part] if part < len(found) else None
    return next((pair[1] for pair in found if isinstance(pair, tuple) and pair[0].value == part), None)
