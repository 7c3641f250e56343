"""Text that was packed for the way: base64, gzip, or one in the other."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from typing import Final

__all__ = ["decoded", "encoded", "is_gzip", "packed_texts", "unzipped"]

_LARGEST: Final = 64 << 20  # bytes; a small file may hold terabytes of zeros,
_MOST_TIMES: Final = 200  # and many of them be in one file: JSON shrinks to a tenth, many alike to a fiftieth
_GZIP: Final = 16 + zlib.MAX_WBITS
_SHORTEST: Final = 16  # characters of base64; a document is longer
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_MAGIC: Final = b"\x1f\x8b"
_GZIP_TEXT: Final = "H4sI"  # the same in base64
# JSON in base64 begins with one of these, and gzip with the last; lines of 76 characters are usual in mail.
_IN_TEXT: Final = re.compile(
    r"(?<![A-Za-z0-9+/_=-])(?:eyJ|eyAi|ewog|ewoJ|ew0K|W3si|H4sI)[A-Za-z0-9+/_-]{40,}"
    r"(?:\r?\n[A-Za-z0-9+/_-]{4,})*={0,2}(?![A-Za-z0-9+/_=-])"
)


def is_gzip(data: bytes) -> bool:
    """Whether *data* begins as gzip does."""
    return data.startswith(_MAGIC)


def unzipped(data: bytes) -> bytes | None:
    """Return what gzip data hold, or None if they are broken, cut short, or hold more than one could want."""
    unpack = zlib.decompressobj(_GZIP)
    try:
        found = unpack.decompress(data, min(_LARGEST, _MOST_TIMES * len(data)))
    except zlib.error:
        return None
    return found if unpack.eof else None


def decoded(text: str) -> str | None:
    """Return the text that is in base64, compressed or not; None if it is anything else."""
    bare = "".join(text.split()) if "\n" in text else text
    if len(bare) < _SHORTEST or not _BASE64.fullmatch(bare):
        return None
    padded = bare.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except binascii.Error:
        return None
    unpacked = unzipped(data) if is_gzip(data) else data
    try:
        return None if unpacked is None else unpacked.decode()
    except UnicodeDecodeError:
        return None


def encoded(text: str, *, like: str) -> str:
    """Return a text in base64 as *like* is: with gzip inside or not, in the same alphabet."""
    data = text.encode()
    if like.startswith(_GZIP_TEXT):
        import gzip  # only for who wants it back

        data = gzip.compress(data, mtime=0)
    encode = base64.urlsafe_b64encode if set(like) & {"-", "_"} else base64.b64encode
    return encode(data).decode()


def packed_texts(text: str) -> list[tuple[int, int, str]]:
    """Return where in a text there is base64 that looks like JSON or gzip: from, to, and what it holds."""
    found = [(match.start(), match.end(), decoded(match[0])) for match in _IN_TEXT.finditer(text)]
    return [(start, stop, inner) for start, stop, inner in found if inner is not None]
