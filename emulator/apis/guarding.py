"""Who may use the control plane: programs on this machine that know its token, and no web page (rebinding, CSRF)."""

from __future__ import annotations

import re
from hmac import compare_digest
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from emulator.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Collection

    from werkzeug.wrappers import Request

    from emulator.secrets import Secret

__all__ = ["ControlError", "Guard"]

_BEARER: Final = re.compile(r"Bearer\s+(\S+)", re.IGNORECASE)


class ControlError(HarnessError):
    """A call to the control plane that can't be done; it is answered with *status* and the words."""

    def __init__(self, status: int, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status

    def body(self) -> dict[str, Any]:
        """Return the JSON of the answer."""
        return {"error": self.message, "hint": self.hint}


class Guard:
    """
    Checks calls to the control plane.

    Args:
        token: What ``Authorization: Bearer ...`` has to bring.
        hosts: Host names by which the server may be called beside loopback addresses; a page that makes its own name
            point here (DNS rebinding) is called by another one.
    """

    def __init__(self, token: Secret, *, hosts: Collection[str] = ()) -> None:
        self._token = token
        self._hosts = frozenset(host.lower() for host in hosts)

    def check(self, request: Request, *, open_to_all: bool = False) -> None:
        """
        Let the call pass, or refuse it.

        Raises:
            ControlError: wrong host, a web page of another origin, or no right token.
        """
        if not self._is_here(request.host):
            raise ControlError(
                403, f"the control plane is not served as {request.host!r}", hint="call it by a loopback address"
            )
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            raise ControlError(403, "web pages of other origins may not use the control plane")
        if open_to_all:
            return
        found = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
        if found is None or not self.knows(found[1]):
            raise ControlError(
                401, "the control token is missing or wrong", hint="send Authorization: Bearer <control token>"
            )

    def knows(self, token: str) -> bool:
        """Say whether *token* is the control token, in the same time whatever it is."""
        return compare_digest(token.encode("utf-8", "replace"), self._token.reveal().encode())

    def _is_here(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in self._hosts or name == "localhost" or name.endswith(".localhost"):
            return True
        try:
            return ip_address(name).is_loopback
        except ValueError:
            return False
