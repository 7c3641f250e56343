"""Policies and their rules."""

from __future__ import annotations

from emulator.payloads.recipes.recipe import Recipe
from emulator.payloads.scene import Origin

_POLICY = "/api/v1/policies/{target}"


def _at(path: str) -> dict[Origin, str]:
    return {Origin.API: path, Origin.CONSOLE: path}


def _rule(tail: str) -> Recipe:
    # The catalogue's forty debugData keys of policies were never seen with a rule, so none is made up.
    return Recipe(paths=_at(f"{_POLICY}/rules{tail}"), extras=lambda _scene: {})


RECIPES = {
    "policy.lifecycle.update": Recipe(
        paths=_at(_POLICY),
        extras=lambda _scene: {
            "newPolicyName": "Default Policy",
            "oldPolicyName": "Default Policy",
            "newPolicyDescription": "Applies to everyone else",
            "oldPolicyDescription": "Applies to everyone",
            "newPolicyPriority": "1",
            "oldPolicyPriority": "1",
        },
    ),
    "policy.lifecycle.activate": Recipe(paths=_at(f"{_POLICY}/lifecycle/activate"), extras=lambda _scene: {}),
    "policy.lifecycle.deactivate": Recipe(paths=_at(f"{_POLICY}/lifecycle/deactivate"), extras=lambda _scene: {}),
    "policy.rule.add": _rule(""),
    "policy.rule.update": _rule("/{second_target}"),
    "policy.rule.activate": _rule("/{second_target}/lifecycle/activate"),
    "policy.rule.deactivate": _rule("/{second_target}/lifecycle/deactivate"),
    "policy.rule.delete": _rule("/{second_target}"),
    # The outcome is a decision; its reason is not documented.
    "policy.evaluate_sign_on": Recipe(
        origin=Origin.USER,
        paths={Origin.USER: "/idp/idx/identify"},
        targets=("PolicyEntity", "PolicyRule"),
    ),
}
