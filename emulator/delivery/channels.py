"""Where requests go: a hook URL and its headers, read from the texts that users write."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.contract.model import AuthScheme, Channel, CustomHeader

__all__ = ["channel_from", "check_header", "read_headers", "read_url", "secret_text", "split_headers"]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_REFERENCE = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_AUTH_NAMES = ("authorization",)


def read_url(text: str, *, where: str = "URL") -> str:
    """
    Return a hook URL that can be sent to.

    Raises:
        UsageError: it isn't an absolute http or https URL, or it carries credentials.
    """
    url = text.strip()
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        raise UsageError("the URL contains white space", where=where, hint="write a space in a path as %20 (A8)")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"not a URL: {str(error).lower()}", where=where, hint=_URL_HINT) from None
    if parts.scheme not in {"http", "https"}:
        raise UsageError(_wrong_scheme(url, parts.scheme), where=where, hint=_URL_HINT)
    if not parts.hostname:
        raise UsageError("the URL names no host", where=where, hint=_URL_HINT)
    if port == 0:
        raise UsageError("port 0 can't be connected to", where=where, hint="give the port the receiver listens on")
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "the URL carries credentials, and Okta doesn't send such",
            where=where,
            hint="give them as a header: --header 'Authorization: Basic ...' (H6)",
        )
    return url


_URL_HINT = "write it like http://localhost:8000/okta/hooks"


def _wrong_scheme(url: str, scheme: str) -> str:
    if "://" in url:
        return f"hooks are called over http or https, not {scheme!r}"
    # What stands before an @ or behind a ? may be secret.
    plain = url.partition("?")[0].rpartition("@")[2]
    return f"{plain!r} has no http:// or https:// in front" if len(url) <= 80 else "the URL has no http:// in front"


def read_headers(texts: Iterable[str], *, where: str = "--header") -> list[CustomHeader]:
    """
    Return the headers that *texts* describe, their values wrapped as secrets.

    Raises:
        UsageError: a text is not ``Name: value``, or names a header that Okta keeps for itself (H9).
    """
    from emulator.contract.model import CustomHeader
    from emulator.secrets import Secret

    found: dict[str, CustomHeader] = {}
    for text in texts:
        name, colon, value = text.partition(":")
        name = name.strip()
        if not colon:
            # The text may be a bare secret, so it is not repeated.
            raise UsageError("a header needs a name and a value", where=where, hint=_HEADER_HINT)
        _check_name(name, where)
        if name.lower() in found:
            raise UsageError(f"the header {name!r} is given twice", where=where, hint="give each header once")
        found[name.lower()] = CustomHeader(key=name, value=Secret(_header_value(name, value.strip(), where)))
    return list(found.values())


def check_header(name: str, value: str, *, where: str, reserved: bool = False) -> None:
    """
    Make sure that a header can be sent; *reserved* allows those that Okta keeps for itself.

    Raises:
        UsageError: it can't; the value is not repeated.
    """
    _check_name(name, where, reserved=reserved)
    _check_value(name, value, where)


def _check_name(name: str, where: str, *, reserved: bool = False) -> None:
    from emulator.contract.constants import RESERVED_HEADERS

    if not _TOKEN.fullmatch(name):
        raise UsageError("that is not a header name", where=where, hint=_HEADER_HINT)
    if not reserved and name.lower() in RESERVED_HEADERS:
        raise UsageError(
            f"Okta keeps the header {name!r} for itself", where=where, hint="choose another header name (H9)"
        )


_HEADER_HINT = "write it like --header 'Authorization: Basic am9objpkb2U='"


def _header_value(name: str, text: str, where: str) -> str:
    value = secret_text(text, where=where)
    _check_value(name, value, where)
    return value


def _check_value(name: str, value: str, where: str) -> None:
    if not value:
        raise UsageError(f"the header {name!r} has no value", where=where, hint=_HEADER_HINT)
    if not all(character == "\t" or (0x20 <= ord(character) <= 0xFF and ord(character) != 0x7F) for character in value):
        raise UsageError(
            f"the value of {name!r} holds characters that a header can't carry",
            where=where,
            hint="use printable ASCII in one line; a trailing line break of a file is cut off for you",
        )


def secret_text(text: str, *, where: str) -> str:
    """
    Return the secret that *text* is, or that ``${env:NAME}`` in it or ``@FILE`` names.

    Raises:
        UsageError: the variable is not set, or the file can't be read.
    """
    if text.startswith("@"):
        return _file(text[1:], where)
    return _REFERENCE.sub(lambda found: _environment(found.group(1), where), text)


def _environment(name: str, where: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise UsageError(
            f"the environment variable {name} is not set", where=where, hint=f"export {name}=... first"
        ) from None


def _file(name: str, where: str) -> str:
    try:
        with open(name, encoding="utf-8") as source:  # noqa: PTH123 (a path typed by the user)
            return source.read().strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise UsageError(
            f"the file {name!r} can't be read: {reason.lower()}", where=where, hint="check the path"
        ) from None


def split_headers(texts: Iterable[str]) -> tuple[AuthScheme | None, tuple[CustomHeader, ...]]:
    """
    Return the auth header and the custom headers that ``--header`` options describe.

    ``Authorization``, or else the first header, is the hook's auth header; the others are custom headers.
    """
    from emulator.contract.model import AuthScheme

    given = read_headers(texts)
    auth = next((header for header in given if header.key.lower() in _AUTH_NAMES), given[0] if given else None)
    custom = tuple(header for header in given if header is not auth)
    return None if auth is None else AuthScheme(key=auth.key, value=auth.value), custom


def channel_from(url: str, headers: Iterable[str], *, where: str = "URL") -> Channel:
    """Return the channel that a URL and ``--header`` options describe."""
    from emulator.contract.model import Channel

    auth, custom = split_headers(headers)
    return Channel(uri=read_url(url, where=where), auth=auth, headers=custom)
