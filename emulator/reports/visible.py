"""Text from elsewhere, made to look like what it is; see ``emulator.visible``."""

from __future__ import annotations

from emulator.visible import visible

__all__ = ["visible"]
