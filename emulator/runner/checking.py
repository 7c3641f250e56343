"""What can be wrong with steps although each value is well formed: names that nothing has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emulator.contract.catalogue import known_types, matching_types
from emulator.contract.rules import RULES
from emulator.errors import UsageError
from emulator.names import did_you_mean
from emulator.runner.references import check_references
from emulator.runner.source import Problems

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from emulator.runner.source import Node, Place
    from emulator.runner.verbs import Step

__all__ = ["StepCheck"]


@dataclass(slots=True, kw_only=True)
class StepCheck:
    """
    Checks the steps of a scenario in their order.

    Args:
        known: The names of variables.
        types: The event types that the scenario describes.
        problems: Where to note what is wrong.
    """

    known: set[str]
    types: Collection[str]
    problems: Problems
    ids: dict[str, Place] = field(default_factory=dict)

    def __call__(self, steps: Sequence[Step]) -> None:
        """Check *steps*, and those within them."""
        for step in steps:
            for key, member in step.node.value.items():
                kind = step.verb.kind_of(key)
                if kind is not None and kind.lazy:
                    self(kind.read(member, Problems()) or ())
                elif kind is not None:
                    check_references(member, self.known, self.ids, self.problems)
            self._types(step)
            self._repeated(step)
            self._rule(step)
            self._id(step)

    def _types(self, step: Step) -> None:
        if not step.verb.takes_types:
            return
        argument = step.node.value[step.verb.name]
        for item in argument.value if isinstance(argument.value, list) else [argument]:
            if isinstance(item.value, str) and not item.deferred and item.value not in self.types:
                self._type(item)

    def _type(self, item: Node) -> None:
        try:
            matching_types(item.value)
        except UsageError as error:
            hint = did_you_mean(item.value, [*self.types, *known_types()])
            self.problems(item, error.message, f"{hint}\nor describe it under events:".strip())

    def _repeated(self, step: Step) -> None:
        """Note a step that another one names, if there is none."""
        argument = step.node.value[step.verb.name]
        name = argument.value.get("step") if isinstance(argument.value, dict) else None
        if name is not None and not name.deferred and isinstance(name.value, str) and name.value not in self.ids:
            hint = did_you_mean(name.value, self.ids) or "give the deliver step an id: and name it here"
            self.problems(name, f"no step before this one has the id {name.value!r}", hint)

    def _rule(self, step: Step) -> None:
        rule = step.node.value.get("rule")
        if rule is not None and isinstance(rule.value, str) and rule.value not in RULES:
            self.problems(rule, f"there is no contract rule {rule.value!r}", did_you_mean(rule.value, RULES))

    def _id(self, step: Step) -> None:
        if not step.id:
            return
        at = step.node.value["id"]
        if step.id in self.ids:
            self.problems(at, f"two steps have the id {step.id!r}", f"the other is at {self.ids[step.id]}")
        self.ids[step.id] = at.place
