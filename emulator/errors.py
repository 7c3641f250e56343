"""The errors this project raises on purpose; each says what is wrong, where, and what to do."""

from __future__ import annotations

__all__ = ["HarnessError", "NothingToRunError", "ScenarioError", "TargetError", "UsageError", "place_of"]


class HarnessError(Exception):
    """
    Something a user can put right; shown as text, never as a traceback.

    Args:
        message: What is wrong, in one lower-case line without a full stop.
        hint: What to do about it; may have several lines.
        where: The place, such as ``file:line:column`` or an option's name.
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        first = f"{self.where}: {self.message}" if self.where else self.message
        lines = [first, *(f"  {line}" for line in self.hint.splitlines())]
        return "\n".join(lines)


class UsageError(HarnessError):
    """An option, an argument, the configuration or a file can't be used as it is (exit code 2)."""


class ScenarioError(HarnessError):
    """A scenario file is wrong; ``where`` is ``file:line:column`` (exit code 2)."""


class TargetError(HarnessError):
    """The hook URL could not be reached at all (exit code 3)."""

    exit_code = 3


class NothingToRunError(HarnessError):
    """The selection is empty, so nothing was run (exit code 4)."""

    exit_code = 4


def place_of(error: BaseException) -> str:
    """Return where an unexpected error was raised, as ``file:line``; its words may quote a secret."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    return f"{trace.tb_frame.f_code.co_filename.replace(chr(92), '/').rpartition('/')[2]}:{trace.tb_lineno}"
