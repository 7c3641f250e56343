"""Answers of the API: JSON as Okta writes it, the headers every answer has, and the links between pages (A31, L11)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["EMPTY", "Answer", "link_header", "next_url"]

# A31; Server is the server's to send.
_HEADERS: Final = (
    ("Vary", "Accept-Encoding"),
    ("X-XSS-Protection", "0"),
    ("P3P", 'CP="HONK"'),
    ("Accept-CH", "Sec-CH-UA-Platform-Version"),
    ("Cache-Control", "no-cache, no-store"),
    ("Pragma", "no-cache"),
    ("Expires", "0"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Strict-Transport-Security", "max-age=315360000; includeSubDomains"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a handler gives back: a JSON value, or nothing with 204; ``stream`` is sent piece by piece instead."""

    body: Any = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    stream: Iterable[bytes] | None = field(default=None, repr=False)
    content_type: str = "application/json"

    def response(self, *, more: Sequence[tuple[str, str]] = ()) -> Response:
        """Return the HTTP response, with the headers of A31 and *more*."""
        if self.stream is not None:
            found = Response(self.stream, status=self.status, content_type=self.content_type)
        elif self.status == 204:
            found = Response(status=204)
            found.headers.pop("Content-Type", None)
        elif isinstance(self.body, bytes):
            found = Response(self.body, status=self.status, content_type=self.content_type)
        else:
            text = json.dumps(self.body, ensure_ascii=False, separators=(",", ":"))
            # A lone surrogate can come in as an escape, and has no place in UTF-8.
            found = Response(text.encode("utf-8", errors="replace"), status=self.status, content_type=self.content_type)
        found.headers.extend([*_HEADERS, *self.headers, *more])
        return found


EMPTY: Final = Answer(status=204)


def next_url(url: str, parameters: Mapping[str, str]) -> str:
    """Return the address of a page: spaces as ``+``, colons as ``%3A`` (L11)."""
    return f"{url}?{urlencode(parameters)}" if parameters else url


def link_header(self_url: str, following: str | None) -> tuple[str, str]:
    """Return the ``Link`` header of a page (L11): ``self``, and ``next`` unless it is the last one."""
    links = [f'<{self_url}>; rel="self"']
    if following is not None:
        links.append(f'<{following}>; rel="next"')
    return "Link", ", ".join(links)
