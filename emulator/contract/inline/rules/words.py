"""Which of Okta's words was meant: by its spelling, or by its sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.rules.registry import broken
from emulator.contract.problems import Path, Problem, describe
from emulator.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["meant", "word_problem"]

_SENSES: Final = (
    {"verified", "valid", "true", "ok", "success", "match", "correct", "authenticated", "accepted"},
    {"unverified", "invalid", "false", "failed", "failure", "mismatch", "incorrect", "wrong", "rejected", "denied"},
    {"allow", "allowed", "accept", "accepted", "approve", "approved", "permit", "ok", "true", "success"},
    {"deny", "denied", "reject", "rejected", "refuse", "refused", "block", "blocked", "forbid", "false"},
    {"successful", "success", "succeeded", "sent", "delivered", "ok", "true", "done"},
    {"pending", "queued", "accepted", "processing", "in_progress", "sending", "unknown", "scheduled"},
    {"failed", "fail", "failure", "error", "undelivered", "unsuccessful", "rejected", "false"},
    {"create_user", "create", "new", "new_user"},
    {"add", "insert", "create", "append"},
    {"replace", "update", "set", "change", "modify", "put", "patch"},
    {"remove", "delete", "unset", "clear"},
    {"link_user", "link", "match", "matched", "existing", "merge"},
)


def meant(value: Any, words: Sequence[str]) -> str:
    """Return the one of the *words* that *value* most likely stands for, or an empty string."""
    if not isinstance(value, str | bool):
        return ""
    text = str(value).strip().lower().replace("-", "_").replace(" ", "_")
    for word in words:
        if text == word.lower():
            return word
    for word in words:
        if any(word.lower() in sense and text in sense for sense in _SENSES):
            return word
    found = nearest(text, words, count=1)
    return found[0] if found else ""


def word_problem(path: Path, value: Any, words: Sequence[str], *, rule: str = "I7") -> Iterator[Problem]:
    """Yield the problem of a *value* that is none of the *words*."""
    if value in words:
        return
    word = meant(value, words)
    listed = f"{', '.join(words[:-1])} or {words[-1]}"
    if isinstance(value, str) and value.strip().upper() == word:
        hint = f'write it exactly "{word}": capitals and spaces count'
    else:
        hint = f'did you mean "{word}"? it takes {listed}' if word else f"it takes {listed}"
    yield broken(path, rule, f"got {describe(value)}, wanted {listed}", hint)
