"""The one place that knows where ``schemas/`` and ``scenarios/`` lie, installed or in a checkout."""

from __future__ import annotations

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
    here = Path(__file__).resolve().parent
    if (here / "_data" / name).is_dir():
        return here / "_data" / name
    if (here.parent / "pyproject.toml").is_file() and (here.parent / name).is_dir():
        return here.parent / name
    # Imported from a zip file; the import costs a whole interpreter start, so it comes last.
    from importlib.resources import files

    packed = files("emulator") / "_data" / name
    if packed.is_dir():
        return packed
    raise HarnessError(
        f"the data folder {name!r} is missing from this installation",
        hint="reinstall: pip install --force-reinstall okta-hook-emulator",
    )
