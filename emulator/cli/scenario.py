"""Write a commented scenario to start from."""

from __future__ import annotations

from pathlib import Path

import click

from emulator.cli._folder import Group
from emulator.errors import UsageError

__all__ = ["command"]


@click.group("scenario", cls=Group)
def command() -> None:
    """Write a commented scenario to start from."""


@command.command("new")
@click.argument("name", metavar="TYPE")
@click.option("--like", metavar="TYPE", help="TYPE is one of your own, described in the file, like this known one.")
@click.option("--out", metavar="FILE", help="Write it here instead of to standard output.")
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
def new(name: str, like: str | None, out: str | None, force: bool) -> int:
    """
    Write a commented scenario about an event type.

    Example: okta-hooks scenario new user.lifecycle.deactivate --out deactivate.yaml
    """
    from emulator.contract.catalogue import event_type
    from emulator.runner.scenario import load
    from emulator.runner.starter import starter

    if like is None:
        try:
            known = event_type(name)
        except UsageError as error:
            hint = f"{error.hint}\nfor a type of your own, add --like user.lifecycle.deactivate"
            raise UsageError(error.message, hint=hint) from None
        text = starter(known)
    else:
        text = starter(event_type(like), own=name)
    load(text.encode(), out or "TYPE")
    if out is None:
        click.echo(text, nl=False)
        return 0
    _write(Path(out), text, force=force)
    click.echo(f"wrote {out}; now: okta-hooks run {out} --url URL", err=True)
    return 0


def _write(path: Path, text: str, *, force: bool) -> None:
    if path.exists() and not force:
        raise UsageError(f"{str(path)!r} is there already", where="--out", hint="name another file, or add --force")
    try:
        path.write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "this is no file name").lower()
        raise UsageError(f"{str(path)!r} can't be written: {reason}", where="--out") from None
