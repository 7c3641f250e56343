"""What a failed schema keyword means, in our words; rule, level and hint are read from the schema's annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.contract.problems import Level, Path, Problem, describe, printable
from emulator.contract.spelling import likely_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jsonschema.exceptions import ValidationError

__all__ = ["UNKNOWN_MEMBERS", "problems_from"]

UNKNOWN_MEMBERS: Final = "x-unknown-members"

# These speak of the value as a whole; when one fails, what else fails at the same place is an echo of it.
_WHOLE: Final = frozenset({"type", "const", "enum", "minLength"})
# Annotations of an enclosing schema speak of the enclosing value; only these hold for its members too.
_INHERITED: Final = frozenset({"x-rule", "x-level", "x-secret"})
_INTO_MEMBERS: Final = frozenset({"properties", "items", "additionalProperties"})


def problems_from(errors: Iterable[ValidationError], schema: Mapping[str, Any], base: Path = ()) -> list[Problem]:
    """Turn the *errors* of a validation against *schema* into problems, each fault once."""
    found = [(error, problem) for error in errors if (problem := _problem(error, schema, base))]
    whole = {p.path for error, p in found if error.validator in _WHOLE and p.level is Level.MUST}
    missing = {(p.path[:-1] if p.at_key else p.path, p.member) for error, p in found if error.validator == "required"}
    return [
        problem
        for error, problem in found
        if not (problem.path in whole and error.validator not in _WHOLE | {"required", UNKNOWN_MEMBERS})
        and not (problem.path in whole and error.validator != "type" and _has_type_error(found, problem.path))
        and not (error.validator == UNKNOWN_MEMBERS and (problem.path[:-1], problem.member) in missing)
    ]


def _has_type_error(found: list[tuple[ValidationError, Problem]], path: Path) -> bool:
    return any(error.validator == "type" and problem.path == path for error, problem in found)


def _annotations(error: ValidationError, schema: Mapping[str, Any]) -> dict[str, Any]:
    notes: dict[str, Any] = {}
    node: Any = schema
    for step in (None, *error.absolute_schema_path):
        if step is not None:
            node = node[step]
        if step in _INTO_MEMBERS and isinstance(node, dict | bool):
            notes = {key: value for key, value in notes.items() if key in _INHERITED}
        if isinstance(node, dict):
            notes.update({key: node[key] for key in node if isinstance(key, str) and key.startswith("x-")})
            notes["properties"] = node.get("properties", notes.get("properties", {}))
    return notes


def _problem(error: ValidationError, schema: Mapping[str, Any], base: Path) -> Problem | None:
    notes = _annotations(error, schema)
    path = (*base, *error.absolute_path)
    if error.validator == "required":
        return _missing(error, notes, path)
    if error.validator == UNKNOWN_MEMBERS:
        return _unknown(error, notes, path)
    got = describe(error.instance, secret=notes.get("x-secret", False))
    wanted = notes.get("x-wanted", "another value")
    if error.validator == "not" and error.instance is None:
        message = f"got null, wanted {wanted}"
    else:
        message = notes.get("x-message") or f"got {got}, wanted {wanted}"
    return Problem(
        path=path,
        rule=notes["x-rule"],
        level=Level(notes.get("x-level", Level.MUST)),
        message=message,
        hint=notes.get("x-hint") or _cause(error, wanted),
        got=got,
        wanted=wanted,
    )


def _cause(error: ValidationError, wanted: str) -> str:
    """Guess the usual cause of a value of the wrong type."""
    value = error.instance
    if value == "null":
        return 'the string "null" is not null: remove the quotes'
    if isinstance(value, int | float) and not isinstance(value, bool) and "string" in wanted:
        return "put it in double quotes"
    if isinstance(value, str) and value[:1] in {"{", "["}:
        return "this is JSON inside a string: it was encoded twice"
    if isinstance(value, dict) and "array" in wanted:
        return "wrap it in [ ]: it is an array even with one element"
    if isinstance(value, list) and wanted.startswith("an object"):
        return "it is an object, not an array"
    return ""


def _missing(error: ValidationError, notes: Mapping[str, Any], path: Path) -> Problem | None:
    member = error.message
    instance: Any = error.instance
    known = notes["properties"]
    described = known.get(member)
    described = described if isinstance(described, dict) else {}
    candidate = likely_name(member, (key for key in instance if key not in known or _is_refused(known[key])))
    if candidate in known:
        return None  # the schema has a problem of its own for the name that stands in its place
    hint = notes.get("x-hint", "") if "x-level" in notes else ""
    if described.get("x-wanted"):
        hint = hint or described.get("x-absent") or f"wanted {described['x-wanted']}"
    shown = printable(candidate[:60])
    return Problem(
        path=(*path, candidate) if candidate else path,
        at_key=bool(candidate),
        rule=described.get("x-rule", notes["x-rule"]),
        level=Level(notes.get("x-level", Level.MUST)),
        message=f'the member "{member}" is missing' + (f', and "{shown}" stands there' if candidate else ""),
        hint=f'did you mean "{member}"?' if candidate else hint,
        got=f'a member "{shown}"' if candidate else "nothing",
        wanted=described.get("x-wanted", member),
        member=member,
    )


def _is_refused(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("not") == {}


def _unknown(error: ValidationError, notes: Mapping[str, Any], path: Path) -> Problem:
    name, meant = str(path[-1]), error.message
    shown = printable(name[:60])
    if meant:
        message = f'the member "{shown}" is unknown, and "{meant}" is not there'
        hint, level = f'did you mean "{meant}"?', Level.SHOULD
    else:
        message, hint, level = (
            f'the member "{shown}" is not in our snapshot',
            "Okta adds members without notice",
            Level.NOTE,
        )
    return Problem(
        path=path,
        rule=notes[UNKNOWN_MEMBERS],
        level=level,
        message=message,
        hint=hint,
        got=shown,
        wanted=meant,
        at_key=True,
        member=meant,
    )
