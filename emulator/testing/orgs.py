"""Orgs for tests: each with a seed of its own that a failure can name, and closed at the end."""

from __future__ import annotations

from functools import cache
from secrets import randbelow
from typing import TYPE_CHECKING, Any

import pytest

from emulator.delivery.transport import Transport, transport
from emulator.org.org import Org

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

__all__ = ["Orgs", "any_target", "seed_of"]

_SEED: pytest.StashKey[int] = pytest.StashKey()


@cache
def any_target() -> Transport:
    """Return a transport to any target; loading the certificate authorities takes longer than most tests."""
    return transport()


def seed_of(config: pytest.Config) -> int:
    """Return the seed of this run: that of ``--okta-seed``, or a fresh one."""
    given: int | None = config.getoption("okta_seed")
    if given is not None:
        return given
    return config.stash.setdefault(_SEED, randbelow(2**32))


class Orgs:
    """Makes orgs and closes them all."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.seed = seed_of(config)
        self._made: list[Org] = []

    def __call__(self, **wishes: Any) -> Org:
        """
        Make an org; *wishes* are arguments of ``Org``.

        By default its seed follows from ``--okta-seed`` and its profile is that of ``--okta-profile``; with
        ``--okta-hook-url`` it delivers to any target, else to loopback and private addresses only.
        """
        wishes.setdefault("seed", self.seed + len(self._made))
        wishes.setdefault("profile", self._config.getoption("okta_profile") or None)
        if self._config.getoption("okta_hook_url"):
            wishes.setdefault("sender", any_target())
        org = Org(**wishes)
        self._made.append(org)
        return org

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for org in reversed(self._made):
            org.close()
