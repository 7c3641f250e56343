"""
The language of ``--slo``: what must hold for a load to pass, such as ``p99<3s,errors<0.1%,rate>=95%``.

    objectives: objective (("," | "and") objective)*
    objective: METRIC ("<" | "<=" | ">" | ">=") NUMBER UNIT
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.expressions.faults import MAX_LENGTH, ExpressionError
from emulator.load.units import duration_text
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lark import Lark

    from emulator.load.histogram import Histogram
    from emulator.load.tally import Tally

__all__ = ["DEFAULT_SLO", "METRICS", "Judged", "Objective", "Seen", "read_slo"]

DEFAULT_SLO: Final = "p99<3s,errors<0.1%"

_GRAMMAR: Final = r"""
    start: objective (_AND objective)*
    objective: METRIC COMPARE VALUE
    METRIC: /[A-Za-z0-9]+(\.[A-Za-z0-9]+)*/
    COMPARE: /[<>]=?/
    VALUE: /\d+(\.\d+)?\s*(%|[A-Za-z\/]+)?/
    _AND: /,|and\b/
    %ignore /\s+/
"""
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_PERCENTILE: Final = re.compile(r"(?:(answer|late)\.)?p(\d{1,2}(?:\.\d+)?)")
_DURATIONS: Final = ("s", "ms", "us", "m", "min")
_RATES: Final = ("/s", "/m", "/min", "%")
_SHARES: Final = ("%",)
_SCALE: Final = {
    "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "%": 0.01, "/s": 1.0, "/m": 1 / 60, "/min": 1 / 60,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What objectives are judged by: the statistics, the seconds that were measured, the rate that was asked for."""

    tally: Tally
    seconds: float
    asked: float


def _share(count: Callable[[Tally], int], *, of: Callable[[Tally], int]) -> Callable[[Seen], float | None]:
    def found(seen: Seen) -> float | None:
        whole = of(seen.tally)
        return count(seen.tally) / whole if whole else None

    return found


def _results(*names: str) -> Callable[[Tally], int]:
    return lambda tally: sum(number for result, number in tally.results.items() if result.startswith(names))


def _ended(tally: Tally) -> int:
    return tally.ended


def _attempts(tally: Tally) -> int:
    return tally.attempts


