"""Bytes to JSON values, strictly: every liberty that Okta never takes is reported, with its place."""

from __future__ import annotations

import bisect
import codecs
import json
import math
import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from emulator.contract.jsonrepair import mended
from emulator.contract.jsonscan import MAX_DEPTH, MAX_DIGITS, SPACE, JsonFault, Oddity, scan
from emulator.contract.problems import Level, Problem, printable

__all__ = ["Document", "Text", "decode", "documents", "parse"]

# Okta writes UTF-8 without a byte order mark, compact, each member once (D23).
ENCODING_RULE: Final = "D23"

_UTF_32: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MAGIC: Final = {
    b"\x1f\x8b": "gzip data",
    b"PK\x03\x04": "a zip archive",
    b"\x89PNG": "a PNG picture",
    b"%PDF": "a PDF document",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x28\xb5\x2f\xfd": "zstd data",
    b"BZh": "bzip2 data",
    b"SQLite format 3\x00": "an SQLite database",
    b"\x7fELF": "a program",
}
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_LINE_END: Final = re.compile(r"\r\n?|\n")
_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(slots=True)
class Text:
    """Decoded text that knows its lines; ``problems`` are those of the encoding."""

    text: str
    problems: list[Problem] = field(default_factory=list)
    readable: bool = True
    _starts: list[int] = field(default_factory=list)

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of a character offset, both from 1."""
        if not self._starts:
            self._starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


@dataclass(slots=True, kw_only=True)
class Document:
    """
    One JSON value of a text: from ``start`` on; without ``value`` if it could not be read (``broken``).

    ``text`` is the whole text with the document's faults mended, all else in its place; empty if there was none.
    """

    start: int
    value: Any = None
    broken: bool = False
    text: str = ""
    problems: list[Problem] = field(default_factory=list)


def decode(data: bytes) -> Text:
    """Turn *data* into text, whatever its encoding; anything but plain UTF-8 is a problem (D23)."""
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            hint = "unpack it first; Okta sends bodies uncompressed" if "data" in what or "zip" in what else ""
            return _unreadable(f"{what}, not JSON", hint)
    encoding = _wide_encoding(data)
    if encoding:
        return _decode_wide(data, encoding)
    if not data.strip():
        what = f"only white space ({len(data)} bytes)" if data else "the file is empty"
        return _unreadable(what, "wanted a JSON document; was the body recorded before it was read?")
    if _BINARY.search(data, 0, 4096):
        return _unreadable("binary data, not JSON", "wanted UTF-8 text")
    return _decode_utf8(data)


def _unreadable(message: str, hint: str) -> Text:
    problem = Problem(rule=ENCODING_RULE, level=Level.MUST, message=message, hint=hint, line=1, column=1)
    return Text("", [problem], readable=False)


def _wide_encoding(data: bytes) -> str:
    if data.startswith(_UTF_32):
        return "utf-32"
    if data.startswith(_UTF_16):
        return "utf-16"
    # Without a mark: JSON begins with an ASCII character, so its zero bytes give the width away (RFC 4627, 3).
    zeros = bytes(byte != 0 for byte in data[:4])
    known = {
        b"\0\0\0\1": "utf-32-be",
        b"\1\0\0\0": "utf-32-le",
        b"\0\1\0\1": "utf-16-be",
        b"\1\0\1\0": "utf-16-le",
    }
    return known.get(zeros, "")


def _decode_wide(data: bytes, encoding: str) -> Text:
    name = encoding.upper()[:6]
    problem = Problem(
        rule=ENCODING_RULE,
        level=Level.MUST,
        message=f"the text is {name}, wanted UTF-8",
        hint="Okta sends UTF-8; PowerShell's > writes UTF-16: use Set-Content -Encoding utf8",
        got=name,
        wanted="UTF-8",
        line=1,
        column=1,
    )
    try:
        return Text(data.decode(encoding).lstrip("\ufeff"), [problem])
    except UnicodeDecodeError:
        return Text("", [problem], readable=False)


def _decode_utf8(data: bytes) -> Text:
    problems = []
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
        problems.append(
            Problem(
                rule=ENCODING_RULE,
                level=Level.SHOULD,
                message="a byte order mark before the JSON",
                hint="Okta sends none and many parsers refuse it; save as UTF-8 without BOM",
                line=1,
                column=1,
            )
        )
    try:
        return Text(data.decode("utf-8"), problems, readable=bool(data.strip()))
    except UnicodeDecodeError as error:
        decoded = Text(data.decode("utf-8", errors="replace"), problems)
        line, column = decoded.place(len(data[: error.start].decode("utf-8")))
        problems.append(
            Problem(
                rule=ENCODING_RULE,
                level=Level.MUST,
                message=f"byte 0x{data[error.start]:02x} is not UTF-8",
                hint="Okta sends UTF-8; was the file saved as Windows-1252 or Latin-1?",
                line=line,
                column=column,
            )
        )
        return decoded


def documents(source: Text, *, lines: bool = False) -> list[Document]:
    """
    Read the JSON document of a text, or all of them if there are several.

    One per line if *lines* is set or the text is plainly NDJSON; else one after another, as jq prints them.
    A broken document is returned as such, with the problem that says why; the others are read all the same.
    """
    text = source.text
    if not lines:
        start = _skip_space(text, 0)
        whole = parse(source, start, len(text))
        if not whole.broken:
            return [whole]
        following = _one_after_another(text)
        if following:
            return [parse(source, begin, end) for begin, end in following]
        if not _looks_like_lines(text):
            return [whole]
    lines_found = re.finditer(r"[^ \t\r\n][^\r\n]*", text)
    return [parse(source, match.start(), match.end()) for match in lines_found]


def _one_after_another(text: str) -> list[tuple[int, int]]:
    """Return where each document begins and ends, if the text is nothing but objects and arrays in a row."""
    decoder = json.JSONDecoder()
    found = []
    position = _skip_space(text, 0)
    while text[position : position + 1] in {"{", "["}:
        try:
            _, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return []
        found.append((position, end))
        position = SPACE.match(text, end).end()  # type: ignore[union-attr]  # matches even nothing
    return found if position == len(text) else []


def _looks_like_lines(text: str) -> bool:
    lines = [line for line in (line.strip() for line in _LINE_END.split(text)) if line]
    return len(lines) > 1 and all(line[0] in "{[" for line in lines) and 2 * sum(map(_parses, lines)) >= len(lines)


def _parses(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _skip_space(text: str, position: int) -> int:
    return len(text) - len(text[position:].lstrip(" \t\r\n"))


class _Hooks:
    """Callbacks of the standard parser that notice what it would pass over in silence."""

    def __init__(self) -> None:
        self.odd = False

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        self.odd |= len(members) != len(pairs)
        return members

    def whole(self, digits: str) -> int | float:
        if len(digits) > MAX_DIGITS:
            self.odd = True
            return math.inf
        return int(digits)

    def fraction(self, digits: str) -> float:
        number = float(digits)
        self.odd |= math.isinf(number)
        return number

    def constant(self, word: str) -> float:
        self.odd = True
        return float(word)


def parse(source: Text, start: int, end: int) -> Document:
    """Read the one document that a part of a text should be."""
    hooks = _Hooks()
    piece = source.text[start:end]
    try:
        value = json.loads(
            piece,
            object_pairs_hook=hooks.pairs,
            parse_int=hooks.whole,
            parse_float=hooks.fraction,
            parse_constant=hooks.constant,
        )
    except (ValueError, RecursionError):
        return _broken(source, piece, start)
    if _too_deep(value):
        return _broken(source, piece, start)
    found = Document(start=start, value=value)
    if hooks.odd or _ESCAPED_SURROGATE.search(piece):
        found.problems = [_of_oddity(source, oddity, start) for oddity in scan(piece).oddities]
    return found


def _too_deep(value: Any) -> bool:
    level, depth = [value], 0
    while level and depth <= MAX_DEPTH:
        containers = (item for item in level if isinstance(item, dict | list) and item)
        level = [
            inner
            for item in containers
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, dict | list)
        ]
        depth += 1
    return depth > MAX_DEPTH


def _broken(source: Text, piece: str, start: int) -> Document:
    try:
        result = scan(piece)
    except JsonFault as fault:
        faults, better = mended(piece, fault)
    else:
        hint = "one JSON document per file, or one per line (NDJSON)"
        faults, better = [(_skip_space(piece, result.end), "extra data after the end of the document", hint)], ""
    problems = [_of_fault(source, start + offset, message, hint) for offset, message, hint in faults]
    if not better:
        return Document(start=start, broken=True, problems=problems)
    text = source.text[:start] + better + source.text[start + len(better) :]
    found = parse(replace(source, text=text), start, start + len(better))
    return replace(found, problems=[*problems, *found.problems], text=text)


def _of_fault(source: Text, offset: int, message: str, hint: str) -> Problem:
    line, column = source.place(offset)
    return Problem(rule=ENCODING_RULE, level=Level.MUST, message=message, hint=hint, line=line, column=column)


def _of_oddity(source: Text, oddity: Oddity, start: int) -> Problem:
    line, column = source.place(start + oddity.offset)
    level, hint = Level.MUST, ""
    match oddity.kind:
        case "duplicate":
            first, first_column = source.place(start + oddity.other)
            message = f'the member "{printable(oddity.detail[:60])}" occurs twice'
            hint = f"first at {first}:{first_column}; parsers differ in which one they keep"
        case "not-finite":
            message = f"{oddity.detail} is not JSON"
            hint = "JSON has no such number; write null or leave the member out"
        case "long-number" | "huge-number":
            digits = f"a number of {oddity.detail} characters" if oddity.kind == "long-number" else oddity.detail
            message = f"{printable(digits[:60])} is beyond any number type a parser has"
        case _:
            level = Level.SHOULD
            message = "a string with half a surrogate pair, which is no character"
            hint = "Okta sends UTF-8, which can't hold it; was the text cut or escaped twice?"
    return Problem(
        rule=ENCODING_RULE,
        level=level,
        message=message,
        hint=hint,
        path=oddity.path,
        at_key=oddity.kind == "duplicate",
        line=line,
        column=column,
    )
