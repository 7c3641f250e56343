"""Requests read strictly: whatever two programs could read in two ways, or costs more than it says, is refused."""

from __future__ import annotations

import re
from typing import Final

from waitress.parser import (  # type: ignore[import-untyped]  # waitress has no types
    HTTPRequestParser,
    ParsingError,
)
from waitress.utilities import (  # type: ignore[import-untyped]  # waitress has no types
    BadRequest,
    RequestHeaderFieldsTooLarge,
)

__all__ = ["HEADERS", "Parser"]

HEADERS: Final = 64 * 1024  # bytes
LINES: Final = 200  # headers; Okta sends a dozen
CHUNK_LINE: Final = 1024  # bytes of a chunk's size and extensions
LONGEST_LENGTH: Final = 18  # digits of a Content-Length

_FRAMING: Final = re.compile(
    rb"^(content[-_]length|transfer[-_]encoding|host):[ \t]*(.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE
)


class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Reads one request; what is wrong with it becomes its ``error``, and the answer."""

    completed: bool

    def parse_header(self, header_plus: bytes) -> None:
        """
        Read the request line and the headers.

        Raises:
            ParsingError: they are no HTTP, or their framing is ambiguous (RFC 9112, 3.2 and 6).
        """
        lines = header_plus.split(b"\r\n")
        if len(lines) > LINES:
            super().parse_header(b"GET / HTTP/1.0\r\n")
            self.error = RequestHeaderFieldsTooLarge(f"more than {LINES} headers")
            return
        if any(line[:1] in {b" ", b"\t"} for line in lines):
            raise ParsingError("A header goes on in the next line")
        _check_framing(lines[0], b"\n".join(lines[1:]))
        try:
            super().parse_header(header_plus)
        except ParsingError:
            raise
        except ValueError as error:
            # Of urlsplit() and int(), which waitress doesn't expect to fail.
            raise ParsingError("Start line is invalid") from error

    def received(self, data: bytes) -> int:
        """Take the next bytes and return how many belong to this request."""
        taken: int = super().received(data)
        # waitress bounds neither, and joins each anew with every piece that comes.
        chunks = self.body_rcv if self.chunked else None
        if chunks is not None and (len(chunks.control_line) > CHUNK_LINE or len(chunks.trailer) > HEADERS):
            self.error = BadRequest("A chunk's size or trailer is too long")
            self.completed = True
        return taken


def _check_framing(first: bytes, headers: bytes) -> None:
    found: dict[bytes, list[bytes]] = {}
    for name, value in _FRAMING.findall(headers):
        found.setdefault(name.lower(), []).append(value)
    lengths, encodings = found.get(b"content-length", []), found.get(b"transfer-encoding", [])
    if b"content_length" in found or b"transfer_encoding" in found or len(lengths) + len(encodings) > 1:
        raise ParsingError("The length of the body is given twice")
    if any(len(length) > LONGEST_LENGTH for length in lengths):
        raise ParsingError("Content-Length is invalid")
    if first.endswith(b" HTTP/1.1"):
        if len(found.get(b"host", [])) != 1:
            raise ParsingError("HTTP/1.1 wants one Host header")
    elif encodings:
        raise ParsingError("Transfer-Encoding wants HTTP/1.1")
    if any(b"," in encoding for encoding in encodings):
        raise ParsingError("Transfer-Encoding is given twice")