# name -> what it is, its units, and its value
METRICS: Final[dict[str, tuple[str, tuple[str, ...], Callable[[Seen], float | None]]]] = {
    "max": ("the longest", _DURATIONS, lambda seen: seen.tally.latency.highest if seen.tally.ended else None),
    "mean": ("the mean", _DURATIONS, lambda seen: seen.tally.latency.mean if seen.tally.ended else None),
    "errors": ("deliveries that were lost for ever", _SHARES, _share(lambda tally: tally.failed, of=_ended)),
    "retries": ("deliveries that took a second attempt", _SHARES, _share(lambda tally: tally.retried, of=_ended)),
    "timeouts": ("attempts without an answer in time", _SHARES, _share(_results("timeout"), of=_attempts)),
    "4xx": ("attempts that were refused", _SHARES, _share(_results("4"), of=_attempts)),
    "5xx": ("attempts that the receiver failed", _SHARES, _share(_results("5"), of=_attempts)),
    "rate": (
        "acknowledged deliveries a second, or as a part of the rate that was asked for",
        _RATES,
        lambda seen: seen.tally.acknowledged / seen.seconds if seen.seconds else None,
    ),
}
_KNOWN: Final = ("p50", "p90", "p95", "p99", "p99.9", "answer.p99", "late.p99", *METRICS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An objective, what was measured (None if nothing was), and whether it holds."""

    text: str
    measured: str
    holds: bool
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One thing that must hold."""

    metric: str
    compare: str
    number: float
    unit: str

    @property
    def text(self) -> str:
        """The objective as it is written."""
        return f"{self.metric}{self.compare}{self.number:g}{self.unit}"

    @property
    def percent(self) -> float | None:
        """Which percentile it is about, if any."""
        found = _PERCENTILE.fullmatch(self.metric)
        return float(found[2]) if found else None

    def judge(self, seen: Seen) -> Judged:
        """Say whether it holds; what could not be measured does not."""
        value, limit = self._value(seen), self.number * _SCALE[self.unit]
        if value is None:
            return Judged(text=self.text, measured="nothing", holds=False, known=False)
        if self.metric == "rate" and self.unit == "%":
            value = value / seen.asked
        return Judged(
            text=self.text, measured=self._shown(value), holds=_COMPARE[self.compare](value, limit), known=True
        )

    def _value(self, seen: Seen) -> float | None:
        found = _PERCENTILE.fullmatch(self.metric)
        if found is None:
            return METRICS[self.metric][2](seen)
        histogram: Histogram = getattr(seen.tally, found[1] or "latency")
        return histogram.percentile(float(found[2])) if histogram.count else None

    def _shown(self, value: float) -> str:
        if self.unit in _DURATIONS:
            return duration_text(value)
        return f"{value * 100:.3g}%" if self.unit == "%" else f"{value / _SCALE[self.unit]:.4g}{self.unit}"


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(_GRAMMAR, parser="lalr", propagate_positions=True)


def read_slo(text: str, *, where: str = "--slo") -> tuple[Objective, ...]:
    """
    Return the objectives that a text such as ``p99<3s,errors<0.1%`` lists.

    Raises:
        ExpressionError: it can't be read; the message points at the column.
    """
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if len(text) > MAX_LENGTH:
        raise _wrong("it is too long", "", 0, where, f"at most {MAX_LENGTH} characters")
    try:
        tree = _parser().parse(text)
    except UnexpectedToken as error:
        at = len(text.rstrip()) if error.token.type == "$END" else error.token.start_pos or 0
        raise _misread(text, at, error.expected, where) from None
    except UnexpectedCharacters as error:
        raise _misread(text, error.pos_in_stream or 0, error.allowed or (), where) from None
    return tuple(_objective(objective.children, text, where) for objective in tree.children)  # type: ignore[union-attr]


def _objective(tokens: Sequence[Any], text: str, where: str) -> Objective:
    metric, compare, value = tokens
    name = str(metric).lower()
    if not _PERCENTILE.fullmatch(name) and name not in METRICS:
        known = f"metrics: pN, answer.pN, late.pN, {', '.join(METRICS)}"
        hint = "\n".join(filter(None, [did_you_mean(name, _KNOWN), known]))
        raise _wrong(f"unknown metric {str(metric)!r}", text, metric.start_pos, where, hint)
    number, unit = re.fullmatch(r"([\d.]+)\s*(.*)", str(value)).groups()  # type: ignore[union-attr]
    units = METRICS[name][1] if name in METRICS else _DURATIONS
    if unit not in units:
        said = f"{name} is not measured in {unit!r}" if unit else f"{name} needs a unit"
        at = value.start_pos + (len(value) - len(unit) if unit else len(number))
        hint = f"such as {name}{compare}{number}{units[0]}; units: {', '.join(units)}"
        raise _wrong(said, text, at, where, hint)
    return Objective(metric=name, compare=str(compare), number=float(number), unit=unit)


def _misread(text: str, at: int, expected: Any, where: str) -> ExpressionError:
    if not text.strip():
        return _wrong("it is empty", text, 0, where, f"such as {DEFAULT_SLO}")
    found = f"unexpected {text[at]!r}" if at < len(text) else "it ends too early"
    wanted = {"METRIC": "a metric, such as p99", "COMPARE": "one of < <= > >=", "VALUE": "a number, such as 3s or 0.1%"}
    next_one = next((words for name, words in wanted.items() if name in expected), "a comma and another objective")
    return _wrong(found, text, at, where, f"here comes {next_one}; all of it looks like {DEFAULT_SLO}")


def _wrong(message: str, text: str, at: int, where: str, hint: str) -> ExpressionError:
    error = ExpressionError(message, text=text, position=at, hint=hint)
    error.where = f"{where}, column {error.position + 1}"
    return error
