"""The one place that knows where ``schemas/`` and ``scenarios/`` lie, installed or in a checkout."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from emulator.errors import HarnessError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["folder", "names", "read_data"]


def read_data(path: str) -> bytes:
    """
    Return a data file, such as ``schemas/event-types.json``.

    Raises:
        HarnessError: the data is missing, so the installation is broken.
    """
    root = _root(path.partition("/")[0])
    if root is None:
        return _packed(path).read_bytes()
    with open(f"{root}/{path}", "rb") as file:  # noqa: PTH123  # pathlib takes a tenth of an interpreter start
        return file.read()


def names(path: str) -> list[str]:
    """Return the names of what a data folder holds, such as ``schemas/log-event``."""
    root = _root(path.partition("/")[0])
    return os.listdir(f"{root}/{path}") if root is not None else [item.name for item in _packed(path).iterdir()]  # noqa: PTH208


def folder(name: str) -> Traversable:
    """
    Return the data folder *name*: ``schemas`` or ``scenarios``.

    Raises:
        HarnessError: the data is missing, so the installation is broken.
    """
    from pathlib import Path

    root = _root(name)
    return _packed(name) if root is None else Path(root, name)


@cache
def _root(name: str) -> str | None:
    """Return the directory that holds the data folder *name*; None if there is none, as in a zip file."""
    here = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120
    above = os.path.dirname(here)  # noqa: PTH120
    if os.path.isdir(f"{here}/_data/{name}"):  # noqa: PTH112
        return f"{here}/_data"
    is_checkout = os.path.isfile(f"{above}/pyproject.toml") and os.path.isdir(f"{above}/{name}")  # noqa: PTH112, PTH113
    return above if is_checkout else None


def _packed(path: str) -> Traversable:
    # Imported from a zip file; the import costs a whole interpreter start, so it comes last.
    from importlib.resources import files

    name, *inside = path.split("/")
    packed = files("emulator") / "_data" / name
    if not packed.is_dir():
        raise HarnessError(
            f"the data folder {name!r} is missing from this installation",
            hint="reinstall: pip install --force-reinstall okta-hook-emulator",
        )
    return packed.joinpath(*inside)
