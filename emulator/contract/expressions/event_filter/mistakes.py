"""Guesses what was meant by a filter that can't be read."""

from __future__ import annotations

import re
from typing import Final

from emulator.contract.expressions.event_filter.fields import EVENT_FIELDS, TARGET_FIELDS, TARGET_LIST
from emulator.contract.expressions.faults import ExpressionError
from emulator.contract.problems import printable
from emulator.names import did_you_mean

__all__ = ["explain", "selection_example", "unknown_field", "unknown_method"]

selection_example: Final = "event.target.?[type eq 'UserGroup'].size() > 0"
_WORD: Final = re.compile(r"\w+|\S")

# What stands at the fault, what to say, what to do; the first that fits is taken.
_MISTAKES: Final = [
    (r'["\u201c\u201d\u201e]', "text goes in single quotes", "write 'SUCCESS', not \"SUCCESS\" (F10)"),
    (r"[\u2018\u2019\u201a`]", "this is a typographic quote", "use the plain single quote '"),
    (r"'", "this text has no end", "close it with ', and double a quote inside it: 'O''Brien' (F10)"),
    (r"=(?!=)", "one = compares nothing", "write eq (or ==)"),
    (r"&(?!&)", "one & joins nothing", "write &&"),
    (r"\|(?!\|)", "one | joins nothing", "write ||"),
    (r"(?i)(?:co|sw|ew|pr)\b", "this is an operator of the System Log's SCIM filters", "use .contains('text') here"),
    (r"(?i)(?:in|between|instanceof)\b", "this operator is unknown to event hook filters", "join eq with ||"),
    (r"\.\s*!\s*\[", "a projection is unknown to event hook filters", f"select and count: {selection_example}"),
    (r"\.\s*[\^$]\s*\[", "first and last selections are unknown here", f"select and count: {selection_example}"),
    (r"\[", "targets are not taken by number", f"their order is no promise; select: {selection_example} (F7)"),
    (r"\?", "neither ?: nor ?. is known to event hook filters", "absent members read as null (F14)"),
    (r"[+\-*/%^]", "there is no arithmetic in event hook filters", ""),
    (r"[#$@{}]", "there are no variables in event hook filters", "read the event: event.actor.id"),
    (r"(?:&&|\|\||(?i:and|or)\b)", "a condition is missing before this operator", ""),
    (r"\)", "this ) closes nothing", "remove it, or open it earlier"),
    (r"\]", "this ] closes nothing", f"open it with .?[ as in {selection_example}"),
    (r";", "one expression ends here", "remove what follows"),
]  # fmt: skip


def explain(text: str, position: int) -> ExpressionError:
    """Return the error for *text*, which stops making sense at *position*."""
    rest = text[position:]
    stripped = rest.lstrip()
    position += len(rest) - len(stripped)
    if not stripped:
        return ExpressionError(*_unfinished(text), text=text, position=len(text))
    for pattern, message, hint in _MISTAKES:
        if re.match(pattern, stripped):
            return ExpressionError(message, text=text, position=position, hint=hint)
    word = _WORD.match(stripped)
    shown = printable(word.group()[:40]) if word else ""
    return ExpressionError(
        f"{shown!r} makes no sense here", text=text, position=position, hint=_expected(text[:position])
    )


def _unfinished(text: str) -> tuple[str]:
    bare = re.sub(r"'(?:[^']|'')*'", "", text)
    for left, right in ("[]", "()"):
        if bare.count(left) > bare.count(right):
            return (f"the expression ends before its {left!r} is closed by {right!r}",)
    return ("the expression ends too early",)


def _expected(before: str) -> str:
    if re.search(r"(?:'|\w|\)|\])\s*$", before) and not re.search(r"(?i)\b(?:eq|ne|and|or|not)\s*$", before):
        return "wanted an operator here: eq, ne, && or ||"
    return "wanted a field, text in single quotes, or (event...)"


def unknown_field(path: str, *, text: str, position: int, inside: bool) -> ExpressionError:
    """Return the error for a *path* that filters can't read, in or outside the brackets of a selection."""
    if inside and path.startswith("event."):
        message = "inside the brackets only the target's own members can be read"
        return ExpressionError(message, text=text, position=position, hint=f"{', '.join(TARGET_FIELDS)} (F7)")
    if path == TARGET_LIST or path.startswith(f"{TARGET_LIST}."):
        message = "the targets are a list, so they have to be selected"
        return ExpressionError(message, text=text, position=position, hint=f"such as {selection_example} (F7)")
    known = TARGET_FIELDS if inside else EVENT_FIELDS
    message = f"{path!r} can't be read by event hook filters"
    hint = did_you_mean(path, known)
    if path.startswith(("event.debugContext", "event.debugData")):
        hint = "the only key that can be read is event.debugData.changedAttributes (F6)"
    elif not inside and f"event.{path}" in EVENT_FIELDS:
        hint = f"did you mean 'event.{path}'?"
    elif path.split(".", maxsplit=1)[0] in {"user", "session", "app", "appuser", "org"}:
        hint = "filters read the event, not Okta's user or app profiles"
    listed = f"readable here: {', '.join(known)}" + ("" if inside else f", {TARGET_LIST}.?[...]")
    return ExpressionError(message, text=text, position=position, hint="\n".join(filter(None, [hint, listed])))


def unknown_method(name: str, *, text: str, position: int) -> ExpressionError:
    """Return the error for a method or function that filters don't have (F9)."""
    hint = did_you_mean(name, ("contains", "size")) if not name.startswith("string") else ""
    known = "event hook filters have .contains('text') and, on a selection, .size(); no other function of Okta's"
    return ExpressionError(
        f"there is no {name}() in event hook filters",
        text=text,
        position=position,
        hint="\n".join(filter(None, [hint, f"{known} Expression Language is documented for them (F9)"])),
    )
