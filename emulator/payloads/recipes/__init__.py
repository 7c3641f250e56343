"""One file per family of event types that need more than the catalogue's facts; ``generic`` makes all the others."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from emulator.payloads.recipes import applications, groups, policies, system, users
from emulator.payloads.recipes.generic import generic_recipe
from emulator.payloads.recipes.recipe import RECIPES, Recipe, register

if TYPE_CHECKING:
    from emulator.contract.catalogue import EventType

__all__ = ["Recipe", "has_own_recipe", "recipe_for"]

for _module in (applications, groups, policies, system, users):
    register(_module.__name__, _module.RECIPES)


@cache
def recipe_for(event_type: EventType) -> Recipe:
    """Return the recipe of an event type, its own or a generic one."""
    owned = RECIPES.get(event_type.id)
    return owned[1] if owned else generic_recipe(event_type)


def has_own_recipe(name: str) -> bool:
    """Say whether an event type is described by hand; if not, its payload is synthetic beyond the catalogue (T5)."""
    return name in RECIPES
