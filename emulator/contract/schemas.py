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

from emulator.contract.fast import compiled
from emulator.contract.formats import FORMATS
from emulator.contract.misplaced import with_their_home
from emulator.contract.problems import without_echoes
from emulator.contract.schema_messages import UNKNOWN_MEMBERS, problems_from
from emulator.contract.semantics import envelope_problems, event_problems, hook_problems
from emulator.contract.spelling import misspelt
from emulator.resources import folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jsonschema.protocols import Validator

    from emulator.contract.problems import Path, Problem

__all__ = [
    "MAX_PROBLEMS",
    "SCHEMAS",
    "load",
    "validate_envelope",
    "validate_event_hook",
    "validate_log_event",
    "validate_verification_answer",
]

SCHEMAS: Final = ("envelope", "event-hook", "log-event", "verification-answer")
_NOT_INLINED: Final = frozenset({"$ref", "$defs", "$id", "$schema"})
MAX_PROBLEMS: Final = 1000  # of one value; nobody reads more, and a hostile file could have millions


def validate_envelope(value: Any, path: Path = ()) -> list[Problem]:
    """Return every problem of the JSON body of a delivery (D2-D7, L30-L39); *path* leads to *value*."""
    return without_echoes([*_against("envelope", value, path), *envelope_problems(value, path)])


def validate_log_event(value: Any, path: Path = ()) -> list[Problem]:
    """Return every problem of one LogEvent, in whichever of its real shapes (L30-L38)."""
    return without_echoes([*_against("log-event", value, path), *event_problems(value, path)])


def validate_event_hook(value: Any, path: Path = ()) -> list[Problem]:
    """Return every problem of an event hook object as the API returns it (A11-A17)."""
    return without_echoes([*_against("event-hook", value, path), *hook_problems(value, path)])


def validate_verification_answer(value: Any, path: Path = ()) -> list[Problem]:
    """Return every problem of a receiver's answer to the one-time verification (V5, V6)."""
    return without_echoes(_against("verification-answer", value, path))


@cache
def load(name: str) -> dict[str, Any]:
    """Return the schema *name* with every ``$ref`` replaced by what it refers to; nothing is ever fetched."""
    from referencing import Registry  # heavy, and not needed for --help
    from referencing.jsonschema import DRAFT202012  # as above

    texts = {each: (folder("schemas") / f"{each}.schema.json").read_text("utf-8") for each in SCHEMAS}
    resources = [DRAFT202012.create_resource(json.loads(text)) for text in texts.values()]
    registry: Any = Registry().with_resources([(resource.id() or "", resource) for resource in resources]).crawl()
    root = resources[SCHEMAS.index(name)]
    flat: dict[str, Any] = _flatten(root.contents, registry.resolver(root.id() or ""))
    return flat


def _flatten(node: Any, resolver: Any) -> Any:
    if isinstance(node, list):
        return [_flatten(item, resolver) for item in node]
    if not isinstance(node, dict):
        return node
    own = {key: _flatten(value, resolver) for key, value in node.items() if key not in _NOT_INLINED}
    if "$ref" not in node:
        return own
    found = resolver.lookup(node["$ref"])
    # Beside a $ref our schemas have annotations only, which override those of the target.
    return {**_flatten(found.contents, found.resolver), **own}


def _against(name: str, value: Any, path: Path) -> list[Problem]:
    clean = _clean(name)
    if clean is not None and clean(value):
        return []
    errors = islice(_validator(name).iter_errors(value), MAX_PROBLEMS)
    found = problems_from(errors, load(name), path)
    with_their_home(found, value, path, load)
    return found


@cache
def _clean(name: str) -> Callable[[Any], bool] | None:
    return compiled(load(name))


@cache
def _validator(name: str) -> Validator:
    from jsonschema import Draft202012Validator, FormatChecker  # heavy, and not needed for --help
    from jsonschema.validators import extend  # as above

    checker = FormatChecker(formats=())
    for each, check in FORMATS.items():
        checker.checks(each)(lambda instance, check=check: not isinstance(instance, str) or check(instance))
    keywords = {"required": _required, "pattern": _pattern, UNKNOWN_MEMBERS: _unknown_members}
    extended: Any = extend(Draft202012Validator, keywords)  # type: ignore[no-untyped-call]  # untyped in the library
    validator: Validator = extended(load(name), format_checker=checker)
    return validator


def _error(message: str, **details: Any) -> Any:
    from jsonschema.exceptions import ValidationError  # heavy, and not needed for --help

    return ValidationError(message, **details)


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
            yield _error(misspelt(name, absent), path=[name])
