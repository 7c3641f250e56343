"""The commands: only those of the type, with values Okta takes, about what may be changed (I5, I7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.checks.check import Stage
from emulator.checks.inline.check import inline_check
from emulator.checks.inline.findings import Place, of_answers
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.inline.bench import InlineBench

_PATCHED: Final = ("token", "saml")


@inline_check(
    "command-type",
    title="gives only commands of its type of hook",
    rule="I7",
    level=Level.MUST,
    remedy="write the command's name to the letter; okta-hooks inline show TYPE lists those of each type",
    stage=Stage.REVIEW,
)
def command_type(bench: InlineBench) -> None:
    """Looks at the type of each command in every answer of the run."""
    of_answers(bench, Place.TYPE)


@inline_check(
    "command-value",
    title="gives commands values that Okta takes",
    rule="I7",
    level=Level.MUST,
    remedy="give the command the value that the line above asks for; okta-hooks inline show TYPE --schema answer has them "
    "all, and words such as ALLOW and VERIFIED stand in capitals",
    stage=Stage.REVIEW,
)
def command_value(bench: InlineBench) -> None:
    """Looks at the value of each command in every answer of the run, those of patches aside."""
    of_answers(bench, Place.VALUE)


@inline_check(
    "patch-operation",
    title="patches with add, replace and remove",
    rule="I7",
    level=Level.MUST,
    remedy="give each operation an op, a path and a value; op is add, replace or, for tokens, remove",
    stage=Stage.REVIEW,
    kinds=_PATCHED,
)
def patch_operation(bench: InlineBench) -> None:
    """Looks at the operations of patches in every answer of the run."""
    of_answers(bench, Place.OPERATION)


@inline_check(
    "patch-path",
    title="patches what is there and may be changed",
    rule="I7",
    level=Level.MUST,
    remedy="begin the path at the token or assertion, as in /claims/department; write ~1 for a slash in a name; replace "
    "and remove only what the request shows to be there, and add what isn't",
    stage=Stage.REVIEW,
    kinds=_PATCHED,
)
def patch_path(bench: InlineBench) -> None:
    """Carries out the patches of every answer of the run; fails at a path that leads nowhere or to Okta's own claims."""
    of_answers(bench, Place.PATH)


@inline_check(
    "patch-value",
    title="patches with values that fit their place",
    rule="I7",
    level=Level.MUST,
    remedy="give a SAML claim as an object with attributeValues, and a lifetime as a whole number of seconds",
    stage=Stage.REVIEW,
    kinds=_PATCHED,
)
def patch_value(bench: InlineBench) -> None:
    """Looks at the values of patches in every answer of the run."""
    of_answers(bench, Place.PATCH_VALUE)


@inline_check(
    "context-read-only",
    title="changes nothing in the context",
    rule="I5",
    level=Level.MUST,
    remedy="read data.context and change only what stands beside it",
    stage=Stage.REVIEW,
)
def context_read_only(bench: InlineBench) -> None:
    """Looks at what the commands of every answer of the run would change."""
    of_answers(bench, Place.CONTEXT)
