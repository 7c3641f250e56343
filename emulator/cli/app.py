"""The group of sub-commands, found by listing this folder, and the one place that turns errors into exit codes."""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from pathlib import Path

import click

from emulator.errors import HarnessError
from emulator.names import did_you_mean

__all__ = ["group", "run"]

_HERE = Path(__file__).parent
_NOT_COMMANDS = frozenset({"app", "options", "terminal"})  # nor are files whose names start with "_"
_INTERRUPTED = 130
_PROGRAM = "okta-hooks"


class _Commands(click.Group):
    """Sub-commands that are imported only when they are run; their help line is their file's first line."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        stems = (path.stem for path in _HERE.glob("*.py"))
        return sorted(stem for stem in stems if stem[0] != "_" and stem not in _NOT_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"emulator.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.list_commands(ctx):
            known = self.list_commands(ctx)
            hint = did_you_mean(name, known) or f"commands: {', '.join(known)}"
            raise click.UsageError(f"unknown command {name!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _help_line(name)) for name in self.list_commands(ctx)])


def _help_line(command: str) -> str:
    with (_HERE / f"{command}.py").open(encoding="utf-8") as source:
        return re.sub(r'^"""|"""\s*$|\.?\s*$', "", source.readline().strip())


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("okta-hook-emulator")
        except PackageNotFoundError:
            number = "from a checkout that is not installed"
        click.echo(f"{_PROGRAM} {number}")
        ctx.exit()


@click.group(
    cls=_Commands,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "OKTA_HOOKS",
        "max_content_width": 100,
    },
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def group() -> None:
    """
    Test an Okta event hook without Okta.

    Exit codes: 0 pass, 1 contract, scenario or validation failure, 2 usage or file error, 3 target unreachable,
    4 nothing was run, 130 interrupted.
    """


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; whatever goes wrong is told in words on stderr."""
    try:
        code = group.main(arguments, prog_name=_PROGRAM, standalone_mode=False)
    except HarnessError as error:
        _say(f"error: {error}")
        return error.exit_code
    except click.ClickException as error:
        return _usage_error(error)
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
        return _INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # The reader of our output has gone; nothing is left to say, and nobody to say it to.  Click turns some of
        # these errors into an exit with 1, its only one in this mode; but 1 is for broken contracts.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("OKTA_HOOKS_DEBUG"):
            raise
        return _internal_error(error)
    return code if isinstance(code, int) else 0


def _usage_error(error: click.ClickException) -> int:
    lines = [f"error: {error.format_message()[:1].lower()}{error.format_message()[1:].rstrip('.')}"]
    context = getattr(error, "ctx", None)
    if context is not None:
        lines.append(f"  see: {context.command_path} --help")
    _say("\n".join(lines))
    return error.exit_code if error.exit_code != 1 else 2


def _internal_error(error: Exception) -> int:
    # The message may quote a secret, so only the kind of error and its place are shown.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "unknown"
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
