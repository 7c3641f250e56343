"""What a receiver is told before it starts, checked once so that nothing surprising happens later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from emulator.contract.constants import RESERVED_HEADERS
from emulator.errors import UsageError
from emulator.secrets import Secret

__all__ = ["ABOUT", "DEFAULT_PATH", "MAX_BODY", "MAX_DEPTH", "Settings", "read_auth_header"]

ABOUT: Final = "receiver.about"  # where a request's environ says for the log what it was about
DEFAULT_PATH: Final = "/okta/hooks"
MAX_BODY: Final = 8 * 1024 * 1024  # bytes; Okta names no limit for a batch (D9)
MAX_DEPTH: Final = 64  # real LogEvents stay below 10

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[!-~](?:[\t -~]*[!-~])?")
_PATH: Final = re.compile(r"/[^\s?#\x00-\x1f]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    How a receiver behaves.

    Args:
        path: The one path it listens at; a final slash makes no difference.
        auth_header: Name of the header that carries the secret (``authScheme.key``, H6).
        auth: Its whole value, ``Basic ...`` included (H6); None lets anyone in (H7).
        max_body: Bytes of a body that are read; more is answered 413.
        max_depth: Levels of JSON that are read; more is answered 400.
        dedupe: Whether an event that is stored already is ignored (D12).

    Raises:
        UsageError: a value can't work; secrets are never part of the message.
    """

    path: str = DEFAULT_PATH
    auth_header: str = "Authorization"
    auth: Secret | None = None
    max_body: int = MAX_BODY
    max_depth: int = MAX_DEPTH
    dedupe: bool = True

    def __post_init__(self) -> None:
        if not _PATH.fullmatch(self.path):
            raise UsageError(
                f"the path {self.path!r} can't be used", hint="it starts with / and has no ?, # or spaces", where="path"
            )
        if self.path != "/":
            object.__setattr__(self, "path", self.path.removesuffix("/"))
        _check_header_name(self.auth_header)
        if self.auth is not None and not _VALUE.fullmatch(self.auth.reveal()):
            raise UsageError(
                "the value of the auth header can't be sent in a header",
                hint="it is not empty, and has only visible ASCII characters, with blanks only inside",
                where="auth",
            )


def _check_header_name(name: str) -> None:
    if not _TOKEN.fullmatch(name):
        # The name is not repeated: a mistyped option may well hold the secret in its place.
        raise UsageError(
            "the name of the auth header is not a header name", hint="write it as Name: value", where="auth header"
        )
    if "_" in name:
        raise UsageError(
            f"the auth header {name!r} has an underscore, so it would never arrive",
            hint="WSGI servers and proxies drop such names, as HTTP_A_B stands for A-B too; use a hyphen",
            where="auth header",
        )
    if name.lower() in RESERVED_HEADERS:
        raise UsageError(
            f"the header {name!r} can't carry the secret",
            hint="Okta sets it itself and refuses it as a custom header; use Authorization (H9)",
            where="auth header",
        )


def read_auth_header(line: str, *, where: str = "--auth-header") -> tuple[str, Secret]:
    """
    Split ``Name: value`` into the header's name and its secret value.

    Raises:
        UsageError: there is no colon, or nothing after it; the text is not repeated, it may be the secret.
    """
    name, colon, value = line.strip().partition(":")
    if not colon or not value.strip():
        raise UsageError(
            "wanted a header's name and value", hint="such as 'Authorization: Basic dXNlcjpwYXNz'", where=where
        )
    return name.strip(), Secret(value.strip())
