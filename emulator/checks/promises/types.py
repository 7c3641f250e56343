"""Types: those a receiver handles, and those it has never heard of (T2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.checks.cases import takes

if TYPE_CHECKING:
    from emulator.checks.bench import Bench
    from emulator.contract.model import JsonObject


@takes(
    "unknown-type",
    title="acknowledges an event type it doesn't know",
    rule="T2",
    remedy="answer 204 to a type you don't handle; new ones arrive nearly every month, and a default branch that "
    "throws turns them into failed deliveries",
    snippet="dispatch",
)
def unknown_type(bench: Bench) -> dict[str, JsonObject]:
    """Delivers a type that no catalogue has, and one with unusual characters."""
    return {
        "a new event type": bench.event(eventType="user.lifecycle.frobnicate", displayMessage="Frobnicate user"),
        "a new family": bench.event(eventType="quantum_device.state-v2.changed", legacyEventType=None),
    }


@takes(
    "usual-types",
    title="acknowledges the usual event types",
    rule="T2",
    remedy="answer 204 to a type you don't handle; a hook may be subscribed to more than you had in mind",
    after=("target-null", "target-order", "target-details"),
    snippet="dispatch",
)
def usual_types(bench: Bench) -> dict[str, JsonObject]:
    """Delivers eight types of users, groups, apps, sessions, policies and devices."""
    names = (
        "user.lifecycle.create", "user.lifecycle.suspend", "user.account.update_profile", "user.session.start",
        "group.user_membership.add", "application.user_membership.add", "policy.lifecycle.update",
        "device.enrollment.create",
    )  # fmt: skip
    return {name: bench.event(name) for name in names}
