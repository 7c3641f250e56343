"""A scenario file: what it may hold, and how it is read; everything that is wrong with it is told at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from emulator.names import did_you_mean
from emulator.runner.kinds import ANY, Either, Many, MapOf, Option, Pattern, Record, Text, Whole, read_members
from emulator.runner.references import check_references
from emulator.runner.source import Node, Place, Problems
from emulator.runner.verbs import Step, StepList
from emulator.runner.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

__all__ = ["BUILT_IN", "OPTIONS", "Scenario", "load"]

# Names that every scenario knows.
BUILT_IN: Final = ("HOOK_URL", "scenario", "seed", "turn")

_HEADER_NAME = Pattern(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", "a header name")


class _Misbehaviours(Many):
    """Names of misbehaviours of the reference receiver, checked by reading them."""

    def __init__(self) -> None:
        super().__init__(Text("a misbehaviour such as slow=4"))

    def _read(self, node: Node, problems: Problems) -> tuple[Any, ...] | None:
        from emulator.errors import UsageError
        from receiver import replies

        found = super()._read(node, problems)
        items = node.value if isinstance(node.value, list) else [node]
        for item, text in zip(items, found or (), strict=False):
            if text is None:
                continue
            try:
                replies.read(text)
            except UsageError as error:
                problems(item, error.message, error.hint)
        return found


OPTIONS: Final[Mapping[str, Option]] = {
    "scenario": Option(Text(), "The story in one line.", required=True),
    "about": Option(Text(), "More about it: why it matters, what Okta's contract says."),
    "seed": Option(Whole(), "The same seed gives the same bytes; by default a new one for each run."),
    "hook": Option(
        Record(
            "hook",
            {
                "url": Option(Text(), "The hook URL; --url goes before it."),
                "auth": Option(
                    Record(
                        "auth",
                        {
                            "header": Option(_HEADER_NAME, "The auth header's name; by default Authorization."),
                            "value": Option(Text(), 'Its whole value, best as "${env:NAME}".', required=True),
                        },
                    ),
                    "The auth header; --header goes before it.",
                ),
                "headers": Option(MapOf(Text(), what="a mapping of header names to values"), "Further headers."),
            },
        ),
        "Where the hook is, and what authenticates Okta.",
    ),
    "receiver": Option(
        Either(
            (
                dict,
                Record(
                    "receiver",
                    {
                        "misbehave": Option(_Misbehaviours(), "What it does wrong, such as slow=4."),
                        "auth": Option(Text(), "The value of its auth header; by default a secret of its own."),
                    },
                ),
            ),
        ),
        "Start the reference receiver for this scenario, mostly because it has to misbehave.",
    ),
    "profile": Option(Text(), "Readings of doubtful rules, such as retry.on_3xx=on."),
    "vars": Option(MapOf(ANY, what="a mapping of names to values"), "Names for ${...}; --var goes before them."),
    "steps": Option(StepList(), "What happens, in order.", required=True),
    "finally": Option(StepList(), "What happens at the end, whatever came before."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """
    One story, checked as far as can be without running it.

    ``id`` is the file's name without its ending; ``path`` is the file as the user named it.
    """

    id: str
    path: str
    title: str
    steps: tuple[Step, ...]
    at_last: tuple[Step, ...] = ()
    about: str = ""
    seed: int | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    hook: Node | None = None
    receiver: Mapping[str, Any] | None = None
    profile: str = ""
    place: Place

    @property
    def needs_own_receiver(self) -> bool:
        """Whether it tells of a receiver that misbehaves, so that no other can take its place."""
        return self.receiver is not None and bool(self.receiver.get("misbehave"))


def load(data: bytes, path: str, *, given: Collection[str] = ()) -> Scenario:
    """
    Read a scenario.

    Args:
        data: The file's bytes.
        path: The file's name, for messages.
        given: Names of variables that come from elsewhere, such as ``--var``.

    Raises:
        ScenarioError: something is wrong with it; the message has every place.
    """
    root = parse(data, path)
    problems = Problems()
    if not isinstance(root.value, dict):
        problems(root, f"a scenario is a mapping, not {root.kind}", "begin with scenario: and steps:")
        problems.raise_if_any()
    found = read_members(root, OPTIONS, problems, what="a scenario")
    variables = found.get("vars") or {}
    known = {*variables, *given, *BUILT_IN}
    for key, member in root.value.items():
        if key not in {"steps", "finally"}:
            check_references(member, known, (), problems)
    steps = found.get("steps") or ()
    at_last = found.get("finally") or ()
    seen: dict[str, Place] = {}
    _check_steps(steps, known, seen, problems)
    _check_steps(at_last, known, seen, problems)
    _check_profile(root, found.get("profile"), problems)
    problems.raise_if_any()
    return Scenario(
        id=PurePath(path).stem,
        path=path,
        title=found["scenario"] or "",
        about=found.get("about") or "",
        steps=steps,
        at_last=at_last,
        seed=found.get("seed"),
        variables=variables,
        hook=root.value.get("hook"),
        receiver=found.get("receiver"),
        profile=found.get("profile") or "",
        place=root.place,
    )


def _check_steps(steps: Sequence[Step], known: set[str], seen: dict[str, Place], problems: Problems) -> None:
    for step in steps:
        for key, member in step.node.value.items():
            kind = step.verb.kind_of(key)
            if kind is None:
                continue  # noted already
            if kind.lazy:
                _check_steps(kind.read(member, Problems()) or (), known, seen, problems)
            else:
                check_references(member, known, seen, problems)
        if step.verb.name == "redeliver":
            _check_redelivered(step, seen, problems)
        _check_rule(step, problems)
        if step.id:
            if step.id in seen:
                problems(
                    step.node.value["id"], f"two steps have the id {step.id!r}", f"the other is at {seen[step.id]}"
                )
            seen[step.id] = step.node.value["id"].place


def _check_redelivered(step: Step, seen: Mapping[str, Place], problems: Problems) -> None:
    argument = step.node.value["redeliver"].value
    name = argument.get("step") if isinstance(argument, dict) else None
    if name is not None and not name.deferred and str(name.value) not in seen:
        hint = did_you_mean(str(name.value), seen) or "give the deliver step an id: and name it here"
        problems(name, f"no step before this one has the id {str(name.value)!r}", hint)


def _check_rule(step: Step, problems: Problems) -> None:
    from emulator.contract.rules import RULES

    rule = step.node.value.get("rule")
    if rule is not None and isinstance(rule.value, str) and rule.value not in RULES:
        problems(rule, f"there is no contract rule {rule.value!r}", did_you_mean(rule.value, RULES))


def _check_profile(root: Node, text: str | None, problems: Problems) -> None:
    from emulator.contract.profile import profile
    from emulator.errors import UsageError

    try:
        profile(text or "")
    except UsageError as error:
        problems(root.value["profile"], error.message, error.hint)
