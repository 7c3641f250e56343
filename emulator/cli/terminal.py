"""Words on a terminal: colour where it is wanted, JSON where it is asked for."""

from __future__ import annotations

import json
import os
import sys
from typing import IO, Any

import click

__all__ = ["bad", "dim", "good", "print_json", "strong", "warn"]


def _coloured(stream: IO[str]) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def _style(text: str, **how: Any) -> str:
    return click.style(text, **how) if _coloured(sys.stdout) else text


def good(text: str) -> str:
    """Return *text* as good news."""
    return _style(text, fg="green")


def bad(text: str) -> str:
    """Return *text* as bad news."""
    return _style(text, fg="red", bold=True)


def warn(text: str) -> str:
    """Return *text* as something to look at."""
    return _style(text, fg="yellow")


def dim(text: str) -> str:
    """Return *text* as a side remark."""
    return _style(text, dim=True)


def strong(text: str) -> str:
    """Return *text* as a heading."""
    return _style(text, bold=True)


def print_json(value: Any) -> None:
    """Print one JSON document on stdout; it is ASCII, so no locale can break it."""
    click.echo(json.dumps(value, indent=2))
