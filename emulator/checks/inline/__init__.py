"""The contract suite for inline hooks: what a service that is called by Okta and waited for must, should and may do."""

from __future__ import annotations

from emulator.checks.inline.check import InlineCheck, Need, inline_check
from emulator.checks.inline.registry import choose_inline, inline_registry
from emulator.checks.inline.suite import InlinePlan, run_inline_suite
from emulator.checks.inline.target import InlineTarget

__all__ = [
    "InlineCheck",
    "InlinePlan",
    "InlineTarget",
    "Need",
    "choose_inline",
    "inline_check",
    "inline_registry",
    "run_inline_suite",
]
