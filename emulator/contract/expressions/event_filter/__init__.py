"""
Event hook filters: Okta's Expression Language as far as an event hook may use it (F1-F21).

Pure: an expression is read once, then asked about any LogEvent, in the shape of a delivery or of the System Log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from emulator.contract.expressions.event_filter.evaluation import Trace, evaluate
from emulator.contract.expressions.event_filter.grammar import Tree, read
from emulator.contract.expressions.event_filter.resolving import resolve
from emulator.contract.expressions.event_filter.strictness import undocumented
from emulator.contract.expressions.faults import EvaluationError, ExpressionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.expressions.event_filter.nodes import Node

__all__ = ["EvaluationError", "EventFilter", "ExpressionError", "Trace", "api_cause", "parse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """A filter that was read; ``text`` as it was written."""

    text: str
    node: Node = field(repr=False)
    tree: Tree = field(repr=False)

    def explain(self, event: Mapping[str, Any]) -> Trace:
        """Return the value for *event* with that of every sub-expression, and why; never raises."""
        return evaluate(self.node, self.text, event)

    def matches(self, event: Mapping[str, Any]) -> bool:
        """
        Say whether *event* passes (F5).

        Raises:
            EvaluationError: there is no answer, such as for ``contains`` asked of null (F14).
        """
        found = self.explain(event)
        if found.failed:
            raise EvaluationError(found.why)
        return found.value is True

    def delivers(self, event: Mapping[str, Any], *, on_error: str = "drop") -> bool:
        """Say whether *event* is delivered; *on_error*, ``drop`` or ``deliver``, decides where there is no answer."""
        try:
            return self.matches(event)
        except EvaluationError:
            return on_error == "deliver"


@lru_cache(maxsize=1024)
def parse(text: str, *, strict: bool = False) -> EventFilter:
    """
    Read the filter *text*.

    Args:
        text: The expression.
        strict: Refuse what Okta doesn't document (F8), even where it was seen to work.

    Raises:
        ExpressionError: it can't be read, or reads what filters can't; ``position`` says where.
    """
    tree = read(text)
    node = resolve(tree, text)
    if strict:
        for found in undocumented(tree):
            raise ExpressionError(found.message, text=text, position=found.position, hint=found.hint)
    return EventFilter(text=text, node=node, tree=tree)


def api_cause(error: ExpressionError) -> str:
    """Return the cause that the API gives for *error* (F16); UNDOCUMENTED: the text for a filter that can't be read is ours."""
    return f"expression: Invalid Okta Expression Language statement at position {error.position}"
