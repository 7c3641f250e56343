"""LogEvents and envelopes made from a seed: realistic, complete, and the same bytes for ever."""

from __future__ import annotations

from emulator.payloads.edits import (
    Edit,
    edit_envelope,
    edit_event,
    parse_remove,
    parse_set,
    parse_value,
    remove,
    set_value,
)
from emulator.payloads.envelope import build_envelope, encode
from emulator.payloads.log_event import build_event
from emulator.payloads.scene import Origin
from emulator.payloads.shapes import SHAPES, as_delivery, as_preview, as_system_log, in_shape, preview_sample
from emulator.payloads.world import App, Group, Person, World

__all__ = [
    "SHAPES",
    "App",
    "Edit",
    "Group",
    "Origin",
    "Person",
    "World",
    "as_delivery",
    "as_preview",
    "as_system_log",
    "build_envelope",
    "build_event",
    "edit_envelope",
    "edit_event",
    "encode",
    "in_shape",
    "parse_remove",
    "parse_set",
    "parse_value",
    "preview_sample",
    "remove",
    "set_value",
]
