"""
Okta's JSON shapes, checked against ``schemas/*.schema.json``: pure functions from a parsed value to its problems.

The schemas are compiled on first use, so importing this module costs nothing.
"""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.fast import compiled, is_installed
from emulator.contract.formats import FORMATS
from emulator.contract.problems import Level, without_echoes
from emulator.contract.semantics import envelope_problems, event_problems, hook_problems
from emulator.contract.spelling import meant_by
from emulator.resources import names, read_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jsonschema.protocols import Validator

    from emulator.contract.problems import Path, Problem

__all__ = [
    "MAX_PROBLEMS",
    "SCHEMAS",
    "clean",
    "clean_by_type",
    "load",
    "overlays_for",
    "resolved_inline_schema",
    "resolved_schema",
    "validate_envelope",
    "validate_event_hook",
    "validate_inline",
    "validate_log_event",
    "validate_verification_answer",
]

SCHEMAS: Final = ("envelope", "event-hook", "log-event", "verification-answer")
_NOT_INLINED: Final = frozenset({"$ref", "$defs", "$id", "$schema"})
_BASE: Final = "log-event"
_SUFFIX: Final = ".schema.json"
MAX_PROBLEMS: Final = 1000  # of one value; nobody reads more, and a hostile file could have millions


def validate_envelope(value: Any, path: Path = ()) -> list[Problem]:
    """Return every problem of the JSON body of a delivery (D2-D7, L30-L39); *path* leads to *value*."""
    found = _against("envelope", value, path)
    data = value.get("data") if isinstance(value, dict) else None
    events = data.get("events") if isinstance(data, dict) else None
    for index, event in enumerate(events[:MAX_PROBLEMS] if isinstance(events, list) else ()):
        found += _against_overlays(event, (*path, "data", "events", index))
    return without_echoes([*found, *envelope_problems(value, path)])


def validate_log_event(value: Any, path: Path = ()) -> list[Problem]:
    """Return every problem of one LogEvent, in whichever of its real shapes (L30-L38)."""
    found = [*_against(_BASE, value, path), *_against_overlays(value, path)]
    return without_echoes([*found, *event_problems(value, path)])


def validate_inline(name: str, value: Any, path: Path = ()) -> list[Problem]:
    """Return every problem of a request or answer of an inline hook against its schema, such as ``inline/token-answer``."""
    return _against(name, value, path)


def clean_by_type(event: dict[str, Any]) -> bool:
    """Whether an event is in order by the schemas of its family and type; without jsonschema-rs, only if it has none."""
    for name in overlays_for(event["eventType"]):
        is_clean = clean(name)
        if is_clean is None or not is_clean(event):
            return False
    return True


def validate_event_hook(value: Any, path: Path = ()) -> list[Problem]:
    """Return every problem of an event hook object as the API returns it (A11-A17)."""
    return without_echoes([*_against("event-hook", value, path), *hook_problems(value, path)])


def validate_verification_answer(value: Any, path: Path = ()) -> list[Problem]:
    """Return every problem of a receiver's answer to the one-time verification (V5, V6)."""
    return without_echoes(_against("verification-answer", value, path))


def _against_overlays(event: Any, path: Path) -> list[Problem]:
    event_type = event.get("eventType") if isinstance(event, dict) else None
    if not isinstance(event_type, str):
        return []
    return [problem for name in overlays_for(event_type) for problem in _against(name, event, path)]


@cache
def load(name: str) -> dict[str, Any]:
    """
    Return the schema *name* with every ``$ref`` replaced by what it refers to; nothing is ever fetched.

    A schema of a family or type, such as ``log-event/user.session``, comes without the base that it adds to.
    """
    own = _read(name)
    if name.startswith(f"{_BASE}/"):
        own = {key: value for key, value in own.items() if key != "$ref"}
    flat: dict[str, Any] = _flatten(own, own)
    return flat


@cache
def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read_data(f"schemas/{name}{_SUFFIX}"))
    return found


@cache
def overlays_for(event_type: str) -> tuple[str, ...]:
    """Return the names of the schemas that tell more about a type than the base, the family's before the type's own."""
    return tuple(f"{_BASE}/{name}" for name in _overlays() if event_type == name or event_type.startswith(f"{name}."))


@cache
def _overlays() -> tuple[str, ...]:
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names(f"schemas/{_BASE}") if name.endswith(_SUFFIX)))


def resolved_schema(event_type: str, *, level: Level = Level.SHOULD) -> dict[str, Any]:
    """
    Return one self-contained JSON Schema for the LogEvents of a type: the base, its family's schema and its own.

    Any validator can use it. It wants the event type, and the targets that every recorded event of the type has.

    Args:
        event_type: A known type, or any other: of that, only the base is known.
        level: Leave out what is below: by default, what is merely newer than our snapshot is no fault.
    """
    from emulator.contract.semantics.event_types import expected_targets  # imports this project's rules

    targets = [{"contains": {"properties": {"type": {"const": kind}}}} for kind in expected_targets(event_type)[0]]
    own: dict[str, Any] = {"eventType": {"const": event_type}}
    if targets:
        own["target"] = {"if": {"type": "array", "minItems": 1}, "then": {"allOf": targets}, "x-level": "should"}
    base = load(_BASE)
    more = [*(load(name) for name in overlays_for(event_type)), {"properties": own}]
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://okta-hook-emulator.invalid/schemas/events/{event_type}{_SUFFIX}",
        **base,
        "title": f"LogEvent {event_type}",
        "allOf": [*base.get("allOf", []), *more],
    }
    kept: dict[str, Any] = _without_below(whole, level)
    return kept


