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

from emulator.cli._configuration import find_file
from emulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from emulator.cli._configuration import ConfigFile

__all__ = ["Settings", "settings"]

_PREFIX = "OKTA_HOOKS_"


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
    file = find_file()
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
    """Return the parameters of a command, or of all in a group, by the names a user knows them by."""
    named: dict[str, click.Parameter] = {}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            named |= _keys(inner) if inner is not None else {}
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
    file: ConfigFile,
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
