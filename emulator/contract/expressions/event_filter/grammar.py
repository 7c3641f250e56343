"""The grammar of event hook filters (F7-F10), read into a plain tree; what the names in it mean comes later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from emulator.contract.expressions.event_filter.mistakes import explain
from emulator.contract.expressions.faults import MAX_DEPTH, MAX_LENGTH, ExpressionError

__all__ = ["Branch", "Leaf", "Tree", "read"]

# "!" and "not" bind to the next value alone, as in the Spring Expression Language that Okta's is made from.
_GRAMMAR: Final = r"""
    start: disjunction
    ?disjunction: conjunction (OR conjunction)*
    ?conjunction: comparison (AND comparison)*
    ?comparison: unary ((EQ | NE | LT | LE | GT | GE | MATCHES) unary)?
    ?unary: NOT unary -> negation
        | primary
    ?primary: (STRING | INTEGER | TRUE | FALSE | NULL | PATH) -> leaf
        | LEFT disjunction RIGHT -> group
        | PATH SELECT disjunction CLOSE -> selection
        | primary METHOD (primary (COMMA primary)*)? RIGHT -> call

    STRING: /'(?:[^']|'')*'/
    INTEGER: /-?[0-9]+(?![\w.])/
    PATH: /[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*(?!\w|\s*\())*/
    SELECT.4: /\.\s*\?\s*\[/
    METHOD.4: /\.\s*[^\W\d]\w*\s*\(/
    LEFT: "("
    RIGHT: ")"
    CLOSE: "]"
    COMMA: ","
    AND.4: /&&|and\b/i
    OR.4: /\|\||or\b/i
    NOT.4: /!(?!=)|not\b/i
    EQ.4: /==|eq\b/i
    NE.4: /!=|ne\b/i
    LE.4: /<=|le\b/i
    GE.4: />=|ge\b/i
    LT.3: /<|lt\b/i
    GT.3: />|gt\b/i
    MATCHES.4: /matches\b/i
    TRUE.4: /true\b/i
    FALSE.4: /false\b/i
    NULL.4: /null\b/i
    %ignore /\s+/
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A literal or a path: ``kind`` is the terminal's name, ``text`` as it was written."""

    kind: str
    text: str
    start: int
    end: int
    depth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """
    An operation on ``parts``.

    ``kind`` is a rule's name; ``sign`` is the operator, method or path as it was written, ``operator`` the name of
    its terminal, ``sign_at`` its place.
    """

    kind: str
    sign: str = ""
    operator: str = ""
    sign_at: int = 0
    parts: tuple[Tree, ...]
    start: int
    end: int
    depth: int


Tree = Leaf | Branch


class _TooDeepError(Exception):
    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class _Builder(Transformer[Token, Tree]):
    """Builds the tree while the text is being parsed, so that nothing recurses."""

    def start(self, parts: list[Tree]) -> Tree:
        return parts[0]

    def leaf(self, parts: list[Token]) -> Tree:
        token = parts[0]
        return Leaf(kind=token.type, text=str(token), start=token.start_pos or 0, end=token.end_pos or 0)

    def disjunction(self, parts: list[Any]) -> Tree:
        return _branch("or", parts, sign=parts[1])

    def conjunction(self, parts: list[Any]) -> Tree:
        return _branch("and", parts, sign=parts[1])

    def comparison(self, parts: list[Any]) -> Tree:
        return _branch("comparison", parts, sign=parts[1])

    def negation(self, parts: list[Any]) -> Tree:
        return _branch("not", parts, sign=parts[0])

    def group(self, parts: list[Any]) -> Tree:
        return _branch("group", parts, sign=parts[0])

    def selection(self, parts: list[Any]) -> Tree:
        return _branch("selection", parts, sign=parts[0])

    def call(self, parts: list[Any]) -> Tree:
        return _branch("call", parts, sign=parts[1])


def _branch(kind: str, parts: list[Any], *, sign: Token) -> Branch:
    inner = tuple(part for part in parts if not isinstance(part, Token))
    depth = 1 + max(part.depth for part in inner)
    begin = sign.start_pos or 0
    if depth > MAX_DEPTH:
        raise _TooDeepError(begin)
    first, last = parts[0], parts[-1]
    return Branch(
        kind=kind,
        sign=re.sub(r"[\s.(]", "", str(sign)) if kind == "call" else str(sign),
        operator=sign.type,
        sign_at=begin,
        parts=inner,
        start=(first.start_pos or 0) if isinstance(first, Token) else first.start,
        end=(last.end_pos or 0) if isinstance(last, Token) else last.end,
        depth=depth,
    )


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", transformer=_Builder())


def read(text: str) -> Tree:
    """
    Return the tree of *text*.

    Raises:
        ExpressionError: it can't be read; the message guesses the mistake.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"the expression has {len(text)} characters, at most {MAX_LENGTH} are read", text="", position=0
        )
    if not text.strip():
        raise ExpressionError(
            "the expression is empty", text=text, position=0, hint="such as event.outcome.result eq 'SUCCESS'"
        )
    try:
        return cast("Tree", _parser().parse(text))
    except _TooDeepError as error:
        raise ExpressionError(
            f"more than {MAX_DEPTH} expressions inside each other", text=text, position=error.position
        ) from None
    except UnexpectedToken as error:
        at = len(text) if error.token.type == "$END" else error.token.start_pos or 0
        raise explain(text, at) from None
    except UnexpectedCharacters as error:
        raise explain(text, error.pos_in_stream or 0) from None
