"""The one place that knows where ``schemas/`` and ``scenarios/`` lie, installed or in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.errors import HarnessError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["folder"]


def folder(name: str) -> Traversable:
    """
    Return the data folder *name*: ``schemas`` or ``scenarios``.

    Raises:
        HarnessError: the data is missing, so the installation is broken.
    """
    installed = files("emulator") / "_data" / name
    if installed.is_dir():
        return installed
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    raise HarnessError(
        f"the data folder {name!r} is missing from this installation",
        hint="reinstall: pip install --force-reinstall okta-hook-emulator",
    )
