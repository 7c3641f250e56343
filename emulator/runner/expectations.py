"""What a step expects, and the differences between that and what was seen; no difference means it holds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.delivery.exchange import Failure
from emulator.runner.kinds import (
    ANY,
    DURATION,
    FLAG,
    Choice,
    Either,
    Kind,
    Many,
    MapOf,
    Number,
    Option,
    Pattern,
    Record,
    Regex,
    Text,
    Whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from emulator.delivery.exchange import Exchange, Reply

__all__ = [
    "EXPECT",
    "MATCH",
    "MATCHER",
    "MATCH_OPTIONS",
    "Seen",
    "differences",
    "fill_in",
    "json_at",
    "mismatch",
    "said",
]

_STATUS_CLASS = re.compile(r"[1-5]xx")
_MISSING: Final = object()
_SHOWN = 160

_STATUS: Final = Many(
    Either((int, Whole(100, 599)), (str, Pattern("[1-5]xx", "a status such as 204 or a class such as 2xx")))
)

MATCH_OPTIONS: Final = {
    "equals": Option(ANY, "The very value."),
    "not": Option(ANY, "Any value but this."),
    "contains": Option(Text(), "A text within it, or an element of the list."),
    "matches": Option(Regex(), "A regular expression found in it."),
    "exists": Option(FLAG, "Whether it is there at all."),
    "at_least": Option(Number(), "The least number, or length."),
    "at_most": Option(Number(), "The largest number, or length."),
    "json": Option(Pattern(r"\$?[^\s]*", "a path such as $.count"), "Where in the JSON to look."),
}
MATCHER: Final = Record("match", MATCH_OPTIONS, doc="What a value has to be like.")
MATCH: Final[Kind] = Either((dict, MATCHER), ((str, int, float, bool), Text()))

EXPECT: Final = Record(
    "expect",
    {
        "status": Option(_STATUS, "The status of the last answer: 204, [200, 204] or 2xx."),
        "outcome": Option(Choice("outcome", ("delivered", "failed")), "How the delivery ends."),
        "attempts": Option(Whole(1, 2), "How many attempts it takes."),
        "within": Option(DURATION, "The longest time the last answer may take."),
        "verified": Option(FLAG, "Whether the verification succeeds."),
        "diagnosis": Option(Text("a code such as wrong-key"), "What the doctor says about a failed verification."),
        "error": Option(Many(Choice("error", tuple(Failure))), "Why no answer came."),
        "headers": Option(
            MapOf(MATCH, what="a mapping of header names"), "What headers of the answer have to be like."
        ),
        "body": Option(MATCH, "What the body of the answer has to be like."),
    },
    doc="What has to come of the step.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of a step; ``exchanges`` are its attempts."""

    exchanges: tuple[Exchange, ...]
    outcome: str = ""
    verified: bool | None = None
    diagnoses: tuple[str, ...] = ()
    why: str = ""

    @property
    def last(self) -> Exchange:
        """The attempt that counts."""
        return self.exchanges[-1]


def fill_in(expect: Mapping[str, Any] | None, **usual: Any) -> dict[str, Any]:
    """Return *expect* with what usually goes without saying; an expected status, outcome or error replaces all that."""
    given = dict(expect or {})
    if {"status", "outcome", "error", "verified"} & set(given):
        return given
    return {**usual, **given}


def differences(expect: Mapping[str, Any], seen: Seen) -> tuple[str, ...]:
    """Return a line for each way in which *seen* is not as *expect* says."""
    return tuple(line for key in EXPECT.options if key in expect for line in _CHECKS[key](expect[key], seen))


def _status(wanted: Sequence[int | str], seen: Seen) -> Iterator[str]:
    got = seen.last.status
    if got is None or not any(str(got) == str(one) or str(one) == f"{got // 100}xx" for one in wanted):
        # A timeout, say, has no status; its summary tells more than "none".
        yield said("status", seen.last.summary() if got is None else got, " or ".join(map(str, wanted)))


def _outcome(wanted: str, seen: Seen) -> Iterator[str]:
    if seen.outcome != wanted:
        yield said("outcome", f"{seen.outcome} ({seen.why})" if seen.why else seen.outcome, wanted)


def _attempts(wanted: int, seen: Seen) -> Iterator[str]:
    if len(seen.exchanges) != wanted:
        summaries = "; ".join(exchange.summary() for exchange in seen.exchanges)
        yield said("attempts", f"{len(seen.exchanges)} ({summaries})", str(wanted))


def _within(wanted: float, seen: Seen) -> Iterator[str]:
    if seen.last.elapsed > wanted:
        yield said("time", f"{seen.last.elapsed:.3f} s", f"at most {wanted:g} s")


