"""Event types in reports: what is known about each, and where every fact comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.contract.catalogue import Fact, FactOrigin, schema_keys
from emulator.payloads.recipes import has_own_recipe, recipe_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.catalogue import EventType

__all__ = ["as_json", "as_text", "brief", "facts", "in_one_line"]

_OURS = "recipe"  # decided by a function of emulator/payloads/recipes
_SHOWN_KEYS = 12


def facts(known: EventType) -> dict[str, Fact[Any] | tuple[Any, str]]:
    """
    Return what an event of this type has, each with its origin.

    The origins are, in order of trust, ``captured``, ``inferred``, ``catalogue`` and ``family default``; ``recipe`` is
    what our own description of the type decides.
    """
    recipe = recipe_for(known)
    ours = _OURS if has_own_recipe(known.id) else FactOrigin.FAMILY.value
    targets = known.target_types if recipe.targets is None else (recipe.targets, _OURS)
    details = {name: list(schema_keys(name)) for name in known.target_schemas if schema_keys(name)}
    changes = {name: list(schema_keys(name)) for name in known.change_schemas if schema_keys(name)}
    catalogue = FactOrigin.CATALOGUE.value
    found: dict[str, Fact[Any] | tuple[Any, str]] = {
        "displayMessage": known.display_message,
        "severity": known.severity,
        "outcome": known.outcome,
        "legacyEventType": known.legacy_for(known.outcome.value),
        "actor": known.actor_types,
        "target": targets,
        "debugData": known.debug_keys,
        "origin": (recipe.origin.value, ours),
        "requestUri": (recipe.paths.get(recipe.origin), ours),
    }
    if details:
        found["detailEntry"] = (details, catalogue)
    if changes:
        found["changeDetails"] = (changes, catalogue)
    return found


def as_json(known: EventType) -> dict[str, Any]:
    """Return the type's facts, each as its value and its origin."""
    return {
        **brief(known),
        "release": known.release,
        "tags": list(known.tags),
        "legacy_ids": list(known.legacy_ids),
        "captures": known.captured.get("captures", 0),
        "payload": "described" if has_own_recipe(known.id) else "synthetic",
        "facts": {name: {"value": _plain(value), "origin": str(origin)} for name, value, origin in _pairs(known)},
    }


def brief(known: EventType) -> dict[str, Any]:
    """Return what a list shows of a type."""
    return {
        "id": known.id,
        "category": known.category,
        "eligible": known.eligible,
        "oie_only": known.oie_only,
        "beta": known.beta,
        "display_message": known.display_message.value,
    }


def in_one_line(known: EventType, *, width: int) -> str:
    """Return the line of a list; what no hook may carry says so."""
    marks = [word for word, is_so in (("beta", known.beta), ("Identity Engine only", known.oie_only)) if is_so]
    if not known.eligible:
        marks.insert(0, "not eligible")
    tail = f"  ({', '.join(marks)})" if marks else ""
    return f"{known.id:<{width}}  {known.display_message.value}{tail}"


def as_text(known: EventType) -> Iterator[str]:
    """Yield the lines of ``events show``."""
    yield known.id
    eligible = "event hooks may carry it" if known.eligible else "not event-hook-eligible: in the System Log only (A9)"
    flags = [word for word, is_so in (("beta", known.beta), ("Identity Engine only", known.oie_only)) if is_so]
    yield f"  {', '.join([eligible, *flags])}"
    yield f"  category {known.category}, since release {known.release}"
    captures = known.captured.get("captures", 0)
    yield f"  seen in {captures} captures" if captures else "  never seen in a capture"
    rows = [(name, _words(name, value), str(origin)) for name, value, origin in _pairs(known)]
    wide = max(len(name) for name, _, _ in rows)
    yield ""
    for name, value, origin in rows:
        yield f"  {name:<{wide}}  {value}  [{origin}]"


def _pairs(known: EventType) -> Iterator[tuple[str, Any, str]]:
    for name, fact in facts(known).items():
        value, origin = (fact.value, fact.origin) if isinstance(fact, Fact) else fact
        yield name, value, origin


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _words(name: str, value: Any) -> str:
    if name == "debugData":
        value = list(value)
    if isinstance(value, dict):
        return "; ".join(f"{key} with {_words('', keys)}" for key, keys in value.items())
    if isinstance(value, list | tuple):
        more = f" and {len(value) - _SHOWN_KEYS} more" if len(value) > _SHOWN_KEYS else ""
        nothing = "the request's own keys only" if name == "debugData" else "none"
        return ", ".join(value[:_SHOWN_KEYS]) + more if value else nothing
    return "null" if value is None else str(value)
