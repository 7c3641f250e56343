"""Secret values that cannot be printed by accident, and a redactor for text that might repeat them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
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
    authentication scheme (``Basic ...``), what Basic's base64 decodes to, and JSON, URL and base64 forms of all these.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._forms: set[str] = set()
        self._longest_first: list[str] | None = None
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        """Hide *secret*, in all its usual forms, from now on."""
        self._longest_first = None
        for form in spellings(secret):
            if form:
                self._forms |= {form, json.dumps(form)[1:-1], json.dumps(form, ensure_ascii=False)[1:-1], quote(form)}
                self._forms |= {quote(form, safe=""), *_encoded(form)}

    def __call__(self, text: str) -> str:
        """Return *text* with every known secret replaced by ``[secret]``."""
        if not text:
            return text
        if self._longest_first is None:
            self._longest_first = sorted(self._forms, key=len, reverse=True)
        for form in self._longest_first:
            if len(form) >= _SUBSTRING_LENGTH:
                text = text.replace(form, HIDDEN)
            else:
                text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", lambda _: HIDDEN, text)
        return text


def spellings(secret: Secret) -> set[str]:
    """Return *secret* and the parts of it that give it away: without its scheme, and what Basic's base64 holds."""
    plain = secret.reveal()
    return {plain, plain.strip(), *_parts(plain)}


def _encoded(plain: str) -> Iterator[str]:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(plain.encode()).decode().rstrip("=")


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
