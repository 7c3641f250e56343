"""The ``okta-hooks`` command: one file per sub-command, imported when it is run."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run ``okta-hooks`` with the process's arguments and exit with its code."""
    from emulator.cli.app import run

    sys.exit(run(sys.argv[1:]))
