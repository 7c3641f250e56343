"""The ``okta-hooks`` command: one file per sub-command, imported when it is run."""

from __future__ import annotations

import gc
import sys

__all__ = ["main"]

_INTERRUPTED = 130
_OBJECTS_BETWEEN_COLLECTIONS = 100_000


def main() -> None:
    """Run ``okta-hooks`` with the process's arguments and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        # The rest of the command line takes four times as long to import as the interpreter to start.
        from emulator.version import VERSION

        print("okta-hooks", VERSION)  # noqa: T201 (click is not there yet)
        sys.exit(0)
    # Imports make many objects and no garbage; looking for it among them costs half an interpreter start.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        from emulator.cli.app import run
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    code = run(sys.argv[1:])
    # The interpreter goes through all objects again before it ends; none of them is worth collecting by now.
    gc.freeze()
    sys.exit(code)
