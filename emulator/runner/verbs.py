"""
The register of step verbs, and how a step is read.

A verb is one function under ``@verb`` in a file of ``steps/``; its keyword-only parameters are the step's options, its
docstring is its line in the manual and in the schema.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator.contract.problems import printable
from emulator.names import did_you_mean
from emulator.runner.kinds import Choice, Kind, Option, Pattern, Text, read_members
from emulator.runner.results import Level
from emulator.runner.source import Node, Place, Problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from emulator.contract.model import JsonObject
    from emulator.delivery.exchange import Exchange
    from emulator.runner.references import Scope
    from emulator.runner.session import Session

__all__ = ["Done", "SkipStepError", "Step", "StepList", "Verb", "verb", "verbs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """
    What a step found.

    Args:
        differences: What wasn't as wanted, a line each; none means that the step passed.
        exchanges: The exchanges that prove it.
        saved: What ``${steps.ID...}`` refers to afterwards.
        remedy: What to do about the differences.
        rule: The contract rule it turned on, if not the verb's own.
        silent: The step only holds others, which have reported themselves.
    """

    differences: tuple[str, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    saved: Mapping[str, Any] | None = None
    remedy: str = ""
    rule: str = ""
    silent: bool = False


class SkipStepError(Exception):
    """The step means nothing for this target; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """Something a step can do."""

    name: str
    argument: Kind
    options: Mapping[str, Option]
    rule: str
    function: Callable[..., Done]
    parameters: Mapping[str, str]
    doc: str
    takes_types: bool = False

    @property
    def holds_steps(self) -> bool:
        """Whether the step contains others; its function then also gets the label that theirs begin with."""
        return self.argument.lazy or any(option.kind.lazy for option in self.options.values())

    def kind_of(self, key: str) -> Kind | None:
        """Return the kind of the argument or of an option, None for a key that is unknown."""
        if key == self.name:
            return self.argument
        return self.options[key].kind if key in self.options else None

    def __call__(self, session: Session, argument: Any, options: Mapping[str, Any], *, label: str) -> Done:
        """Carry a step out."""
        given = {self.parameters[key]: value for key, value in options.items()}
        if self.holds_steps:
            return self.function(session, argument, label, **given)
        return self.function(session, argument, **given)


_COMMON: Mapping[str, Option] = {
    "id": Option(Pattern(r"[A-Za-z_][\w-]*", "a name of letters, digits, - and _"), "How ${steps.ID...} refers to it."),
    "name": Option(Text(), "What the step is about, for reports."),
    "rule": Option(Pattern(r"[A-Z][0-9]{1,2}", "the id of a contract rule, such as D12"), "The rule it turns on."),
    "level": Option(Choice("level", tuple(Level)), "How much it matters: must (the default), should or may."),
}
_known: dict[str, Verb] = {}


def verb(
    name: str, argument: Kind, *, rule: str = "", takes_types: bool = False, **options: Option
) -> Callable[[Callable[..., Done]], Callable[..., Done]]:
    """
    Register the decorated function as the verb *name*.

    It is called with the session, the argument, and the given options as keywords; an option whose name Python keeps
    for itself has an underscore behind it.  With *takes_types* the argument names event types, which are checked.

    Raises:
        ValueError: the name is taken, or options and parameters differ.
    """

    def register(function: Callable[..., Done]) -> Callable[..., Done]:
        given = {key.rstrip("_"): option for key, option in options.items()}
        taken = inspect.signature(function).parameters.values()
        parameters = {p.name.rstrip("_"): p.name for p in taken if p.kind is inspect.Parameter.KEYWORD_ONLY}
        if set(parameters) != set(given):
            raise ValueError(f"the verb {name!r} has the options {set(given)}, its function takes {set(parameters)}")
        owner = _known.get(name)
        if owner is not None:
            raise ValueError(f"the verb {name!r} is {owner.function.__module__}.{owner.function.__qualname__}'s")
        doc = (inspect.getdoc(function) or "").partition("\n")[0]
        clash = set(given) & set(_COMMON)
        if clash:
            raise ValueError(f"the verb {name!r}: every step has {clash} already")
        _known[name] = Verb(
            name=name,
            argument=argument,
            options={**given, **_COMMON},
            rule=rule,
            function=function,
            parameters=parameters,
            doc=doc,
            takes_types=takes_types,
        )
        return function

    return register


