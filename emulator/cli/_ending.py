"""The one place that turns what stops a command into an exit code, and into words on stderr."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

from emulator.cli.terminal import say
from emulator.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["INTERRUPTED", "ended", "tell"]

INTERRUPTED = 130
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def ended(work: Callable[[], object]) -> int:
    """Do *work* to its end, whatever that is, and return the exit code: its own if it returns one, else 0."""
    if sys.stdout is None:  # started with standard output closed
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (for as long as we live)
    try:
        code = work()
        sys.stdout.flush()
    except HarnessError as error:
        tell(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        tell("interrupted")
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # The reader of our output has gone; nothing is left to say, and nobody to say it to.  Click turns some of
        # these errors into an exit with 1, its only one in this mode; but 1 is for broken contracts.
        _write_nowhere()
        return 0
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            _write_nowhere()
            why = os.strerror(error.errno or 0).lower()
            tell(f"error: the output can't be written: {why}\n  make room, or write it elsewhere")
            return 2
        if os.environ.get("OKTA_HOOKS_DEBUG"):
            raise
        return _internal_error(error)
    return code if isinstance(code, int) else 0


def _write_nowhere() -> None:
    """Let what is still buffered go, so that the interpreter doesn't complain about it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _internal_error(error: Exception) -> int:
    # The message may quote a secret, so only the kind of error and its place are shown.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = "" if trace is None else trace.tb_frame.f_code.co_filename.rpartition(os.sep)[2]
    place = f"{name}:{trace.tb_lineno}" if trace is not None else "unknown"
    tell(
        f"internal error: {type(error).__name__} at {place}\n"
        "  this is our mistake, please report it; OKTA_HOOKS_DEBUG=1 shows the traceback (it may hold secrets)"
    )
    return 2


def tell(text: str) -> None:
    """Say it on stderr, if anybody listens."""
    try:
        say(text, err=True)
    except OSError:
        return
