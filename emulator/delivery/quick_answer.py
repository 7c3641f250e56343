"""
The usual answer of a receiver, read at one glance: complete, of stated length, and the connection stays.

It only ever says yes; what it doesn't pass goes to h11 (``http1.py``), which also finds the words for what is wrong.
"""

from __future__ import annotations

import re
from typing import Final

from emulator.delivery.exchange import Reply

__all__ = ["quick_answer"]

_NAME: Final = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_TEXT: Final = rb"[\t -~\x80-\xff]*"
_HEAD: Final = re.compile(
    rb"HTTP/1\.1 ([2-5][0-9]{2}) (" + _TEXT + rb")\r\n((?:" + _NAME + b":" + _TEXT + rb"\r\n)*)\r\n"
)
_LENGTH: Final = re.compile(r"[0-9]{1,5}")
_LONGEST_HEAD: Final = 8 * 1024
# They may change where the answer ends, or whether another may follow.
_TELLING: Final = frozenset({"connection", "content-length", "transfer-encoding", "upgrade", "proxy-connection"})
_WITHOUT_BODY: Final = frozenset({204, 304})


def quick_answer(data: bytes, *, limit: int) -> Reply | None:
    """
    Return the reply that *data* is from first to last byte, or None if a closer look is needed.

    Args:
        data: All that has come so far, to a request other than HEAD.
        limit: How many bytes of a body are wanted.
    """
    found = _HEAD.match(data)
    if found is None or found.end() > _LONGEST_HEAD:
        return None
    status, length = int(found[1]), ""
    headers = []
    for line in found[3].decode("latin-1").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        value = value.strip(" \t")
        headers.append((name, value))
        lower = name.lower()
        if lower in _TELLING:
            if lower == "content-length" and not length and _LENGTH.fullmatch(value):
                length = value
            elif lower != "connection" or value.lower() != "keep-alive":
                return None
    body = data[found.end() :]
    if status in _WITHOUT_BODY:
        if body:
            return None
    elif not length or len(body) != int(length) or len(body) > limit:
        return None
    reason = found[2].decode("latin-1")
    return Reply(status=status, reason=reason, headers=tuple(headers), body=body)
