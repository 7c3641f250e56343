"""
A block of lines, each a JSON document of its own: the quick way through bulk.

A line that is in order in every respect is counted and forgotten. Any other goes through ``inspection``, which
says what is wrong and where; so both ways give the same report, and this one only saves time.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

from emulator.contract.quick import USUAL, quick_check
from emulator.contract.tally import Tally

if TYPE_CHECKING:
    from emulator.contract.problems import Problem

__all__ = ["inspect_block"]


def inspect_block(block: bytes, *, first_line: int = 1, kind: str = "auto") -> Tally:
    """
    Say what a block of whole lines holds and what is wrong with it.

    Args:
        block: Lines that end in a line feed, perhaps but for the last one.
        first_line: The number of its first line within the file.
        kind: As for ``inspect_bytes``.
    """
    tally = Tally()
    passed = quick_check() if kind == "auto" else None
    usual = 0
    # One line at a time, so that each takes the place of the one before it in memory.
    for number, line in enumerate(BytesIO(block), first_line):
        if line.isspace():
            continue
        found = passed(line) if passed is not None else None
        if found is USUAL:
            usual += 1
        elif found is not None:
            tally.add_passed(found)
        else:
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
