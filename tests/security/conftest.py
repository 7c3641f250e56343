"""A hunt for secrets: every piece of 8 characters of them, however it is written."""

from __future__ import annotations

import base64
import html
import json
import secrets
from urllib.parse import quote

import pytest

PIECE = 8


class Hunt:
    """Makes secrets that no run has seen before, and finds pieces of them in text."""

    def __init__(self) -> None:
        self._pieces: dict[str, str] = {}

    def secret(self, name: str, *, odd: str = "") -> str:
        """Return a new secret; *odd* characters stand in its middle."""
        return self.plant(name, f"{secrets.token_urlsafe(12)}{odd}{secrets.token_urlsafe(12)}")

    def plant(self, name: str, secret: str) -> str:
        """Hunt for *secret*, too."""
        # Ids are hexadecimal too: of their 8 digits some would be those of a secret by chance.
        for size, forms in ((PIECE, written(secret)), (2 * PIECE, {secret.encode().hex()})):
            for form in forms:
                for at in range(len(form) - size + 1):
                    self._pieces[form[at : at + size]] = name
        return secret

    def found_in(self, *texts: str | bytes) -> dict[str, str]:
        """Return the names of the secrets that *texts* give away, each with the text around a piece of it."""
        found: dict[str, str] = {}
        for given in texts:
            text = given.decode("utf-8", "replace") if isinstance(given, bytes) else given
            for size in (PIECE, 2 * PIECE):
                for at in range(len(text) - size + 1):
                    name = self._pieces.get(text[at : at + size])
                    if name is not None:
                        found.setdefault(name, text[max(0, at - 80) : at + 40])
        return found


def written(secret: str) -> set[str]:
    """Return the ways in which a secret may be written: raw, backwards, escaped, quoted, and in base64."""
    data = secret.encode()
    forms = {secret, secret[::-1], quote(secret, safe=""), json.dumps(secret)[1:-1], html.escape(secret)}
    forms.add(secret.replace('"', "&#34;").replace("'", "&#39;"))
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        forms |= {
            encode(bytes(before) + data).decode().rstrip("=")[before + 1 if before else 0 : -1] for before in range(3)
        }
    # What stands in the middle may be ordinary text, such as /" or a scheme.
    return forms


@pytest.fixture
def hunt() -> Hunt:
    return Hunt()
