"""The help of every command, read in review like prose."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.cli.app import group

GOLDEN = Path(__file__).parents[1] / "golden" / "help"
COMMANDS = ["", *group.list_commands(None)]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_is_as_recorded(
    okta_hooks: Callable, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """OKTA_HOOKS_UPDATE_GOLDEN=1 pytest tests/cli/test_help.py records it anew."""
    monkeypatch.setenv("COLUMNS", "100")
    done = okta_hooks(*command.split(), "--help")
    path = GOLDEN / f"{command or 'okta-hooks'}.txt"
    if os.environ.get("OKTA_HOOKS_UPDATE_GOLDEN") == "1":
        path.write_text(done.out, "utf-8")

    assert (done.code, done.err) == (0, "")
    assert path.is_file(), f"record it: OKTA_HOOKS_UPDATE_GOLDEN=1 pytest {Path(__file__).name}"
    assert done.out == path.read_text("utf-8"), (
        "if this is better: OKTA_HOOKS_UPDATE_GOLDEN=1 pytest tests/cli/test_help.py"
    )


def test_no_help_is_recorded_for_a_command_that_is_gone() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {command or "okta-hooks" for command in COMMANDS}