def resolved_inline_schema(name: str, *, level: Level = Level.SHOULD) -> dict[str, Any]:
    """Return one self-contained JSON Schema of a request or answer of an inline hook, such as ``inline/token-answer``."""
    head = {key: _read(name)[key] for key in ("$schema", "$id")}
    kept: dict[str, Any] = _without_below({**head, **load(name)}, level)
    return kept


def _without_below(node: Any, level: Level) -> Any:
    """Leave out the parts of ``allOf`` that speak of less than *level*."""
    order = list(Level)
    if isinstance(node, list):
        return [_without_below(item, level) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _without_below(value, level) for key, value in node.items()}
    if isinstance(kept.get("allOf"), list):
        kept["allOf"] = [
            p for p in kept["allOf"] if order.index(Level(p.get("x-level", Level.MUST))) <= order.index(level)
        ]
        if not kept["allOf"]:
            del kept["allOf"]
    return kept


def _flatten(node: Any, document: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_flatten(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    own = {key: _flatten(value, document) for key, value in node.items() if key not in _NOT_INLINED}
    if "$ref" not in node:
        return own
    # Ours name a file of this folder, one of its $defs, or one of their own; referencing takes a whole start to import.
    file, _, inside = node["$ref"].partition("#")
    found = document = _read(_neighbour(document, file)) if file else document
    for step in inside.split("/")[1:]:
        found = found[step]
    # Beside a $ref our schemas have annotations only, which override those of the target.
    return {**_flatten(found, document), **own}


def _neighbour(document: Mapping[str, Any], file: str) -> str:
    """Return the name of the schema that *document* calls *file*, which is relative to its own ``$id``."""
    above, slash, _ = document["$id"].partition("/schemas/")[2].rpartition("/")
    return f"{above}{slash}{file.removesuffix(_SUFFIX)}"


def _against(name: str, value: Any, path: Path) -> list[Problem]:
    is_clean = clean(name)
    if is_clean is not None and is_clean(value):
        return []
    from emulator.contract.misplaced import with_their_home  # words, for what needs some
    from emulator.contract.schema_messages import problems_from  # as above

    errors = islice(_validator(name).iter_errors(value), MAX_PROBLEMS)
    found = problems_from(errors, load(name), path)
    with_their_home(found, value, path, load)
    return found


@cache
def clean(name: str) -> Callable[[Any], bool] | None:
    """Return a function that is true only for values without any problem by the schema *name*, if there is a quick one."""
    return compiled(load(name))


@cache
def _validator(name: str, *, alone: bool = False) -> Validator:
    """Return what finds the words; *alone*: without the help of jsonschema-rs."""
    from jsonschema import Draft202012Validator, FormatChecker  # heavy, and not needed for --help
    from jsonschema.validators import extend  # as above

    from emulator.contract.schema_messages import UNKNOWN_MEMBERS  # as above

    checker = FormatChecker(formats=())
    for each, check in FORMATS.items():
        checker.checks(each)(lambda instance, check=check: not isinstance(instance, str) or check(instance))
    keywords = {"required": _required, "pattern": _pattern, UNKNOWN_MEMBERS: _unknown_members}
    if not alone and is_installed():
        keywords["properties"] = _properties
    extended: Any = extend(Draft202012Validator, keywords)  # type: ignore[no-untyped-call]  # untyped in the library
    validator: Validator = extended(load(name), format_checker=checker)
    return validator


def _error(message: str, **details: Any) -> Any:
    from jsonschema.exceptions import ValidationError  # heavy, and not needed for --help

    return ValidationError(message, **details)


def _properties(validator: Any, properties: dict[str, Any], instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    """Pass over members that are in order: there are many of them, and one or two are why we are here."""
    del schema
    if isinstance(instance, dict):
        for name, inner in properties.items():
            if name in instance and not _clean_part(inner)(instance[name]):
                yield from validator.descend(instance[name], inner, path=name, schema_path=name)


def _clean_part(schema: dict[str, Any]) -> Callable[[Any], bool]:
    # Schemas are loaded once and kept, so an address names one for good.
    found = _PARTS.get(id(schema))
    if found is None:
        found = _PARTS[id(schema)] = compiled(schema) or _never
    return found


def _never(_: Any) -> bool:
    return False


_PARTS: Final[dict[int, Callable[[Any], bool]]] = {}


def _required(_: Any, names: list[str], instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    del schema
    if isinstance(instance, dict):
        yield from (_error(name) for name in names if name not in instance)


def _pattern(_: Any, pattern: str, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    del schema
    if isinstance(instance, str) and not _compiled(pattern).search(instance):
        yield _error(pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # In JSON Schema "$" is the end of the string; Python's would also match before a final line break.
    return re.compile(re.sub(r"\$$", r"\\Z", pattern))


def _unknown_members(_: Any, rule: str, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    del rule
    if not isinstance(instance, dict):
        return
    known = schema["properties"]
    absent = [name for name in known if name not in instance]
    for name in instance:
        if name not in known:
            yield _error(meant_by(name, absent), path=[name])
