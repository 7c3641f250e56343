"""Variants: each kind of request that a type of hook gets (I3, I4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.checks.check import Broken
from emulator.checks.inline.check import inline_check
from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.runner.results import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.checks.inline.bench import InlineBench

_REMEDIES: Final = {
    "progressive-profile": "ask for data.userProfileUpdate and data.context.user; userProfile isn't there when somebody "
    "completes their profile",
    "client-credentials": "do without identity, session and user: with client credentials there is no person",
    "implicit": "don't rely on parts of protocol.request that only other flows have",
    "refresh-token": "do without a session: a refresh has none",
    "service-provider": "don't rely on how it began: people come from the app too, not only from Okta's dashboard",
    "voice": "read deliveryChannel, and call instead of texting; its text may be for reading aloud",
    "match": "read data.context.matches: it holds the id of whoever Okta has found",
}


def _register(kind: str, variant: str) -> None:
    def decide(bench: InlineBench) -> None:
        call = bench.call(variant=variant)
        if not call.answered:
            bench.shown_by = variant
            raise Broken(call.seen)

    decide.__doc__ = (
        f"Calls the hook with a request of the variant {variant}; fails if that is not answered with a 2xx."
    )
    decide.__qualname__ = f"{kind}.{variant}"
    register: Callable[[Callable[[InlineBench], None]], object] = inline_check(
        f"variant-{variant}",
        title=f"answers the variant {variant}",
        rule="I3",
        level=Level.MUST,
        remedy=_REMEDIES.get(variant, "demand only the members that you need, and look where each variant has them"),
        kinds=(kind,),
    )
    register(decide)


for _kind in INLINE_HOOK_TYPES.values():
    for _variant in _kind.variants[1:]:
        _register(_kind.short, _variant)
