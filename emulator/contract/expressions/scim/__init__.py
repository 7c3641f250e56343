"""SCIM filters, as the System Log, users and groups take them: read once, then asked about any object (L6-L8)."""

from __future__ import annotations

from emulator.contract.expressions.scim.dialects import (
    GROUP_FILTER,
    GROUP_SEARCH,
    SYSTEM_LOG,
    USER_FILTER,
    USER_SEARCH,
    Dialect,
    ScimError,
    ScimFilter,
)
from emulator.contract.expressions.scim.evaluation import allowed_values, contained_texts, instant, values_at

__all__ = [
    "GROUP_FILTER",
    "GROUP_SEARCH",
    "SYSTEM_LOG",
    "USER_FILTER",
    "USER_SEARCH",
    "Dialect",
    "ScimError",
    "ScimFilter",
    "allowed_values",
    "contained_texts",
    "instant",
    "values_at",
]
