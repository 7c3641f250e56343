"""A scenario file: what it may hold, and how it is read; everything that is wrong with it is told at once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.problems import printable
from emulator.errors import HarnessError
from emulator.runner.checking import StepCheck
from emulator.runner.definitions import EVENTS, check_events, read_event_file
from emulator.runner.kinds import ANY, Either, Many, MapOf, Option, Pattern, Record, Text, Whole, read_members
from emulator.runner.references import check_references
from emulator.runner.selection import read_file
from emulator.runner.source import InvalidScenarioError, Node, Place, Problems
from emulator.runner.verbs import Step, StepList
from emulator.runner.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from emulator.payloads.custom import CustomType

__all__ = ["BUILT_IN", "OPTIONS", "Scenario", "load"]

# Names that every scenario knows.
BUILT_IN: Final = ("HOOK_URL", "scenario", "seed", "turn")

_MOST_VARIANTS: Final = 200
_HEADER_NAME = Pattern(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", "a header name")


class _Secretly(Record):
    """A record whose place may hold a secret by mistake, so that it is not repeated."""

    def _refuse(self, node: Node, problems: Problems) -> None:
        problems(replace(node.place, hidden=True), f"wanted {self.wanted}, not {node.kind}")


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
                    _Secretly(
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
        "Start the reference receiver for this scenario: it has to misbehave, or with {} no other will do.",
    ),
    "profile": Option(Text(), "Readings of doubtful rules, such as retry.on_3xx=on."),
    "events": Option(
        Either((dict, EVENTS), ((str, list), Many(Text("the name of an event type file")))),
        "Event types of your own, or the files that describe them, relative to this one.",
    ),
    "matrix": Option(
        MapOf(Many(ANY), what="a mapping of names to lists"),
        "Values for ${...}; the story is told once for each combination.",
    ),
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
    matrix: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    events: Node | None = None
    event_files: Mapping[str, CustomType] = field(default_factory=dict)
    hook: Node | None = None
    receiver: Node | None = None
    profile: str = ""
    place: Place

    def variants(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Return each combination of the matrix with its id; without a matrix, the scenario itself."""
        if not self.matrix:
            return [(self.id, {})]
        names = list(self.matrix)
        combinations = [dict(zip(names, values, strict=True)) for values in product(*self.matrix.values())]
        return [(f"{self.id}[{', '.join(map(_short, values.values()))}]", values) for values in combinations]

    @property
    def needs_own_receiver(self) -> bool:
        """Whether it tells of our receiver, which misbehaves or answers inline hooks, so that no other can take its place."""
        return self.receiver is not None and (not self.receiver.value or "misbehave" in self.receiver.value)


def load(data: bytes, path: str, *, given: Collection[str] = (), types: Collection[str] = ()) -> Scenario:
    """
    Read a scenario.

    Args:
        data: The file's bytes.
        path: The file's name, for messages.
        given: Names of variables that come from elsewhere, such as ``--var``.
        types: Names of event types that come from elsewhere, such as ``--events``.

    Raises:
        ScenarioError: something is wrong with it; the message has every place.
    """
    root = parse(data, path)
    problems = Problems()
    if not isinstance(root.value, dict):
        problems(root, f"a scenario is a mapping, not {root.kind}", "begin with scenario: and steps:")
        problems.raise_if_any()
    found = read_members(root, OPTIONS, problems, what="a scenario")
    variables, matrix = found.get("vars") or {}, found.get("matrix") or {}
    known = {*variables, *matrix, *given, *BUILT_IN}
    events, files = _events(root, path, known, problems)
    for key, member in root.value.items():
        if key not in {"steps", "finally", "events"}:
            check_references(member, known, (), problems)
    steps = found.get("steps") or ()
    at_last = found.get("finally") or ()
    check = StepCheck(
        known=known, types={*types, *files, *(events.value if events is not None else ())}, problems=problems
    )
    check(steps)
    check(at_last)
    _check_matrix(root, matrix, variables, problems)
    _check_profile(root, found.get("profile"), problems)
    problems.raise_if_any()
    return Scenario(
        id=PurePath(path).stem,
        path=path,
        title=printable(found["scenario"] or ""),
        about=found.get("about") or "",
        steps=steps,
        at_last=at_last,
        seed=found.get("seed"),
        variables=variables,
        matrix=matrix,
        events=events,
        event_files=files,
        hook=root.value.get("hook"),
        receiver=root.value.get("receiver"),
        profile=found.get("profile") or "",
        place=root.place,
    )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _events(
    root: Node, path: str, known: Collection[str], problems: Problems
) -> tuple[Node | None, Mapping[str, CustomType]]:
    node = root.value.get("events")
    if node is None:
        return None, {}
    if isinstance(node.value, dict):
        check_events(node, known, problems)
        return node, {}
    found: dict[str, CustomType] = {}
    for item in node.value if isinstance(node.value, list) else [node]:
        if not isinstance(item.value, str):
            continue
        file = Path(path).parent / item.value
        try:
            found.update(read_event_file(read_file(file, str(file)), str(file)))
        except InvalidScenarioError as error:
            problems.found += error.problems
        except HarnessError as error:
            problems(item, f"{item.value!r} can't be used: {error.message}", error.where)
    return None, found


def _check_matrix(root: Node, matrix: Mapping[str, Any], variables: Mapping[str, Any], problems: Problems) -> None:
    number = prod(len(values) for values in matrix.values() if values)
    if number > _MOST_VARIANTS:
        problems(root.value["matrix"], f"the matrix has {number} combinations, the most is {_MOST_VARIANTS}")
    for name in set(matrix) & {*variables, *BUILT_IN}:
        problems(root.value["matrix"].keys[name], f"{name!r} is a variable already", "give it another name")


def _check_profile(root: Node, text: str | None, problems: Problems) -> None:
    from emulator.contract.profile import profile
    from emulator.errors import UsageError

    try:
        profile(text or "")
    except UsageError as error:
        problems(root.value["profile"], error.message, error.hint)
