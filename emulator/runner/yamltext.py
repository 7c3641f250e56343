"""
YAML as scenario files use it: 1.2 scalars, each value with its place, and nothing that surprises.

``off`` and ``12:30:00`` are texts.  A key given twice, a tag that makes objects, and aliases that grow without end are
errors.  Anchors, aliases and merge keys (``<<``) work.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import yaml

from emulator.runner.source import Node, Place, Problem, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LARGEST", "parse", "scalar"]

LARGEST: Final = 1024 * 1024  # bytes
_DEEPEST = 50
_MOST_NODES = 20_000  # after aliases are followed; the longest sensible scenario has a hundredth of it

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"(?:true|True|TRUE)|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_JSON = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_WORDS = {
    "found character '\\t' that cannot start any token": "a tab can't indent",
    "found character that cannot start any token": "a tab can't indent, and a value can't start with @, ` or %",
    "mapping values are not allowed here": "a ':' too much, or text that needs quotes",
    "mapping values are not allowed in this context": "a ':' too much, or text that needs quotes",
}


def parse(data: bytes, name: str) -> Node:
    """
    Return the document in *data*.

    Args:
        data: The bytes of a file, UTF-8 with or without a byte order mark.
        name: What to call the file in messages.

    Raises:
        ScenarioError: it can't be read; the message has line and column.
    """
    if len(data) > LARGEST:
        raise _stop(Place(Source(name), 1, 1), f"the file is larger than {LARGEST // 1024} KiB", "split it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _stop(Place(Source(name), line, 1), "the file is not UTF-8 text", "save it as UTF-8") from None
    source = Source(name, tuple(_LINE_BREAK.split(text)))
    try:
        return _Composer(text, source).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(source, mark.line + 1, mark.column + 1) if mark else Place(source, 1, 1)
        said = error.problem or error.context or "it can't be read"
        raise _stop(place, f"this is not YAML: {_WORDS.get(said, said)}") from None
    except yaml.YAMLError as error:
        # The reader's errors have a position but no mark.
        at = getattr(error, "position", None) or 0
        place = Place(source, text[:at].count("\n") + 1, 1)
        raise _stop(place, "this is not YAML: it holds a character that isn't allowed") from None


def scalar(text: str) -> Any:
    """Return what a plain scalar stands for in YAML 1.2's core schema: null, a boolean, a number or the text."""
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text[0] in "tT"
    if _INT.fullmatch(text):
        if len(text) > 4000:
            return text
        return int(text, 0) if text[:2] in {"0o", "0x"} else int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return text if number in {float("inf"), float("-inf")} else number
    return text


def _stop(place: Place, message: str, hint: str = "") -> Exception:
    return Problem(place=place, message=message, hint=hint).error()


class _Composer:
    """Makes nodes of the parser's events; it counts, so that neither depth nor aliases can exhaust the machine."""

    def __init__(self, text: str, source: Source) -> None:
        self._source = source
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._open: set[str] = set()
        self._count = 0

    def document(self) -> Node:
        first = next(self._events)
        while not isinstance(first, yaml.DocumentStartEvent | yaml.StreamEndEvent):
            first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            raise _stop(Place(self._source, 1, 1), "the file is empty", "a scenario has at least a list of steps")
        root = self._node(next(self._events), 0)
        next(self._events)  # the document's end
        again = next(self._events)
        if isinstance(again, yaml.DocumentStartEvent):
            raise _stop(self._place(again), "a second document begins here", "put each scenario into its own file")
        return root

    def _place(self, event: Any) -> Place:
        return Place(self._source, event.start_mark.line + 1, event.start_mark.column + 1)

    def _grow(self, place: Place, by: int = 1) -> None:
        self._count += by
        if self._count > _MOST_NODES:
            raise _stop(place, f"the file has more than {_MOST_NODES} values once its aliases are followed")

    def _node(self, event: Any, depth: int) -> Node:
        place = self._place(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, place)
        if depth > _DEEPEST:
            raise _stop(place, f"nested more than {_DEEPEST} levels deep")
        before = self._count
        self._grow(place)
        if event.anchor:
            self._open.add(event.anchor)
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, place)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._refuse_tag(event, place, "seq")
            node = Node(value=list(self._items(depth)), place=place)
        else:
            self._refuse_tag(event, place, "map")
            node = self._mapping(place, depth)
        if event.anchor:
            self._open.discard(event.anchor)
            self._anchors[event.anchor] = (node, self._count - before)
        return node

    def _alias(self, event: Any, place: Place) -> Node:
        if event.anchor in self._open:
            raise _stop(place, f"the alias *{event.anchor} lies inside what it stands for")
        if event.anchor not in self._anchors:
            raise _stop(place, f"there is no anchor &{event.anchor} before this alias")
        node, size = self._anchors[event.anchor]
        self._grow(place, size)
        return replace(node, place=place)

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _mapping(self, place: Place, depth: int) -> Node:
        members: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        merged: dict[str, tuple[Node, Place]] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            at = self._place(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise _stop(
                    at, "a key has to be text", "keys that hold lists, mappings or aliases have no meaning here"
                )
            value = self._node(next(self._events), depth + 1)
            if event.value == "<<" and not event.style:
                merged |= self._merge(value)
                continue
            if event.value in members:
                first = keys[event.value]
                raise _stop(at, f"the key {event.value!r} is given twice", f"it was first given in line {first.line}")
            members[event.value], keys[event.value] = value, at
        for key, (value, at) in merged.items():
            if key not in members:
                members[key], keys[key] = value, at
        return Node(value=members, place=place, keys=keys)

    def _merge(self, node: Node) -> dict[str, tuple[Node, Place]]:
        sources = node.value if isinstance(node.value, list) else [node]
        found: dict[str, tuple[Node, Place]] = {}
        for source in sources:
            if not isinstance(source.value, dict):
                raise _stop(source.place, f"<< merges mappings, and this is {source.kind}", "write <<: *anchor")
            for key, value in source.value.items():
                found.setdefault(key, (value, source.keys[key]))
        return found

    def _scalar(self, event: Any, place: Place) -> Node:
        plain = not event.style and event.tag is None
        if plain and _NOT_JSON.fullmatch(event.value):
            raise _stop(place, f"JSON has no {event.value}", "put it in quotes if it is meant as text")
        tag = (event.tag or "").removeprefix(_TAG)
        if tag in {"", "!", "str"}:
            value = scalar(event.value) if plain else event.value
        elif tag in {"null", "bool", "int", "float"}:
            value = scalar(event.value)
        else:
            raise _unknown_tag(event, place)
        return Node(value=value, place=place, deferred=isinstance(value, str) and "${" in value)

    def _refuse_tag(self, event: Any, place: Place, own: str) -> None:
        if event.tag not in {None, "!", f"{_TAG}{own}"}:
            raise _unknown_tag(event, place)


def _unknown_tag(event: Any, place: Place) -> Exception:
    tag = event.tag.replace(_TAG, "!!")
    return _stop(place, f"the tag {tag} is not known here", "write plain YAML, without tags")
