"""Which scenario files a user means: paths, folders, and the names of those that come with the package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emulator.errors import UsageError
from emulator.names import did_you_mean
from emulator.resources import folder
from emulator.runner.yamltext import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.resources.abc import Traversable

__all__ = ["read_file", "select", "shipped"]

_SUFFIXES = (".yaml", ".yml")


def shipped() -> dict[str, Traversable]:
    """Return the scenarios that come with the package, by name, sorted."""
    files = {item.name: item for item in folder("scenarios").iterdir() if item.name.endswith(_SUFFIXES)}
    return {name.rpartition(".")[0]: files[name] for name in sorted(files)}


def select(names: Sequence[str]) -> Iterator[tuple[str, Traversable]]:
    """
    Yield each file once, with the name to call it by; without *names* all shipped scenarios.

    Raises:
        UsageError: a name is neither a file, a folder, nor that of a shipped scenario.
    """
    if not names:
        yield from ((file.name, file) for file in shipped().values())
    seen: set[str] = set()
    for name in names:
        for called, file in _found(name):
            if called not in seen:
                seen.add(called)
                yield called, file


def _found(name: str) -> Iterator[tuple[str, Traversable]]:
    path = Path(name)
    try:
        if path.is_dir():
            yield from ((str(file), file) for file in _below(path))
            return
        there = path.exists()
    except (OSError, ValueError):
        there = False
    if there:
        yield name, path
        return
    known = shipped()
    plain = name.removesuffix(".yaml")  # as results and commands call it
    if plain in known:
        yield known[plain].name, known[plain]
        return
    hints = [
        did_you_mean(name, [*_beside(path), *known]),
        "name a file, a folder, or a shipped scenario (okta-hooks run --list shows them)",
    ]
    raise UsageError(f"there is no scenario {name!r}", where="SCENARIO", hint="\n".join(filter(None, hints)))


def _beside(path: Path) -> Iterator[str]:
    """Yield the scenario files where *path* would be, as the user would write them."""
    try:
        yield from (str(file) for file in path.parent.iterdir() if file.suffix in _SUFFIXES)
    except (OSError, ValueError):
        return


def _below(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(directory).parts)
        if path.suffix in _SUFFIXES and not hidden and path.is_file():
            yield path


def read_file(file: Traversable, name: str) -> bytes:
    """
    Return the bytes of a scenario file.

    Raises:
        UsageError: it can't be read.
    """
    try:
        with file.open("rb") as source:
            return source.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "not a file").lower()
        raise UsageError(f"the scenario can't be read: {reason}", where=name, hint="name a YAML file") from None
