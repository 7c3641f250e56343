"""
Lines, each a JSON document of its own: the quick way through bulk.

A line that is in order in every respect is counted and forgotten. Any other goes through ``inspection``, which
says what is wrong and where; so both ways give the same report, and this one only saves time.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Final

from emulator.contract.quick import USUAL, quick_check
from emulator.contract.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.contract.problems import Problem

__all__ = ["inspect_block", "inspect_lines"]

_ANY: Final = 1 << 62


def inspect_block(block: bytes, *, first_line: int = 1, kind: str = "auto") -> Tally:
    """Say what a block of whole lines holds and what is wrong with it; for the parameters see ``inspect_lines``."""
    return inspect_lines(BytesIO(block), first_line=first_line, kind=kind)


def inspect_lines(lines: Iterable[bytes], *, first_line: int = 1, kind: str = "auto", longest: int = _ANY) -> Tally:
    """
    Say what lines hold and what is wrong with it.

    Args:
        lines: One at a time, so that each takes the place of the one before it in memory; each ends in a line feed,
            perhaps but for the last one.
        first_line: The number of the first line within the file.
        kind: As for ``inspect_bytes``.
        longest: How many bytes of a line may be read.

    Raises:
        OSError: a line has more.
    """
    tally = Tally()
    passed = quick_check() if kind == "auto" else None
    usual = 0
    for number, line in enumerate(lines, first_line):
        found = passed(line) if passed is not None else None
        if found is USUAL:
            usual += 1
        elif found is not None:
            tally.add_passed(found)
        elif len(line) > longest:
            raise OSError(0, f"line {number} is longer than {longest >> 20} MiB")
        elif not line.isspace():
            tally.add(_slowly(line.removesuffix(b"\n"), number, kind))
    if usual:
        tally.add_passed(USUAL, usual)
    return tally


def _slowly(line: bytes, number: int, kind: str) -> Tally:
    from emulator.contract.checking import inspect_documents  # not needed for what is in order
    from emulator.contract.jsontext import decode, documents  # as above

    source = decode(line)
    if not source.readable:
        found = Tally(problems=source.problems)
    else:
        found = inspect_documents(source, documents(source, lines=True), kind=kind)
        found.problems = [*source.problems, *found.problems]
    found.problems = [_further_down(problem, number) for problem in found.problems]
    found.strangers = [_further_down(problem, number) for problem in found.strangers]
    return found


def _further_down(problem: Problem, number: int) -> Problem:
    return problem if problem.line is None else replace(problem, line=problem.line + number - 1)
