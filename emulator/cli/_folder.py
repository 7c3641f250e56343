"""Groups of sub-commands: of those in one file, and of those found by listing a folder."""

from __future__ import annotations

import os
from importlib import import_module

import click

__all__ = ["FolderGroup", "Group"]


class Group(click.Group):
    """A group that names the nearest of its commands for a misspelt one, and says in whole lines what each does."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        known = self.list_commands(ctx)
        if name and name not in known and not name.startswith("-"):
            from emulator.names import did_you_mean

            raise click.UsageError(f"unknown command {name!r}\n  {did_you_mean(name, known) or _listed(known)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.help_line(name)) for name in self.list_commands(ctx)])

    def help_line(self, command: str) -> str:
        """Return what the command does, in one line without a full stop."""
        return (self.commands[command].help or "").partition("\n\n")[0].replace("\n", " ").rstrip(".")


class FolderGroup(Group):
    """
    The sub-commands of a folder: one file each, or a package for a group; their help line is their file's first line.

    Names that start with ``_`` are none.  A command is imported only when it is run.
    """

    folder = ""
    package = ""
    not_commands: frozenset[str] = frozenset()

    def list_commands(self, ctx: click.Context | None = None) -> list[str]:  # noqa: ARG002 (click's signature)
        stems = (name.removesuffix(".py") for name in os.listdir(self.folder) if self._is_one(name))  # noqa: PTH208
        return sorted(stem for stem in stems if stem[0] != "_" and stem not in self.not_commands)

    def _is_one(self, name: str) -> bool:
        return name.endswith(".py") or ("." not in name and os.path.isfile(f"{self.folder}/{name}/__init__.py"))  # noqa: PTH113

    def get_command(self, ctx: click.Context | None, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.list_commands():
            return None
        command: click.Command = import_module(f"{self.package}.{cmd_name}").command
        return command

    def help_line(self, command: str) -> str:
        path = f"{self.folder}{os.sep}{command}"
        path = f"{path}{os.sep}__init__.py" if os.path.isdir(path) else f"{path}.py"  # noqa: PTH112
        with open(path, encoding="utf-8") as source:  # noqa: PTH123
            return source.readline().strip().strip('"').rstrip(".")


def _listed(commands: list[str]) -> str:
    return f"commands: {', '.join(commands)}"
