"""Policies and their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.payloads.recipes.generic import captured_extras
from emulator.payloads.recipes.recipe import Recipe
from emulator.payloads.scene import Origin
from emulator.payloads.values import value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.payloads.scene import Scene

# Structures are text (L24); this one was seen in lines.
_PROPERTIES = '{\n  "password.complexity.minLength": 8,\n  "password.lockout.maxAttempts": 10\n}'
_POLICY = "/api/v1/policies/{target}"


def _at(path: str) -> dict[Origin, str]:
    return {Origin.API: path, Origin.CONSOLE: path}


def _rule(tail: str) -> Recipe:
    # The catalogue's forty debugData keys of policies were never seen with a rule, so none is made up.
    return Recipe(paths=_at(f"{_POLICY}/rules{tail}"), extras=lambda _scene: {})


def _evaluation(scene: Scene) -> Mapping[str, str]:
    challenged = {"challengeAuthenticatorsList": "", **captured_extras(scene)}
    return {key: value_of(key, "text", scene) or "" for key in challenged}


RECIPES = {
    "policy.lifecycle.update": Recipe(
        paths=_at(_POLICY),
        extras=lambda _scene: {
            "newPolicyExtensiblePropertiesJson": _PROPERTIES,
            "oldPolicyExtensiblePropertiesJson": _PROPERTIES,
            "newPolicyGroupIncludeSize": "1",
            "oldPolicyGroupIncludeSize": "1",
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
        paths={Origin.USER: "/oauth2/v1/authorize"},
        query="response_type=code&response_mode=query&scope=openid",
        targets=("PolicyEntity", "PolicyRule"),
        extras=_evaluation,
    ),
}