def _verified(wanted: bool, seen: Seen) -> Iterator[str]:  # noqa: FBT001 (the signature of all checks)
    if seen.verified is not wanted:
        yield said(
            "verification",
            seen.why or ("verified" if seen.verified else "not verified"),
            "verified" if wanted else "not verified",
        )


def _diagnosis(wanted: str, seen: Seen) -> Iterator[str]:
    if wanted not in seen.diagnoses:
        yield said("diagnosis", ", ".join(seen.diagnoses) or "none", wanted)


def _error(wanted: Sequence[str], seen: Seen) -> Iterator[str]:
    if seen.last.failure is None or seen.last.failure.value not in wanted:
        yield said("error", seen.last.summary(), " or ".join(wanted))


def _headers(wanted: Mapping[str, Any], seen: Seen) -> Iterator[str]:
    reply = _reply(seen)
    for name, match in wanted.items():
        found = [value for key, value in reply.headers if key.lower() == name.lower()] if reply else []
        yield from mismatch(f"header {name}", match, found[0] if found else _MISSING)


def _body(wanted: Any, seen: Seen) -> Iterator[str]:
    reply = _reply(seen)
    yield from mismatch("body", wanted, reply.body.decode("utf-8", errors="replace") if reply else _MISSING)


def _reply(seen: Seen) -> Reply | None:
    return seen.last.reply or seen.last.partial


_CHECKS: Final[Mapping[str, Any]] = {
    "status": _status,
    "outcome": _outcome,
    "attempts": _attempts,
    "within": _within,
    "verified": _verified,
    "diagnosis": _diagnosis,
    "error": _error,
    "headers": _headers,
    "body": _body,
}


def mismatch(what: str, match: Any, value: Any) -> Iterator[str]:
    """Yield a line for each condition of *match* that *value* doesn't fulfil; a plain *match* is the very text."""
    conditions = dict(match) if isinstance(match, dict) else {"equals": match}
    path = conditions.pop("json", None)
    if path is not None and value is not _MISSING:
        what = f"{what} {path}"
        try:
            value = json_at(json.loads(value) if isinstance(value, str) else value, path)
        except ValueError:
            yield said(what, _quoted(value), "JSON")
            return
        except LookupError:
            value = _MISSING
    for name, wanted in conditions.items():
        if name == "exists":
            if (value is not _MISSING) is not wanted:
                yield said(what, "absent" if value is _MISSING else _quoted(value), "there" if wanted else "absent")
        elif value is _MISSING:
            yield said(what, "absent", f"{_PHRASES[name]} {_quoted(wanted)}".strip())
        elif not _HOLDS[name](value, wanted):
            yield said(what, _quoted(value), f"{_PHRASES[name]} {_quoted(wanted)}".strip())


def json_at(document: Any, path: str) -> Any:
    """
    Return what lies at *path*, such as ``$.items[0].name`` or ``items.0.name``.

    Raises:
        LookupError: nothing does.
    """
    for part in filter(None, re.split(r"[.\[\]]+", path.removeprefix("$"))):
        key = part.strip("'\"")
        if isinstance(document, list) and key.lstrip("-").isdecimal():
            document = document[int(key)]
        elif isinstance(document, list | dict) and key == "length()":
            document = len(document)
        elif isinstance(document, dict):
            document = document[key]
        else:
            raise LookupError(key)
    return document


def _equal(value: Any, wanted: Any) -> bool:
    if isinstance(value, str) and not isinstance(wanted, str):
        return value == json.dumps(wanted)
    return bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool)


def _size(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return len(value)
    return len(value) if isinstance(value, list | dict) else float("nan")


_HOLDS: Final[Mapping[str, Any]] = {
    "equals": _equal,
    "not": lambda value, wanted: not _equal(value, wanted),
    "contains": lambda value, wanted: wanted in (value if isinstance(value, list | dict) else str(value)),
    "matches": lambda value, wanted: (
        re.search(wanted, value if isinstance(value, str) else json.dumps(value)) is not None
    ),
    "at_least": lambda value, wanted: _size(value) >= wanted,
    "at_most": lambda value, wanted: _size(value) <= wanted,
}
_PHRASES: Final = {
    "equals": "",
    "not": "anything but",
    "contains": "something with",
    "matches": "a match of",
    "at_least": "at least",
    "at_most": "at most",
}


def _quoted(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if value is not None else "null"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"


def said(what: str, got: object, wanted: str) -> str:
    """Return the line that tells a difference."""
    return f"{what}: got {got}, wanted {wanted}"
