"""Call inline hooks, and see what Okta would do with the answers."""

from __future__ import annotations

import os

import click

from emulator.cli._folder import FolderGroup

__all__ = ["command"]


class _InlineCommands(FolderGroup):
    """The sub-commands of this folder."""

    folder = os.path.dirname(__file__)  # noqa: PTH120 (pathlib costs half an interpreter start)
    package = "emulator.cli.inline"


@click.group("inline", cls=_InlineCommands)
def command() -> None:
    """
    Call inline hooks, and see what Okta would do with the answers.

    An inline hook is a call that waits: Okta asks, and goes on as it is told.

    Example: okta-hooks inline trigger token --to http://localhost:8000/okta/inline/token
    """
