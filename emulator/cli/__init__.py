"""The ``okta-hooks`` command: one file per sub-command, imported when it is run."""

from __future__ import annotations

import sys

__all__ = ["main"]

_INTERRUPTED = 130
_SAME_INTERRUPT = 0.3  # seconds
_OBJECTS_BETWEEN_COLLECTIONS = 100_000


def main() -> None:
    """Run ``okta-hooks`` with the process's arguments and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        # The rest of the command line takes four times as long to import as the interpreter to start.
        from emulator.version import VERSION

        print("okta-hooks", VERSION)  # noqa: T201 (click is not there yet)
        sys.exit(0)
    import gc
    import signal

    _hear_an_interrupt_once()
    # Imports make many objects and no garbage; looking for it among them costs half an interpreter start.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        if sys.argv[1:2] == ["validate"]:
            _validate(sys.argv[2:])
        from emulator.cli.app import run
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    code = run(sys.argv[1:])
    # The interpreter goes through all objects again before it ends; none of them is worth collecting by now.
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is said; the exit code stands
    sys.exit(code)


def _validate(arguments: list[str]) -> None:
    """Check files and exit, if that can be done without click; else do nothing."""
    from emulator.cli._validation import plain_call

    work = plain_call(arguments)
    if work is not None:
        from os import _exit

        from emulator.cli._ending import ended

        # All is written and flushed; to take the interpreter apart would cost a quarter of its start.
        _exit(ended(work))


def _hear_an_interrupt_once() -> None:
    import signal
    import time

    # One Ctrl-C may arrive twice, by way of a parent such as timeout or make, and the second would cut off the report.
    heard = -_SAME_INTERRUPT

    def interrupt(_number: int, _frame: object) -> None:
        nonlocal heard
        before, heard = heard, time.monotonic()
        if heard - before >= _SAME_INTERRUPT:
            raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)
