"""The group of sub-commands, found by listing this folder, and the one place that turns errors into exit codes."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module

import click

from emulator.errors import HarnessError

__all__ = ["group", "run"]

_HERE = os.path.dirname(__file__)  # noqa: PTH120 (pathlib costs half an interpreter start)
_NOT_COMMANDS = frozenset({"app", "options", "terminal"})  # nor are files whose names start with "_"
_INTERRUPTED = 130
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
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
    if sys.stdout is None:  # started with standard output closed
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (for as long as we live)
    try:
        code = group.main(
            arguments,
            prog_name=_PROGRAM,
            standalone_mode=False,
            color=True if os.environ.get("FORCE_COLOR") and not os.environ.get("NO_COLOR") else None,
        )
        sys.stdout.flush()
    except HarnessError as error:
        _say(f"error: {error}")
        return error.exit_code
    except click.ClickException as error:
        from emulator.cli._misuse import told

        _say(told(error))
        return error.exit_code if error.exit_code != 1 else 2
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
        return _INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # The reader of our output has gone; nothing is left to say, and nobody to say it to.  Click turns some of
        # these errors into an exit with 1, its only one in this mode; but 1 is for broken contracts.
        _write_nowhere()
        return 0
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            _write_nowhere()
            why = os.strerror(error.errno or 0).lower()
            _say(f"error: the output can't be written: {why}\n  make room, or write it elsewhere")
            return 2
        if os.environ.get("OKTA_HOOKS_DEBUG"):
            raise
        return _internal_error(error)
    return code if isinstance(code, int) else 0


def _write_nowhere() -> None:
    """Let what is still buffered go, so that the interpreter doesn't complain about it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _internal_error(error: Exception) -> int:
    # The message may quote a secret, so only the kind of error and its place are shown.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = "" if trace is None else trace.tb_frame.f_code.co_filename.rpartition(os.sep)[2]
    place = f"{name}:{trace.tb_lineno}" if trace is not None else "unknown"
    _say(
        f"internal error: {type(error).__name__} at {place}\n"
        "  this is our mistake, please report it; OKTA_HOOKS_DEBUG=1 shows the traceback (it may hold secrets)"
    )
    return 2


def _say(text: str) -> None:
    try:
        click.echo(text, err=True)
    except OSError:
        return
