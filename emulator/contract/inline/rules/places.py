"""Where a patch may reach: the roots of tokens and assertions, and what a path outside of them was meant to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from emulator.contract.inline.patching import PatchError, steps_of
from emulator.contract.inline.rules.registry import broken
from emulator.contract.problems import printable
from emulator.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.problems import Path, Problem

__all__ = ["ROOTS", "place_problem"]

_CLAIMS: Final = "claims"
_LIFETIME: Final = ("token", "lifetime", "expiration")
ROOTS: Final = {
    "token": ("/claims/...", "/token/lifetime/expiration"),
    "saml": ("/claims/...", "/subject/...", "/authentication/...", "/conditions/...", "/lifetime/expiration"),
}
_PARTS: Final = frozenset({"identity", "access", "assertion", "data"})
_SEPARATORS: Final = re.compile(r"[./\[\]'\"$]+")
_SHOWN: Final = 80


def place_problem(kind: InlineHookType, where: Path, path: str, target: str) -> Iterator[Problem]:
    """Yield the problem of a *path* that leads out of what may be patched; *target* is the part of data it is about."""
    try:
        steps = steps_of(path)
    except PatchError as error:
        if _is_dotted(path):
            message = f"{_short(path)} is no JSON pointer"
            yield broken(where, "I7", message, _instead(kind, [s for s in _SEPARATORS.split(path) if s]))
        else:
            yield broken(where, "I7", error.message, error.hint)
        return
    if _reaches(kind, steps):
        if "://" in path or (steps[0] == _CLAIMS and any(step.endswith(":") for step in steps)):
            escaped = path.removeprefix("/claims/").replace("/", "~1")
            yield broken(where, "I7", "a URI in a path is taken apart at its slashes", f'write "/claims/{escaped}"')
        return
    if _leads_to_context(steps):
        message = f"{_short(path)} leads to data.context, which can only be read"
        yield broken(where, "I5", message, f"what can be changed: {', '.join(ROOTS[kind.short])}")
        return
    message = f"{_short(path)} leads to nothing that may be changed in data.{target}"
    yield broken(where, "I7", message, _instead(kind, steps))


def _reaches(kind: InlineHookType, steps: Sequence[str]) -> bool:
    if steps[0] == _CLAIMS:
        return len(steps) > 1 and bool(steps[1])
    if kind.short == "token":
        return tuple(steps) == _LIFETIME
    return steps[0] in {"subject", "authentication", "conditions", "lifetime"} and len(steps) > 1


def _leads_to_context(steps: Sequence[str]) -> bool:
    return "context" in steps[:2]


def _is_dotted(path: str) -> bool:
    return path.startswith("$") or ("." in path and "/" not in path)


def _instead(kind: InlineHookType, steps: Sequence[str]) -> str:
    """Say what a path probably was meant to be."""
    rest = list(steps)
    while rest and rest[0] in _PARTS:
        rest.pop(0)
    roots = f"a path begins with {' or '.join(root.removesuffix('...') for root in ROOTS[kind.short])}"
    if not [step for step in rest if step and step != _CLAIMS]:
        return f"name what is meant: {roots}"
    if _reaches(kind, rest):
        return f'write "{_joined(rest)}": {roots}'
    if kind.short == "token" and {"lifetime", "expiration", "exp"} & set(rest):
        return f'write "/{"/".join(_LIFETIME)}"'
    if rest[0] in {"scopes", "scp"}:
        return f"which scopes are granted is the policy's affair; {roots}"
    if nearest(rest[0], [_CLAIMS], count=1) and len(rest) > 1:
        return f'did you mean "{_joined([_CLAIMS, *rest[1:]])}"? {roots}'
    return f'did you mean "{_joined([_CLAIMS, *rest])}"? {roots}'


def _joined(steps: Sequence[str]) -> str:
    return _short("/" + "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps))


def _short(text: str) -> str:
    return printable(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
