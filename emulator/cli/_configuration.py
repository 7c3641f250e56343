"""The configuration file: which one counts, and what is where in it."""

from __future__ import annotations

import os
from typing import Any

from emulator.errors import UsageError

__all__ = ["ConfigFile", "find_file"]

_NAMED_BY = "OKTA_HOOKS_CONFIG"
_OWN_FILE = "okta-hooks.toml"
_SHARED_FILE = "pyproject.toml"
_SECTION = "tool.okta-hooks"
_NO_FILE = "none"


class ConfigFile:
    """A configuration file: its text, the path it is called by, the section that is ours, and what is in it."""

    def __init__(self, text: str, path: str, prefix: str, table: dict[str, Any]) -> None:
        self.text = text
        self.path = path
        self.prefix = prefix
        self.table = table

    def place(self, key: str, section: str = "") -> str:
        """Return ``file:line`` of a key, or of the section of that name."""
        wanted, here = f"{self.prefix}{section}".rstrip("."), ""
        for number, line in enumerate(self.text.splitlines(), 1):
            stripped = line.strip()
            if stripped.startswith("["):
                here = stripped.strip("[] ").replace('"', "")
                found = here == f"{self.prefix}{key}" and not section
            else:
                found = here == wanted and stripped.partition("=")[0].strip(" \"'").partition(".")[0] == key
            if found:
                return f"{self.path}:{number}"
        return self.path


def find_file() -> ConfigFile | None:
    """Return the nearest configuration file, upwards from the working folder to the root of its repository."""
    named = os.environ.get(_NAMED_BY, "")
    if named:
        return None if named == _NO_FILE else _parsed(_text(named), named, "")
    try:
        folder = os.getcwd()  # noqa: PTH109 (pathlib costs half an interpreter start)
    except FileNotFoundError:  # it was deleted meanwhile
        return None
    while True:
        own, shared = f"{folder}{os.sep}{_OWN_FILE}", f"{folder}{os.sep}{_SHARED_FILE}"
        if os.path.isfile(own):  # noqa: PTH113
            return _parsed(_text(own), os.path.relpath(own), "")
        if os.path.isfile(shared) and f"[{_SECTION}" in (text := _text(shared)):  # noqa: PTH113
            return _parsed(text, os.path.relpath(shared), f"{_SECTION}.")
        parent = folder.rpartition(os.sep)[0]
        if not parent or parent == folder or os.path.exists(f"{folder}{os.sep}.git"):  # noqa: PTH110
            return None
        folder = parent


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as source:  # noqa: PTH123
            return source.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(
            f"the configuration file can't be read: {reason}",
            where=path,
            hint=f"{_NAMED_BY}={_NO_FILE} does without one",
        ) from None


def _parsed(text: str, path: str, prefix: str) -> ConfigFile:
    import tomllib

    try:
        table: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        import re

        message, place = str(error), path
        if where := re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)", message):
            message = message[: where.start()]
            place = f"{path}:{where[1]}:{where[2]}" if where[1] else f"{path}:{len(text.splitlines())}"
        raise UsageError(
            f"not valid TOML: {message[:1].lower()}{message[1:]}",
            where=place,
            hint="texts stand in quotes: key = 'text'",
        ) from None
    for part in filter(None, prefix.split(".")):
        table = table.get(part, {})
    if not isinstance(table, dict):
        raise UsageError(f"{prefix.rstrip('.')} must be a table", where=path, hint=f"write [{prefix.rstrip('.')}]")
    return ConfigFile(text, path, prefix, table)
