"""The rules of Okta's contract by id: what each says in a line, and how well it is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from emulator.resources import read_data

__all__ = ["RULES", "Confidence", "Rule"]


class Confidence(StrEnum):
    """How a rule is known; a check that rests on an inferred or unknown one may only warn."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    INFERRED = "inferred"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: its id, what it says in our words, and how it is known."""

    id: str
    statement: str
    confidence: Confidence


class _Rules(Mapping[str, Rule]):
    """The rules in the order of their file, which is read when the first one is asked for."""

    def __getitem__(self, rule_id: str) -> Rule:
        return _table()[rule_id]

    def __iter__(self) -> Iterator[str]:
        return iter(_table())

    def __len__(self) -> int:
        return len(_table())


@cache
def _table() -> dict[str, Rule]:
    lines = json.loads(read_data("schemas/contract-rules.json"))
    return {
        rule_id: Rule(id=rule_id, statement=statement, confidence=Confidence(confidence))
        for rule_id, (confidence, statement) in lines.items()
    }


RULES: Final[Mapping[str, Rule]] = _Rules()
