"""
Values for options that the command line leaves out: environment first, then the configuration file.

``OKTA_HOOKS_TIMEOUT`` is ``--timeout`` of every command, ``OKTA_HOOKS_VERIFY_TIMEOUT`` that of ``verify`` alone.  In
``okta-hooks.toml``, or under ``[tool.okta-hooks]`` in ``pyproject.toml``, a key at the top is for every command and one
in a table named like a command is for that command.  An option that may be repeated takes a list, or in the environment
one value a line.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from emulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Settings", "settings"]

_PREFIX = "OKTA_HOOKS_"
_OWN_FILE = "okta-hooks.toml"
_SHARED_FILE = "pyproject.toml"
_SECTION = "tool.okta-hooks"
_NO_FILE = "none"


class Settings:
    """Values by parameter name, and where each comes from, for the error that may follow."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.origins: dict[str, str] = {}

    def take(self, parameter: click.Parameter, value: Any, origin: str) -> None:
        """Note a parameter's value; what is taken later counts more."""
        self.values[str(parameter.name)] = value
        self.origins[str(parameter.name)] = origin


def settings(name: str, command: click.Command, commands: Callable[[], Mapping[str, click.Command]]) -> Settings:
    """
    Return what environment and configuration file say about *command*, called *name*.

    Args:
        name: The command's name.
        command: The command, whose options say which keys there are.
        commands: All commands, asked for only when the file holds what may be another command's.

    Raises:
        UsageError: the file can't be read, or holds a key that is no option.
    """
    found, keys = Settings(), _keys(command)
    file = _find_file()
    if file is not None:
        general = {key: value for key, value in file.table.items() if not isinstance(value, dict)}
        _check(file, name, keys, general, commands)
        own = file.table.get(name)
        for section, values in (("", general), (name, own if isinstance(own, dict) else {})):
            for key, value in values.items():
                if _normal(key) in keys:
                    parameter = keys[_normal(key)]
                    place = file.place(key, section)
                    found.take(parameter, _fitting(parameter, key, value, place), place)
    for key, parameter in keys.items():
        for variable in (_variable(key), _variable(f"{name}-{key}")):
            if value := os.environ.get(variable):
                found.take(parameter, value.splitlines() if _repeats(parameter) else value, variable)
    return found


def _variable(key: str) -> str:
    return _PREFIX + _normal(key).replace("-", "_").upper()


def _normal(key: str) -> str:
    return key.replace("_", "-")


def _keys(command: click.Command) -> dict[str, click.Parameter]:
    """Return the command's parameters by the names a user knows them by."""
    named: dict[str, click.Parameter] = {}
    for parameter in command.params:
        if not parameter.expose_value:
            continue
        if isinstance(parameter, click.Option):
            named |= {opt[2:]: parameter for opt in parameter.opts if opt.startswith("--")}
        elif parameter.nargs == 1:
            named[str(parameter.name)] = parameter
    return named


def _repeats(parameter: click.Parameter) -> bool:
    return bool(getattr(parameter, "multiple", False))


def _fitting(parameter: click.Parameter, key: str, value: Any, place: str) -> Any:
    if _repeats(parameter):
        return value if isinstance(value, list) else [value]
    if isinstance(value, list):
        raise UsageError(f"{key!r} takes one value, not a list", where=place, hint="leave the brackets out")
    return value


def _check(
    file: _File,
    name: str,
    keys: Mapping[str, click.Parameter],
    general: Iterable[str],
    commands: Callable[[], Mapping[str, click.Command]],
) -> None:
    """Refuse every key and section that belongs to nothing."""
    strangers = [key for key in general if _normal(key) not in keys]
    sections = {key: value for key, value in file.table.items() if isinstance(value, dict)}
    if not strangers and sections.keys() <= {name} and all(_normal(key) in keys for key in sections.get(name, ())):
        return
    known = commands()
    everything = {option for command in known.values() for option in _keys(command)}
    for key in strangers:
        if _normal(key) not in everything:
            raise _unknown(f"no command has an option {key!r}", key, everything, file.place(key))
    for section, values in sections.items():
        if section not in known:
            raise _unknown(f"unknown section {section!r}", section, known, file.place(section))
        options = _keys(known[section])
        for key in values:
            if _normal(key) not in options:
                raise _unknown(f"{section!r} has no option {key!r}", key, options, file.place(key, section))


def _unknown(message: str, name: str, known: Iterable[str], place: str) -> UsageError:
    from emulator.names import did_you_mean

    return UsageError(message, where=place, hint=did_you_mean(name, known) or f"known: {', '.join(sorted(known))}")


class _File:
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


def _find_file() -> _File | None:
    """Return the nearest configuration file, upwards from the working folder to the root of its repository."""
    named = os.environ.get(f"{_PREFIX}CONFIG", "")
    if named:
        return None if named == _NO_FILE else _parsed(_text(named), named, "")
    folder = os.getcwd()  # noqa: PTH109 (pathlib costs half an interpreter start)
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
            hint=f"{_PREFIX}CONFIG={_NO_FILE} does without one",
        ) from None


def _parsed(text: str, path: str, prefix: str) -> _File:
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
    return _File(text, path, prefix, table)
