"""Why a text is no JSON, in words that name the likely cause: cut off, a Python repr, comments, a web page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from emulator.contract.jsonscan import MAX_DEPTH, STRING, WORD, JsonFault
from emulator.contract.problems import printable

if TYPE_CHECKING:
    from emulator.contract.jsonscan import Frame

__all__ = ["explain"]

_MAX_OPEN_SHOWN: Final = 6
_STRING_START: Final = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_PYTHON: Final = {"None": "null", "True": "true", "False": "false"}
_FOREIGN: Final = (
    (re.compile(r"<(?:!doctype html|html|head|body|title)\b", re.IGNORECASE), "an HTML page"),
    (re.compile(r"<\?xml|<[A-Za-z!]"), "XML or HTML"),
    (re.compile(r"(?:GET|POST|PUT|HEAD|OPTIONS|PATCH|DELETE) \S+ HTTP/[0-9]|HTTP/[0-9.]+ [0-9]{3}"), "an HTTP message"),
    (re.compile(r"(?:curl|http|https?://)\s?"), "a command or an address"),
    (re.compile(r"(?:const|let|var|module\.exports|export default)\b"), "JavaScript code"),
    (re.compile(r"---|[A-Za-z_][\w.-]*:(?:\s|$)"), "YAML or headers"),
    (re.compile(r"[\w.%+-]+=[^\s=]"), "form data"),
    (re.compile(r"(?:[*<>] [^\n]*\n){2}"), "what curl -v prints"),
    (re.compile(r'"?[\w.() -]+"?(?:[,;\t]"?[\w.() -]+"?)+\r?\n'), "a table"),
)
_FOREIGN_HINTS: Final = {
    "an HTML page": "the page of a login, a proxy or an error stands where the captured body should be",
    "an HTTP message": "keep only the body, what follows the first empty line",
    "what curl -v prints": "it shows no body of a request, and the answer's is no JSON; keep the body itself",
    "a table": "none of its cells holds a delivery or an event as JSON; export the System Log as JSON",
    "JavaScript code": "keep only the object, as JSON.stringify(value) prints it",
    "form data": "Okta posts application/json, never a form; something between re-encoded the body",
}


def explain(text: str, fault: JsonFault) -> tuple[int, str, str]:
    """Return offset, message and hint for the *fault* in *text*."""
    offset = fault.offset
    if fault.expecting == "depth":
        return offset, f"nested deeper than {MAX_DEPTH} levels", "Okta's bodies are about 10 levels deep"
    if fault.expecting == "string":
        return _string(text, fault)
    if offset >= len(text):
        return _truncated(text, offset, "", fault.frames)
    if not fault.frames:
        foreign = _foreign(text, offset)
        if foreign:
            return offset, f"{foreign}, not JSON", _FOREIGN_HINTS.get(foreign, "wanted a JSON object or array")
    return offset, *_at(text, offset, fault.expecting)


def _truncated(text: str, offset: int, inside: str, frames: list[Frame]) -> tuple[int, str, str]:
    shown = [_name(frame, frames[:depth]) for depth, frame in enumerate(frames)]
    if len(shown) > _MAX_OPEN_SHOWN:
        shown = [*shown[: _MAX_OPEN_SHOWN - 1], "…", shown[-1]]
    still_open = f"; still open: {', '.join(shown)}" if frames else ""
    # Where the last thing stands that was read, not the line after the final newline.
    end = len(text.rstrip(" \t\r\n")) if not inside else offset
    return end, f"the JSON breaks off here{inside}{still_open}", "the text is cut off: copy or record the whole body"


def _name(frame: Frame, outer: list[Frame]) -> str:
    path = "".join(f"/{printable(str(step.step))[:40]}" for step in outer)
    return f"{frame.bracket} of {path or 'the document'}"


def _foreign(text: str, offset: int) -> str:
    head = text[offset : offset + 500]
    if WORD.match(head) and WORD.match(head)[0] in {*_PYTHON, "undefined"}:  # type: ignore[index]  # just matched
        return ""
    return next((name for pattern, name in _FOREIGN if pattern.match(head)), "")


def _string(text: str, fault: JsonFault) -> tuple[int, str, str]:
    stop = _STRING_START.match(text, fault.offset).end()  # type: ignore[union-attr]  # it begins with a quote
    if not text[stop:].strip("\r\n"):
        return _truncated(text, stop, " inside a string", fault.frames)
    if text[stop] == "\\":
        if stop + 1 >= len(text) or (text[stop + 1] == "u" and stop + 6 > len(text)):
            return _truncated(text, stop, " inside a string", fault.frames)
        return stop, f"the escape {printable(text[stop : stop + 2])} is not JSON", 'write a plain backslash as "\\\\"'
    if text[stop] in "\r\n":
        return stop, "a line break inside a string", "write it as \\n, or close the string before it"
    return stop, f"the control character {printable(text[stop])} inside a string", "write it as an escape"


def _at(text: str, offset: int, expecting: str) -> tuple[str, str]:
    mark = text[offset]
    if expecting == "trailing comma":
        return "a comma before the closing bracket", "remove it; JSON has no trailing commas"
    if mark == "/" and text[offset + 1 : offset + 2] in {"/", "*"}:
        return "a comment", "remove it; JSON has no comments"
    if mark == "#":
        return "a comment", "remove it; JSON has no comments"
    if mark == "'":
        return "single quotes", "JSON wants double quotes; a Python dict is written with json.dumps(value), not print"
    if mark in "\u201c\u201d\u2018\u2019":
        return "typographic quotes", 'a word processor changed the quotes; JSON wants plain "'
    word = WORD.match(text, offset)
    if word and expecting in {"value", "number"}:
        return _word(word[0])
    if expecting == "number":
        return "a malformed number", "numbers look like 0, -1, 2.5 or 1e3"
    if word and expecting == "name":
        shown = printable(word[0][:40])
        return f"the member name {shown} without quotes", f"write {json.dumps(shown)}"
    return _generic(text, offset, expecting)


def _word(word: str) -> tuple[str, str]:
    if word in _PYTHON:
        return f"Python's {word}", f"JSON writes {_PYTHON[word]}; json.dumps(value) does so"
    if word == "undefined":
        return "undefined", "JSON has no undefined; write null or leave the member out"
    if word.lower() in {"true", "false", "null"}:
        return f"{word} in capitals", f"JSON writes {word.lower()}"
    shown = printable(word[:40])
    return f"the bare word {shown}", f"strings stand in double quotes: {json.dumps(shown)}"


def _generic(text: str, offset: int, expecting: str) -> tuple[str, str]:
    string = STRING.match(text, offset)
    cut = printable(string[0][:40]) + ("…" if len(string[0]) > 40 else "") if string else ""
    got = f"the string {cut}" if string else text[offset]
    shown = got if len(got) > 1 else f"'{printable(got)}'"
    if expecting == "comma":
        hint = 'a comma is missing before it, or a quote inside a string stands without its backslash: \\"'
        return f"got {shown}, wanted a comma or the closing bracket", hint
    wanted = {"name": "a member name in double quotes", "colon": "a colon after the member name"}
    if text[offset] in "+.0123456789":
        return "a malformed number", "numbers look like 0, -1, 2.5 or 1e3"
    return f"got {shown}, wanted {wanted.get(expecting, 'a value')}", ""
