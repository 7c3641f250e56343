"""Secret values that cannot be printed by accident, and a redactor for text that might repeat them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["HIDDEN", "Redactor", "Secret", "reveal", "safe_url", "spellings", "url_secrets"]

HIDDEN = "[secret]"

# A shorter secret would blank out half of every word; it is only replaced where it stands alone.
_SUBSTRING_LENGTH = 4
# A query value this long may be an access key; a shorter one is more likely a version or a flag.
_KEY_LENGTH = 8
# So many characters of a secret give too much of it away, if they look like nothing but a part of a key.
_PIECE_LENGTH = 8
_HTML = {
    ord(character): f"&{name};" for character, name in zip("&<>\"'", ("amp", "lt", "gt", "quot", "#39"), strict=True)
}


@dataclass(frozen=True, slots=True)
class Secret:
    """
    A value that is sent but never shown: its ``str`` and ``repr`` say only that it is there.

    ``reveal`` is the one way to the text, so a search for it finds every use.
    """

    _value: str = field(repr=False)

    def reveal(self) -> str:
        """Return the secret text."""
        return self._value

    def __str__(self) -> str:
        return HIDDEN

    def __repr__(self) -> str:
        return f"Secret({HIDDEN!r})"

    def __format__(self, spec: str) -> str:
        return format(HIDDEN, spec)


def reveal(value: str | Secret) -> str:
    """Return the text of a plain or secret value, for sending only."""
    return value.reveal() if isinstance(value, Secret) else value


class Redactor:
    """
    Replaces known secrets in text from elsewhere, such as a receiver's reply that echoes its request.

    Besides each secret itself it knows the forms a reply is likely to hold: the part behind an
    authentication scheme (``Basic ...``), what Basic's base64 decodes to, and JSON, URL and base64 forms of all these;
    and pieces of them, as in a reply that was cut off or a log line that shows the first half.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._forms: tuple[str, ...] = ()  # the longest first
        self._pieces: frozenset[str] = frozenset()
        self._hints: frozenset[str] = frozenset()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        """Hide *secret*, in all its usual forms, from now on."""
        forms, pieces, hints = _known(secret)
        self._forms = tuple(sorted({*self._forms, *forms}, key=len, reverse=True))
        self._pieces |= pieces
        self._hints |= hints

    def __call__(self, text: str) -> str:
        """Return *text* with every known secret, and every piece of one, replaced by ``[secret]``."""
        if not text:
            return text
        for form in self._forms:
            if len(form) >= _SUBSTRING_LENGTH:
                text = text.replace(form, HIDDEN)
            else:
                text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", lambda _: HIDDEN, text)
        return self._without_pieces(text) if self._pieces else text

    def _without_pieces(self, text: str) -> str:
        # A piece of 8 characters holds 4 that begin at a multiple of 5: a fifth of the places needs a look.
        near = [at for at in range(0, len(text) - 3, 5) if text[at : at + 4] in self._hints]
        kept, done = [], 0
        for at in near:
            start = next((start for start in range(max(done, at - 4), at + 1) if self._is_piece(text, start)), None)
            if start is None:
                continue
            end = start + 1
            while self._is_piece(text, end):
                end += 1
            kept += [text[done:start], HIDDEN]
            done = end - 1 + _PIECE_LENGTH
        return "".join([*kept, text[done:]]) if kept else text

    def _is_piece(self, text: str, at: int) -> bool:
        return text[at : at + _PIECE_LENGTH] in self._pieces


@lru_cache(maxsize=256)  # each attempt of a delivery is redacted, and takes the same few secrets
def _known(secret: Secret) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the forms in which a secret may come back, the pieces of them that give it away, and parts of these."""
    forms = {written for form in spellings(secret) if form for written in _written(form)}
    pieces = {piece for form in forms for piece in _pieces(form)}
    hints = {piece[at : at + 4] for piece in pieces for at in range(_PIECE_LENGTH - 3)}
    return frozenset(forms), frozenset(pieces), frozenset(hints)


def _written(form: str) -> Iterator[str]:
    yield form
    yield json.dumps(form)[1:-1]
    yield json.dumps(form, ensure_ascii=False)[1:-1]
    yield quote(form)
    yield quote(form, safe="")
    yield form.translate(_HTML)
    data = form.encode("utf-8", "surrogatepass")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode().rstrip("=")
        if len(form) >= _PIECE_LENGTH:
            # Behind other bytes it looks different; only the characters that no neighbour has a part in are its own.
            yield encode(b"-" + data).decode()[2 : (len(data) + 1) * 4 // 3]
            yield encode(b"--" + data).decode()[3 : (len(data) + 2) * 4 // 3]


def _pieces(form: str) -> Iterator[str]:
    """Yield each run of characters of *form* that can hardly be a part of ordinary words."""
    for start in range(len(form) - _PIECE_LENGTH + 1):
        piece = form[start : start + _PIECE_LENGTH]
        kinds = any(map(str.isdigit, piece)), any(map(str.islower, piece)), any(map(str.isupper, piece[1:]))
        if sum(kinds) > 1 and " " not in piece:
            yield piece


def spellings(secret: Secret) -> set[str]:
    """Return *secret* and the parts of it that give it away: without its scheme, and what Basic's base64 holds."""
    plain = secret.reveal()
    return {plain, plain.strip(), *_parts(plain)}


def _parts(plain: str) -> set[str]:
    scheme, _, rest = plain.strip().partition(" ")
    parts = {rest.strip()} if rest else set()
    if scheme.lower() == "basic" and rest:
        try:
            decoded = base64.b64decode(rest.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            return parts
        parts |= {decoded, decoded.partition(":")[2]}
    return parts


def safe_url(url: str) -> str:
    """
    Return *url* fit for a report: without user information, and with the values of its query hidden.

    Serverless hosts put access keys into the query (``?code=...``), so its values count as secret.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("?")[0]
    host = parts.netloc.rpartition("@")[2]
    query = "&".join(
        f"{pair.partition('=')[0]}={HIDDEN}" if "=" in pair else pair for pair in parts.query.split("&") if pair
    )
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def url_secrets(url: str) -> Iterator[Secret]:
    """Yield the values of the URL's query that are long enough to be access keys."""
    try:
        query = urlsplit(url).query
    except ValueError:
        return
    for pair in query.split("&"):
        value = unquote_plus(pair.partition("=")[2])
        if len(value) >= _KEY_LENGTH:
            yield Secret(value)
