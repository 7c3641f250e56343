"""How the parts of an answer go together: an empty one, an error beside commands, a command given twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.constants import DEFAULT_ERROR
from emulator.contract.inline.rules.registry import answer_rule, broken, commands_of, doubtful, member, remark
from emulator.contract.inline.types import ACTION
from emulator.contract.problems import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.problems import Problem

__all__: list[str] = []

_DATA: Final = "data"


@answer_rule()
def empty_where_an_answer_is_needed(
    kind: InlineHookType, _: dict[str, Any], answer: dict[str, Any]
) -> Iterator[Problem]:
    """I6: a telephony hook must say what became of the message."""
    if not kind.may_be_empty and "error" not in answer and not answer.get("commands"):
        yield broken(
            ("commands",) if "commands" in answer else (),
            "I6",
            f"nothing is commanded, and a {kind.title} hook may not answer so",
            f'command "{kind.commands[0].name}", or return error',
        )


@answer_rule()
def commands_beside_an_error(kind: InlineHookType, _: dict[str, Any], answer: dict[str, Any]) -> Iterator[Problem]:
    """I6: with ``error`` in it, no command is executed."""
    if not isinstance(answer.get("error"), dict):
        return
    others = [
        path for path, name, value in commands_of(answer) if kind.command(name) and not _denies(kind, name, value)
    ]
    if others:
        yield doubtful(
            others[0],
            "I6",
            "there is an error too, so this command is not executed",
            "return either commands or error",
        )


def _denies(kind: InlineHookType, name: str, value: Any) -> bool:
    return kind.short == "registration" and name == ACTION and member(value, "registration") == "DENY"


@answer_rule()
def error_that_says_nothing(kind: InlineHookType, _: dict[str, Any], answer: dict[str, Any]) -> Iterator[Problem]:
    """I6: without ``errorSummary``, people read Okta's own sentence."""
    error = answer.get("error")
    if isinstance(error, dict) and not error.get("errorSummary") and kind.short in {"token", "saml"}:
        yield doubtful(("error",), "I6", f'people will read "{DEFAULT_ERROR}"', "say in errorSummary what went wrong")


@answer_rule("registration")
def cause_at_an_unknown_place(_: InlineHookType, request: dict[str, Any], answer: dict[str, Any]) -> Iterator[Problem]:
    """I6: ``location`` names the attribute beside which the Sign-In Widget shows the message."""
    causes = member(answer, "error", "errorCauses")
    for index, cause in enumerate(causes if isinstance(causes, list) and request else ()):
        location = member(cause, "location")
        if not isinstance(location, str) or not location:
            continue
        steps = location.removeprefix("$.").split(".")
        if steps[0] != _DATA or len(steps) < 3 or not isinstance(member(request, *steps[:2]), dict):
            profile = "userProfileUpdate" if member(request, _DATA, "userProfileUpdate") else "userProfile"
            yield remark(
                ("error", "errorCauses", index, "location"),
                "I6",
                f"{printable(location[:60])} is no place in the request's profile, so the form shows no message there",
                f"write it like data.{profile}.{printable(steps[-1][:60])}",
            )


@answer_rule("password-import", "telephony")
def several_commands(kind: InlineHookType, _: dict[str, Any], answer: dict[str, Any]) -> Iterator[Problem]:
    """I7: these types are answered with one command; which of several counts is nowhere said."""
    found = list(commands_of(answer))
    if len(found) > 1:
        yield doubtful(
            found[1][0], "I7", f"{len(found)} commands, and a {kind.title} hook expects one", "send one command"
        )
