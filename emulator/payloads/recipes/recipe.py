"""What a recipe says about an event type, beyond what the catalogue says; and the register of all recipes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emulator.payloads.scene import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.payloads.scene import Scene

__all__ = ["RECIPES", "Recipe", "register"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """
    How events of one type are made; whatever is left out comes from the catalogue.

    Attributes:
        origin: What usually causes such an event.
        paths: The ``requestUri`` by origin (U4), with ``{person}``, ``{group}``, ``{app}`` or ``{target}`` for an id.
        query: What follows the ``?`` in ``url``.
        targets: The target types in order (L22).
        failure_targets: The target types if the outcome is a failure.
        classic_targets: The target types in a Classic Engine org, if they differ there (U21).
        extras: Gives the debugData keys that this type adds, in order.
        reasons: The usual ``outcome.reason`` by result.
        failure_severity: The severity if the outcome is a failure.
        job_by_admin: A job's actor is the admin who set it up, instead of the system (G5).
    """

    origin: Origin = Origin.CONSOLE
    paths: Mapping[Origin, str] = field(default_factory=dict)
    query: str = ""
    targets: tuple[str, ...] | None = None
    failure_targets: tuple[str, ...] | None = None
    classic_targets: tuple[str, ...] | None = None
    extras: Callable[[Scene], Mapping[str, str]] | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    failure_severity: str | None = None
    job_by_admin: bool = False


RECIPES: dict[str, tuple[str, Recipe]] = {}


def register(owner: str, recipes: Mapping[str, Recipe]) -> None:
    """
    Add a family's recipes; *owner* is the module they are written in.

    Raises:
        ValueError: an event type has a recipe already.
    """
    for name, recipe in recipes.items():
        if name in RECIPES:
            raise ValueError(f"{name} has a recipe in {RECIPES[name][0]} already, and another in {owner}")
        RECIPES[name] = (owner, recipe)
