"""The group of sub-commands, found by listing this folder."""

from __future__ import annotations

import os

import click

from emulator.cli._ending import ended, tell
from emulator.cli._folder import FolderGroup

__all__ = ["group", "run"]

_PROGRAM = "okta-hooks"


class _Commands(FolderGroup):
    """The sub-commands of this folder, with what environment and configuration file say about them."""

    folder = os.path.dirname(__file__)  # noqa: PTH120 (pathlib costs half an interpreter start)
    package = "emulator.cli"
    not_commands = frozenset({"app", "options", "terminal"})

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        found, command, rest = super().resolve_command(ctx, args)
        if command is not None and not _HELP & set(rest):
            self._configure(ctx, str(found), command, rest)
        return found, command, rest

    def _configure(self, ctx: click.Context, name: str, command: click.Command, rest: list[str]) -> None:
        from emulator.cli._settings import settings

        inner = rest[0] if rest and isinstance(command, click.Group) else ""
        asked = command.get_command(ctx, inner) if isinstance(command, click.Group) else command
        if asked is None:
            return  # the group says what is wrong
        found = settings(name, asked, lambda: {known: self._known(known) for known in self.list_commands()})
        ctx.default_map = {name: {inner: found.values} if inner else found.values}
        ctx.meta["okta-hooks.origins"] = found.origins

    def _known(self, name: str) -> click.Command:
        command = self.get_command(None, name)
        assert command is not None  # noqa: S101 (it was listed)
        return command


_HELP = {"-h", "--help"}


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