@cache
def verbs() -> Mapping[str, Verb]:
    """Return all verbs by name, found by listing ``steps/``."""
    for path in sorted((Path(__file__).parent / "steps").glob("*.py")):
        if path.stem != "__init__":
            import_module(f"emulator.runner.steps.{path.stem}")
    return dict(sorted(_known.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a scenario as it stands in the file."""

    verb: Verb
    node: Node
    id: str = ""

    @property
    def place(self) -> Place:
        """Where its verb stands."""
        return self.node.keys[self.verb.name]

    def title(self, scope: Scope) -> str:
        """Return its name, or what it does in a few words."""
        name = self.node.value.get("name")
        if name is not None:
            return printable(str(scope.shown(name).value))
        if self.verb.argument.lazy:
            number = len(self.node.value[self.verb.name].value)
            argument = f"of {number} step{'s' if number != 1 else ''}"
        else:
            argument = _flow(scope.shown(self.node.value[self.verb.name]))
        extras = [f"{key}: {_flow(scope.shown(self.node.value[key]))}" for key in _TELLING if key in self.node.value]
        title = printable(", ".join([f"{self.verb.name} {argument}".strip(), *extras]))
        return title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE]}..."

    def read(self, scope: Scope) -> tuple[Any, dict[str, Any]]:
        """
        Return the argument and the options, references replaced.

        Raises:
            ScenarioError: a value doesn't fit, or a reference leads nowhere.
        """
        problems = Problems()
        found: dict[str, Any] = {}
        for key, member in self.node.value.items():
            kind = self.verb.kind_of(key)
            if kind is not None:
                found[key] = kind.read(member if kind.lazy else scope.resolve(member), problems)
        problems.raise_if_any()
        argument = found.pop(self.verb.name)
        for common in _COMMON:
            found.pop(common, None)
        return argument, found


_LONGEST_TITLE = 160
# Options without which a step's title would hide what it is about.
_TELLING = ("auth", "faults", "count", "batch", "order", "shape", "outcome", "ago", "times")


def _flow(node: Node) -> str:
    """Return a short value as YAML would have it in one line; steps and longer things are left out."""
    if isinstance(node.value, dict):
        # Headers may hold secrets that nobody has told the redactor of yet.
        inside = [f"{key}: {_flow(member)}" for key, member in node.value.items() if key != "headers"]
        return f"{{{', '.join(inside)}}}" if inside else ""
    if isinstance(node.value, list):
        return ", ".join(_flow(item) for item in node.value) if len(node.value) <= 3 else f"{len(node.value)} values"
    if isinstance(node.value, bool):
        return str(node.value).lower()
    return "" if node.value is None else str(node.value)


class StepList(Kind):
    """A list of steps."""

    wanted = "a list of steps"
    lazy = True

    def schema(self) -> JsonObject:
        """Return the JSON Schema of such values."""
        return {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}}

    def _read(self, node: Node, problems: Problems) -> tuple[Step, ...] | None:
        if not isinstance(node.value, list):
            self._refuse(node, problems)
            return None
        if not node.value:
            problems(node, "there are no steps", f"a step begins with one of: {', '.join(verbs())}")
        return tuple(_steps(node, problems))


def _steps(node: Node, problems: Problems) -> Iterator[Step]:
    for item in node.value:
        if not isinstance(item.value, dict) or not item.value:
            problems(item, f"wanted a step, not {item.shown()}", "write it like - deliver: user.lifecycle.deactivate")
            continue
        named = [key for key in item.value if key in verbs()]
        if not named:
            first = next(iter(item.value))
            hints = [did_you_mean(first, verbs()), f"known steps: {', '.join(verbs())}"]
            problems(item.keys[first], f"unknown step {first!r}", "\n".join(filter(None, hints)))
            continue
        if len(named) > 1:
            hint = "begin each step with its own '-'"
            problems(item.keys[named[1]], f"a step does one thing, and this one has {named[0]!r} already", hint)
            continue
        found = verbs()[named[0]]
        options = {found.name: Option(found.argument, found.doc), **found.options}
        read = read_members(item, options, problems, what=f"the step {found.name!r}")
        yield Step(verb=found, node=item, id=read.get("id") or "")
