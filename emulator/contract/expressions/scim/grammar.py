"""The grammar of SCIM filters as Okta's lists take them (L6): comparisons, ``and``, ``or``, ``not``, parentheses."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, Final, cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from emulator.contract.expressions.faults import MAX_DEPTH, MAX_LENGTH, ExpressionError
from emulator.contract.expressions.scim.nodes import And, Node, Not, Or, Scalar, Term
from emulator.contract.problems import printable

__all__ = ["read"]

# Any word may stand where an operator is due, so that an unknown one can be named as Okta names it (L7).
_GRAMMAR: Final = r"""
    start: disjunction
    ?disjunction: conjunction (OR conjunction)*
    ?conjunction: unary (AND unary)*
    ?unary: NOT unary -> negation
        | PATH PRESENT -> present
        | PATH OPERATOR value -> comparison
        | "(" disjunction ")"
    value: STRING | NUMBER | TRUE | FALSE | NULL

    PATH: /[^\W\d][\w.$:\-]*/
    OPERATOR: /[^\s()\[\]"]+/
    STRING: /"(?:[^"\\]|\\.)*"/s
    NUMBER: /-?[0-9]+(?:\.[0-9]+)?(?![\w.:\-])/
    PRESENT.2: /pr(?![^\s()])/i
    NOT.2: /not(?=[\s(])/i
    AND: /and(?=[\s(])/i
    OR: /or(?=[\s(])/i
    TRUE: /true\b/i
    FALSE: /false\b/i
    NULL: /null\b/i
    %ignore /\s+/
"""
_WORDS: Final[dict[str, Scalar]] = {"TRUE": True, "FALSE": False, "NULL": None}
_MOST_DIGITS: Final = 30


class _RefusedError(Exception):
    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class _Builder(Transformer[Token, Node]):
    """Builds the tree while the text is being parsed, so that nothing recurses."""

    def start(self, parts: list[Node]) -> Node:
        return parts[0]

    def disjunction(self, parts: list[Any]) -> Node:
        return Or(parts=tuple(parts[::2]), start=parts[0].start, depth=_depth(parts[1], parts[::2]))

    def conjunction(self, parts: list[Any]) -> Node:
        return And(parts=tuple(parts[::2]), start=parts[0].start, depth=_depth(parts[1], parts[::2]))

    def negation(self, parts: list[Any]) -> Node:
        return Not(of=parts[1], start=parts[0].start_pos, depth=_depth(parts[0], parts[1:]))

    def present(self, parts: list[Token]) -> Node:
        path, operator = parts
        return Term(path=str(path), operator="pr", start=path.start_pos or 0, operator_at=operator.start_pos or 0)

    def comparison(self, parts: list[Any]) -> Node:
        path, operator, (value,) = parts
        return Term(
            path=str(path),
            operator=str(operator).lower(),
            operator_at=operator.start_pos,
            value=value,
            start=path.start_pos,
        )

    def value(self, parts: list[Token]) -> tuple[Scalar]:
        token = parts[0]
        if token.type in _WORDS:
            return (_WORDS[token.type],)
        if token.type == "NUMBER" and len(token) > _MOST_DIGITS:
            raise _RefusedError("this number is too long", token.start_pos or 0)
        try:
            # A line break inside a string is no JSON, but nothing is gained by refusing it.
            return (cast("Scalar", json.loads(str(token), strict=False)),)
        except ValueError:
            raise _RefusedError("an escape in this string is unknown", token.start_pos or 0) from None


def _depth(token: Token, parts: list[Node]) -> int:
    depth = 1 + max(part.depth for part in parts)
    if depth > MAX_DEPTH:
        raise _RefusedError(f"more than {MAX_DEPTH} conditions inside each other", token.start_pos or 0)
    return depth


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", transformer=_Builder())


def read(text: str) -> Node:
    """
    Return the condition that *text* stands for; whether its names exist is not looked at.

    Raises:
        ExpressionError: it can't be read.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the filter has {len(text)} characters, at most {MAX_LENGTH}", text="", position=0)
    if not text.strip():
        raise ExpressionError("the filter is empty", text=text, position=0)
    try:
        return cast("Node", _parser().parse(text))
    except _RefusedError as error:
        raise ExpressionError(error.message, text=text, position=error.position) from None
    except UnexpectedToken as error:
        at = len(text) if error.token.type == "$END" else error.token.start_pos or 0
        raise _explain(text, at) from None
    except UnexpectedCharacters as error:
        raise _explain(text, error.pos_in_stream or 0) from None


_MISTAKES: Final = [
    (r"'", "text goes in double quotes", 'write "SUCCESS"'),
    (r'"', "this text has no end", 'close it with ", and write \\" for one inside it'),
    (r"[\u201c\u201d\u201e]", "this is a typographic quote", 'use the plain double quote "'),
    (r"\[", "value filters in [ ] are not supported", "write a dotted path: target.id (L6)"),
    (r"&&?", "& joins nothing", "write and"),
    (r"\|\|?", "| joins nothing", "write or"),
    (r"\)", "this ) closes nothing", "remove it, or open it earlier"),
    (r"\d{4}-\d\d-", "a date goes in double quotes", 'write "2026-08-21T00:00:00.000Z"'),
]


def _explain(text: str, position: int) -> ExpressionError:
    rest = text[position:].lstrip()
    position = len(text) - len(rest)
    if not rest:
        bare = re.sub(r'"(?:[^"\\]|\\.)*+"?', "", text)
        unclosed = bare.count("(") > bare.count(")")
        return ExpressionError(
            "a ( is not closed" if unclosed else "the filter ends too early", text=text, position=len(text)
        )
    for pattern, message, hint in _MISTAKES:
        if re.match(pattern, rest):
            return ExpressionError(message, text=text, position=position, hint=hint)
    word = re.match(r"\S+", rest)
    shown = printable(word.group()[:40]) if word else ""
    return ExpressionError(
        f"{shown!r} makes no sense here",
        text=text,
        position=position,
        hint='write attribute eq "value", joined by and, or',
    )
