"""The contract suite: what a receiver of event hooks must, should and may do, each promise one small object."""

from __future__ import annotations

from emulator.checks.check import Broken, Check, Need, Stage, Unseen, check
from emulator.checks.registry import registry
from emulator.checks.suite import Plan, run_suite

__all__ = ["Broken", "Check", "Need", "Plan", "Stage", "Unseen", "check", "registry", "run_suite"]
