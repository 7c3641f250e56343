"""What the catalogue knows of an event type: its name, the targets it has, its legacy id."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.catalogue import known_types
from emulator.contract.constants import ENVELOPE_TYPE
from emulator.contract.problems import Level, Path, Problem, printable
from emulator.contract.semantics.registry import event_rule
from emulator.contract.spelling import misspelt
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["expected_targets", "unknown_type"]

_LONGEST_TYPE: Final = 100
# Table 11.2 of the contract gives these families their targets.
_GUESSED_BY_FAMILY: Final = ("user.", "group.", "application.", "policy.", "device.")
_TOLD_BY_FAMILY: Final = ("user.lifecycle.", "group.user_membership.", "group.lifecycle.", "group.profile.")


@event_rule
def unknown_event_type(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """T2: new types are legal, and so a note; a name that is nearly a known one is more likely a slip."""
    event_type = event.get("eventType")
    if isinstance(event_type, str):
        yield from unknown_type(event_type, (*path, "eventType"))


def unknown_type(event_type: str, path: Path) -> Iterator[Problem]:
    """Yield the problem that *event_type* is not in the catalogue, if it isn't."""
    if not event_type or event_type in known_types():
        return
    shown = printable(event_type[:_LONGEST_TYPE])
    if event_type == ENVELOPE_TYPE or event_type.casefold() in _all_legacy_ids():
        home = "eventType of the envelope" if event_type == ENVELOPE_TYPE else "legacyEventType"
        yield Problem(
            path=path,
            rule="T2",
            level=Level.SHOULD,
            message=f"{shown} is no event type, it belongs to {home}",
            hint="an event type is an id of the catalogue, such as user.lifecycle.deactivate",
        )
        return
    slip, hint = _nearest(event_type) if len(event_type) <= _LONGEST_TYPE else ("", "")
    yield Problem(
        path=path,
        rule="T2",
        level=Level.SHOULD if slip else Level.NOTE,
        message=f"the event type {shown} is not in our snapshot of the catalogue"
        + (f", but {slip} is" if slip else ""),
        hint=hint or "new ones arrive nearly every month; a receiver ignores types it doesn't know",
    )


@lru_cache(maxsize=256)
def _nearest(event_type: str) -> tuple[str, str]:
    """Return the type that is meant, if that is plain, and a hint with the most alike ones."""
    from difflib import get_close_matches  # only for who made a slip

    # Within the family: a file may hold many unknown types, and each is compared with all candidates.
    families = _families()
    begin = event_type.partition(".")[0].casefold()
    likely = [begin] if begin in families else get_close_matches(begin, families, n=1)
    candidates = [name for family in likely for name in families[family]]
    alike = get_close_matches(event_type, candidates, n=3, cutoff=0.75)
    return misspelt(event_type, candidates) or _with_or_without(event_type), did_you_mean(event_type, alike)


def _with_or_without(event_type: str) -> str:
    """Return the type that is meant by one with com.okta in front, or with a word of its own left out."""
    bare = event_type.removeprefix("okta.").removeprefix("com.okta.").removeprefix("okta.")
    if bare != event_type and bare in known_types():
        return bare
    words = event_type.split(".")
    if len(words) < 2:  # a word alone is anything
        return ""
    return next((name for name in known_types() if any(words == rest for rest in _one_left_out(name))), "")


def _one_left_out(name: str) -> Iterator[list[str]]:
    words = name.split(".")
    return ([*words[:at], *words[at + 1 :]] for at in range(len(words) - 1))


@cache
def _families() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in known_types():
        found.setdefault(name.partition(".")[0], []).append(name)
    return found


@event_rule
def target_of_another_type(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """T4, T5, L22: an event has the targets that were seen with its type."""
    targets, event_type = event.get("target"), event.get("eventType")
    if not isinstance(targets, list) or not targets or not isinstance(event_type, str):
        return
    always, usually = expected_targets(event_type)
    types = [target.get("type") for target in targets if isinstance(target, dict)]
    missing = [kind for kind in always if kind not in types]
    if not missing and (always or not usually or any(kind in usually for kind in types)):
        return
    shown = ", ".join(printable(str(kind)[:40]) for kind in types[:4])
    yield Problem(
        path=(*path, "target"),
        rule="T4" if missing else "T5",
        level=Level.SHOULD if missing else Level.NOTE,
        message=f"{event_type} with targets of type {shown}, wanted {' and '.join(missing or usually)} among them",
        hint="a receiver picks targets by their type, and these don't fit the eventType",
    )


@cache
def expected_targets(event_type: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the target types that every event of the type has, and those that are likely."""
    known = known_types().get(event_type)
    if known is None:
        return (), ()
    seen = [targets for targets in known.captured.get("targets", ()) if targets]
    if seen:
        always = tuple(kind for kind in dict.fromkeys(seen[0]) if all(kind in targets for targets in seen))
        return always, tuple(dict.fromkeys(kind for targets in seen for kind in targets))
    wanted = known.target_types.value
    if event_type.startswith(_TOLD_BY_FAMILY):
        return wanted, wanted
    return (), wanted if event_type.startswith(_GUESSED_BY_FAMILY) else ()


@event_rule
def legacy_id_of_another_type(event: dict[str, Any], path: Path) -> Iterator[Problem]:
    """T6: the legacy ids of a type are listed."""
    legacy, event_type = event.get("legacyEventType"), event.get("eventType")
    if not isinstance(legacy, str) or not legacy or not isinstance(event_type, str):
        return
    own = _legacy_ids(event_type)
    if legacy in own or event_type not in known_types():
        return
    other = legacy in known_types() or legacy.casefold() in _all_legacy_ids()
    if not own and not other:
        return
    slip = "" if other else misspelt(legacy, own)
    yield Problem(
        path=(*path, "legacyEventType"),
        rule="T6",
        level=Level.SHOULD if other or slip else Level.NOTE,
        message=f"{printable(legacy[:_LONGEST_TYPE])} is not among the legacy ids of {event_type}",
        hint=f"did you mean {slip!r}?" if slip else f"known: {', '.join(sorted(own)[:4]) or 'none, so null'}",
    )


@cache
def _legacy_ids(event_type: str) -> frozenset[str]:
    known = known_types().get(event_type)
    return frozenset(known.legacy_ids if known else ())


@cache
def _all_legacy_ids() -> frozenset[str]:
    return frozenset(name.casefold() for known in known_types().values() for name in known.legacy_ids)
