"""The console: a web page over an org that looks like Okta's Admin Console, and shows what that never does."""

from __future__ import annotations

from emulator.console.app import PREFIX, Console, serve_console

__all__ = ["PREFIX", "Console", "serve_console"]
