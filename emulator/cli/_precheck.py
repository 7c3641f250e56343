"""What ``trigger`` checks of a request before it is sent, and how it says what is wrong."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import click

from emulator.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emulator.contract.problems import Problem
    from emulator.delivery.plan import Planned

__all__ = ["checked_before_sending"]

_CHECKED_OF_A_KIND = 3  # the others are filled into the same stencils


def checked_before_sending(
    requests: Iterable[Planned], *, raw: str | None, on_purpose: bool
) -> Iterable[tuple[Planned, Sequence[Problem]]]:
    """
    Hold each request against our own schema, and yield it with its problems.

    Args:
        requests: What is to be sent.
        raw: The name of the file that they are the bytes of, if they are.
        on_purpose: They have been changed, so what is wrong with them is told and no reason to stop.

    Raises:
        HarnessError: a payload of our own is wrong.
    """
    seen: set[str] = set()
    alike: Counter[frozenset[str]] = Counter()
    for request in requests:
        kind = frozenset(request.event_types)
        alike[kind] += 1
        if raw is not None:
            problems = _problems_of_raw(request.body, raw)
        elif on_purpose or alike[kind] <= _CHECKED_OF_A_KIND:
            problems = _problems(request.body)
        else:
            problems = ()
        if problems and raw is None and not on_purpose:
            raise HarnessError(
                f"our own payload is wrong at {problems[0].pointer or '/'}: {problems[0].message}",
                hint="it was not sent; this is our mistake, please report it with the seed",
            )
        for problem in problems:
            place = f"{raw}:{problem.line}:{problem.column}: " if raw and problem.line else ""
            pointer = f"{problem.pointer}: " if problem.pointer else ""
            text = f"{place}{pointer}{problem.message} ({problem.rule})"
            # The same edit is wrong in the same way in every event.
            if re.sub(r"/\d+", "/", text) not in seen:
                seen.add(re.sub(r"/\d+", "/", text))
                click.echo(f"note: {text}; sent as asked", err=True)
        yield request, problems


def _problems(body: bytes) -> Sequence[Problem]:
    from json import loads

    from emulator.contract.problems import Level
    from emulator.contract.schemas import validate_envelope

    envelope = loads(body)
    found = (
        problem if problem.level is not Level.NOTE else _slip(problem, envelope)
        for problem in validate_envelope(envelope)
    )
    return [problem for problem in found if problem is not None]


def _slip(problem: Problem, envelope: Any) -> Problem | None:
    """Return the problem of a new member that is spelt nearly like another one there; any other new one is welcome."""
    from dataclasses import replace
    from functools import reduce
    from operator import getitem

    from emulator.contract.spelling import misspelt

    *above, name = problem.path
    there = reduce(getitem, above, envelope)
    meant = misspelt(str(name), there.keys() - {name}) if isinstance(there, dict) else ""
    return replace(problem, message=f'a new member beside "{meant}"; did you mean that?') if meant else None


@lru_cache(maxsize=1)
def _problems_of_raw(body: bytes, name: str) -> Sequence[Problem]:
    from emulator.contract.inspection import inspect_bytes
    from emulator.contract.problems import Level

    found = inspect_bytes(body, name=name, kind="auto").problems
    return [problem for problem in found if problem.level is not Level.NOTE]
