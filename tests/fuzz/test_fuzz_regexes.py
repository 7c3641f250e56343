"""No regular expression of ours takes more than its input is worth: each is fed with growing runs that nearly fit."""

from __future__ import annotations

import ast
import re
import string
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import emulator
import receiver

USES = {"match", "fullmatch", "search", "sub", "finditer", "findall", "split"}
SIZES = (500, 2000, 8000)
SLOW = 0.1  # seconds of CPU; what is faster at the largest size is fast enough
# What a class or escape of a pattern may stand for.
ALPHABET = [*r"""aA09f_-./:;,=@+%&?!'"\()[]{}<>|*~$# """, "\t", "\n", "\r\n", "\u00e9"]
PAIRS = [
    *["a.", "a-", "a:", "a=", "a,", "1.", "1:", "a@", "a/", "\\\\", '\\"', "''", "${", "<a", "a%"],
    ": ",
    ", ",
    "a: b\n",
    "> a\n",
    "at a(",
    " at a",
]


def flags_of(call: ast.Call) -> int:
    found = 0
    for node in [*call.args[1:], *(keyword.value for keyword in call.keywords)]:
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute) and isinstance(getattr(re, part.attr, None), re.RegexFlag):
                found |= getattr(re, part.attr)
    return found


def expressions() -> Iterator[tuple[str, re.Pattern[str], set[str]]]:
    """Yield each pattern that stands in the code, where, and how it is used."""
    for package in (emulator, receiver):
        root = Path(package.__file__).parent
        for path in sorted(root.rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            named: dict[int, str] = {}
            for node in ast.walk(tree):
                if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                    named[id(node.value)] = ast.unparse(target)
            uses: dict[str, set[str]] = {}
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and node.attr in USES:
                    uses.setdefault(ast.unparse(node.value), set()).add(node.attr)
            for node in ast.walk(tree):
                if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                    continue
                called, pattern = ast.unparse(node.func), node.args[0].value
                if not called.startswith("re.") or called[3:] not in USES | {"compile"} or not isinstance(pattern, str):
                    continue
                use = {called[3:]} if called != "re.compile" else uses.get(named.get(id(node), ""), {"match"})
                yield f"{root.name}/{path.relative_to(root)}:{node.lineno}", re.compile(pattern, flags_of(node)), use


FOUND = list(expressions())


def beginnings(pattern: str) -> list[str]:
    """Return texts by which a match may begin: the literal words of the pattern."""
    words = [
        word
        for word in re.findall(r"[A-Za-z]{3,}|[<>{}\"':/@$-]+", pattern)
        if not set(word) <= set(string.punctuation) or len(word) < 3
    ]
    return ["", *dict.fromkeys(words)][:5]


def seconds(expression: re.Pattern[str], use: str, text: str) -> float:
    began = time.thread_time()
    if use in {"match", "fullmatch", "search"}:
        getattr(expression, use)(text)
    else:
        list(expression.finditer(text))
    return time.thread_time() - began


def test_the_expressions_of_the_code_are_found() -> None:
    assert len(FOUND) > 60


@pytest.mark.parametrize(("place", "expression", "uses"), FOUND, ids=[place for place, *_ in FOUND])
def test_an_expression_reads_long_runs_in_linear_time(place: str, expression: re.Pattern[str], uses: set[str]) -> None:
    runs = [*ALPHABET, *PAIRS]
    for use in sorted(uses):
        for begin in beginnings(expression.pattern):
            for run in runs if not begin else runs[::3]:
                for size in SIZES:
                    text = begin + run * (size // len(run)) + "\x01"
                    took = seconds(expression, use, text)
                    if took >= SLOW:  # a busy machine, or the garbage collector
                        took = min(took, seconds(expression, use, text), seconds(expression, use, text))
                    assert took < SLOW, (
                        f"{place}: {use} of {begin!r} and {size} characters of {run!r} took {took:.2f} s"
                    )
