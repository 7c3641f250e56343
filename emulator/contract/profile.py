"""
Semantics profiles: the rules that Okta leaves in doubt, in one named and versioned place.

Every report says by which profile it judged.  A profile is chosen by name, and single values can be
overridden in the same breath: ``okta-2026-08,verify.strict=on``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from emulator.contract.constants import DAILY_EVENTS, DAILY_WARNING, MAX_ATTEMPTS, TIME_LIMIT
from emulator.errors import UsageError

__all__ = ["DEFAULT_PROFILE", "PROFILES", "Profile", "profile"]


def _value(key: str, default: Any, *, rule: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"key": key, "rule": rule, "choices": choices})


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """
    One reading of Okta's contract.

    Durations are seconds.  Each field's metadata holds the key a user writes and the contract rule behind it.
    """

    name: str = "okta-2026-08"
    time_limit: float = _value("time_limit", TIME_LIMIT, rule="R1")
    max_attempts: int = _value("retry.attempts", MAX_ATTEMPTS, rule="R2")
    retry_delay: float = _value("retry.delay", 0.0, rule="R6")
    retry_on_3xx: bool = _value("retry.on_3xx", False, rule="R5")
    delivery_success: str = _value("delivery.success", "2xx", rule="D25", choices=("2xx", "200_204"))
    delivery_nulls: str = _value("delivery.nulls", "omit", rule="D18", choices=("omit", "explicit"))
    delivery_window: float = _value("delivery.window", 10.0, rule="D10")
    delivery_max_batch: int = _value("delivery.max_batch", 100, rule="D9")
    delivery_concurrency: int = _value("delivery.concurrency", 1, rule="D35")
    delivery_keep_alive: bool = _value("delivery.keep_alive", True, rule="H2")
    delivery_propagation_delay: float = _value("delivery.propagation_delay", 0.0, rule="D15")
    delivery_duplicate: str = _value(
        "delivery.duplicate", "none", rule="D13", choices=("none", "same_request", "new_batch")
    )
    delivery_order: str = _value("delivery.order", "published", rule="D8", choices=("published", "shuffle", "reverse"))
    delivery_quiet_period: bool = _value("delivery.quiet_period", False, rule="R12")
    verify_strict: bool = _value("verify.strict", False, rule="V19")
    verify_retry_4xx: bool = _value("verify.retry_4xx", True, rule="V9")
    verify_failure_unverifies: bool = _value("verify.failure_unverifies", False, rule="V13")
    verify_inactive: str = _value("verify.inactive", "error", rule="V15", choices=("error", "allow"))
    verify_workflows_hosts: bool = _value("verify.workflows_hosts", True, rule="V17")
    headers_request_id: str = _value("headers.request_id", "preview", rule="H5", choices=("preview", "all", "none"))
    uri_allow_http_loopback: bool = _value("uri.allow_http_loopback", True, rule="D28")
    filter_strict: bool = _value("filter.strict", False, rule="F8")
    filter_on_error: str = _value("filter.on_error", "drop", rule="F14", choices=("drop", "deliver"))
    api_put_always_unverifies: bool = _value("api.put_always_unverifies", False, rule="A20")
    api_stale_last_updated: bool = _value("api.stale_last_updated", True, rule="A21")
    api_shuffle_items: bool = _value("api.shuffle_items", False, rule="A16")
    api_delete_active_status: str = _value("api.delete_active_status", "400", rule="A24", choices=("400", "403"))
    api_rate_limits: bool = _value("api.rate_limits", False, rule="A32")
    limits_count: str = _value("limits.count", "active", rule="A27", choices=("active", "active_verified", "total"))
    limits_daily: int = _value("limits.daily", DAILY_EVENTS, rule="M3")
    limits_warning: int = _value("limits.warning", DAILY_WARNING, rule="M4")
    events_deactivate_cascade: str = _value(
        "events.deactivate_cascade", "apps", rule="U6", choices=("minimal", "apps", "apps_and_groups")
    )
    events_create_failure: bool = _value("events.create_failure", False, rule="U16")
    events_activate_on_provisioned: bool = _value("events.activate_on_provisioned", False, rule="U5")
    events_reactivate_on_api: bool = _value("events.reactivate_on_api", False, rule="U7")
    events_delete_revoke_event: bool = _value("events.delete_revoke_event", True, rule="U6")
    messages_overrides: tuple[tuple[str, str], ...] = _value("messages.overrides", (), rule="U2")
    org_engine: str = _value("org.engine", "oie", rule="U21", choices=("oie", "classic"))


DEFAULT_PROFILE: Final = Profile()
PROFILES: Final = {DEFAULT_PROFILE.name: DEFAULT_PROFILE}

_MESSAGES: Final = "messages."  # followed by an event type, whose displayMessage the value is
_WORDS: Final = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}


def profile(text: str = "") -> Profile:
    """
    Return the profile that *text* names, with its overrides: ``NAME``, ``NAME,key=value,...`` or ``key=value``.

    Raises:
        UsageError: unknown profile or key, or a value that doesn't fit.
    """
    chosen = DEFAULT_PROFILE
    for position, part in enumerate(item.strip() for item in text.split(",") if item.strip()):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if equals and key.startswith(_MESSAGES) and key != "messages.overrides":
            told = {**dict(chosen.messages_overrides), key.removeprefix(_MESSAGES): value}
            chosen = replace(chosen, messages_overrides=tuple(told.items()))
        elif equals:
            chosen = replace(chosen, **_override(key, value))
        elif position == 0 and key in PROFILES:
            chosen = PROFILES[key]
        else:
            raise UsageError(
                f"unknown profile {key!r}", where="--profile", hint=f"known profiles: {', '.join(sorted(PROFILES))}"
            )
    return chosen


def _override(key: str, value: str) -> dict[str, Any]:
    known = {f.metadata["key"]: f for f in fields(Profile) if f.metadata}
    if key not in known:
        from emulator.names import did_you_mean

        raise UsageError(
            f"unknown profile value {key!r}",
            where="--profile",
            hint="\n".join(filter(None, [did_you_mean(key, known), f"known: {', '.join(sorted(known))}"])),
        )
    chosen = known[key]
    choices = chosen.metadata["choices"]
    if choices and value not in choices:
        raise UsageError(f"{key} can't be {value!r}", where="--profile", hint=f"choose one of: {', '.join(choices)}")
    try:
        return {chosen.name: _convert(value, type(chosen.default))}
    except (KeyError, ValueError):
        kind = {
            "tuple": "messages.<event type>=text instead",
            "bool": "on or off",
            "int": "a whole number above 0",
            "float": "a number of seconds, 0 or more",
        }
        raise UsageError(
            f"{key} can't be {value!r}", where="--profile", hint=f"give {kind[type(chosen.default).__name__]}"
        ) from None


def _convert(value: str, kind: type) -> bool | int | float | str:
    if kind is tuple:
        raise ValueError(value)
    if kind is bool:
        return _WORDS[value.lower()]
    if kind is int:
        number = int(value)
        if number < 1:
            raise ValueError(value)
        return number
    if kind is float:
        seconds = float(value)
        if not 0 <= seconds < float("inf"):
            raise ValueError(value)
        return seconds
    return value
