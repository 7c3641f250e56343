"""What click finds wrong with a command line, in our words: the place, the fact, the nearest names, the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from emulator.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["told"]

_HELP: type[click.ClickException] | tuple[()] = getattr(
    click.exceptions, "NoArgsIsHelpError", ()
)  # since 8.2; before, click prints the help itself


def told(error: click.ClickException) -> str:
    """Return *error* as text for a user; its first line says where and what."""
    if isinstance(error, _HELP):
        return error.format_message()
    context = getattr(error, "ctx", None)
    first, hint = _words(error, context)
    lines = [f"error: {first}", *([f"  {hint}"] if hint else [])]
    if context is not None:
        lines.append(f"  see: {context.command_path} --help")
    return "\n".join(lines)


def _words(error: click.ClickException, context: click.Context | None) -> tuple[str, str]:
    if isinstance(error, click.NoSuchOption):
        return f"unknown option {error.option_name!r}", did_you_mean(error.option_name, _options(context))
    if isinstance(error, click.MissingParameter):
        kind = "option" if isinstance(error.param, click.Option) else "argument"
        return f"missing {kind} {_name(error.param)}", ""
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _bad_value(error, error.param, context)
    message = error.format_message().rstrip(".")
    return message[:1].lower() + message[1:], ""


def _options(context: click.Context | None) -> Iterable[str]:
    if context is None:
        return []
    return [name for parameter in context.command.get_params(context) for name in parameter.opts if name[:2] == "--"]


def _name(parameter: click.Parameter | None) -> str:
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return "" if parameter is None else parameter.make_metavar(click.Context(click.Command(""))).strip("[]")


def _bad_value(error: click.BadParameter, parameter: click.Parameter, context: click.Context | None) -> tuple[str, str]:
    where = _name(parameter)
    if context is not None and context.get_parameter_source(parameter.name or "") is ParameterSource.DEFAULT_MAP:
        where = context.meta.get("okta-hooks.origins", {}).get(parameter.name, where)
    message = error.message.rstrip(".")
    if isinstance(parameter.type, click.Choice):
        value = message.partition("' is not")[0].lstrip("'")
        choices = [str(choice) for choice in parameter.type.choices]
        return f"{where}: {value!r} is not one of {', '.join(choices)}", did_you_mean(value, choices)
    if isinstance(parameter.type, click.IntRange | click.FloatRange):
        value = message.partition(" is not")[0].strip("'")
        low, high = parameter.type.min, parameter.type.max
        limits = f"from {low} to {high}" if high is not None else f"of at least {low}"
        kind = "a whole number" if isinstance(parameter.type, click.IntRange) else "a number"
        return f"{where}: {value!r} is not {kind} {limits}", ""
    return f"{where}: {message[:1].lower() + message[1:]}", ""
