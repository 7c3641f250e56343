"""The group of sub-commands, found by listing this folder."""

from __future__ import annotations

import os
from importlib import import_module

import click

from emulator.cli._ending import ended, tell

__all__ = ["group", "run"]

_HERE = os.path.dirname(__file__)  # noqa: PTH120 (pathlib costs half an interpreter start)
_NOT_COMMANDS = frozenset({"app", "options", "terminal"})  # nor are files whose names start with "_"
_PROGRAM = "okta-hooks"


class _Commands(click.Group):
    """Sub-commands that are imported only when they are run; their help line is their file's first line."""

    def list_commands(self, ctx: click.Context | None = None) -> list[str]:  # noqa: ARG002 (click's signature)
        stems = (name[:-3] for name in os.listdir(_HERE) if name.endswith(".py"))  # noqa: PTH208
        return sorted(stem for stem in stems if stem[0] != "_" and stem not in _NOT_COMMANDS)

    def get_command(self, ctx: click.Context | None, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.list_commands():
            return None
        command: click.Command = import_module(f"emulator.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        known = self.list_commands()
        if name and name not in known and not name.startswith("-"):
            from emulator.names import did_you_mean

            raise click.UsageError(f"unknown command {name!r}\n  {did_you_mean(name, known) or _listed(known)}", ctx)
        found, command, rest = super().resolve_command(ctx, args)
        if command is not None and not _HELP & set(rest):
            self._configure(ctx, str(found), command)
        return found, command, rest

    def _configure(self, ctx: click.Context, name: str, command: click.Command) -> None:
        from emulator.cli._settings import settings

        found = settings(name, command, lambda: {known: self._known(known) for known in self.list_commands()})
        ctx.default_map = {name: found.values}
        ctx.meta["okta-hooks.origins"] = found.origins

    def _known(self, name: str) -> click.Command:
        command = self.get_command(None, name)
        assert command is not None  # noqa: S101 (it was listed)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _help_line(name)) for name in self.list_commands(ctx)])


_HELP = {"-h", "--help"}


def _listed(commands: list[str]) -> str:
    return f"commands: {', '.join(commands)}"


def _help_line(command: str) -> str:
    with open(f"{_HERE}{os.sep}{command}.py", encoding="utf-8") as source:  # noqa: PTH123
        return source.readline().strip().strip('"').rstrip(".")


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from emulator.version import VERSION

        click.echo(f"{_PROGRAM} {VERSION}")
        ctx.exit()


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def group(ctx: click.Context) -> int:
    """
    Test an Okta event hook without Okta.

    Exit codes: 0 pass, 1 contract, scenario or validation failure, 2 usage or file error, 3 target unreachable,
    4 nothing was run, 130 interrupted.
    """
    if ctx.invoked_subcommand is None:
        # Help that was not asked for is talk, not data.
        click.echo(ctx.get_help(), err=True)
        return 2
    return 0


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; whatever goes wrong is told in words on stderr."""
    return ended(lambda: _run(arguments))


def _run(arguments: list[str]) -> object:
    try:
        return group.main(
            arguments,
            prog_name=_PROGRAM,
            standalone_mode=False,
            color=True if os.environ.get("FORCE_COLOR") and not os.environ.get("NO_COLOR") else None,
        )
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        from emulator.cli._misuse import told

        tell(told(error))
        return error.exit_code if error.exit_code != 1 else 2
