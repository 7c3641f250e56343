"""What a handler knows of the request: the org it is about, who asks, the query and the body."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emulator.org.errors import api_error, invalid

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from emulator.apis.app import OrgApp
    from emulator.apis.credentials import Caller
    from emulator.org.call import Call
    from emulator.org.org import Org

__all__ = ["Ask"]

_JSON_TYPES: Final = frozenset({"application/json", "application/octet-stream", ""})
_DEEPEST: Final = 100


@dataclass(slots=True, kw_only=True)
class Ask:
    """One request to an org's API; ``headers`` go with the answer, whatever it is."""

    app: OrgApp
    request: Request
    caller: Caller
    request_id: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    _call: Call | None = None

    @property
    def org(self) -> Org:
        """The org it is about."""
        return self.app.org

    @property
    def base_url(self) -> str:
        """The address the client was given, which every link repeats."""
        return f"{self.request.scheme}://{self.request.host}"

    @property
    def path(self) -> str:
        """The path without a slash at its end."""
        return self.request.path.rstrip("/") or "/"

    @property
    def url(self) -> str:
        """The address without the query."""
        return f"{self.base_url}{self.path}"

    @property
    def call(self) -> Call:
        """The call that changes the org, for the events it raises (L14, L23, L27)."""
        if self._call is None:
            query = self.request.query_string.decode("latin-1")
            self._call = self.org.call(
                path=self.path,
                query=query,
                user_agent=self.request.headers.get("User-Agent", "")[:1000],
                device_fingerprint=self.request.headers.get("X-Device-Fingerprint", "")[:1000],
                details=self.caller.transaction_detail(),
                **self.caller.actor(),
            )
            self.request_id = self._call.request_id
        return self._call

    def text(self, name: str) -> str:
        """Return a query parameter, empty if it isn't given."""
        return self.request.args.get(name, "")

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a query parameter as a boolean, in whatever case it was written."""
        value = self.request.args.get(name)
        return default if value is None else value.strip().lower() == "true"

    def number(self, name: str, *, default: int, most: int, clamp: bool = True) -> int:
        """
        Return a query parameter as a whole number from 0 to *most*.

        Raises:
            OktaApiError: it is none, or too large and *clamp* is off.
        """
        text = self.request.args.get(name)
        if text is None or text == "":
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 9 or (not clamp and int(text) > most):
            raise invalid(name, f"{name}: must be a whole number between 0 and {most}")
        return min(int(text), most)

    def body(self) -> Any:
        """
        Return the JSON body.

        Raises:
            OktaApiError: there is none, it isn't JSON, or it is announced as something else.
        """
        data = self.request.get_data(cache=True)
        if not data.strip():
            raise api_error("E0000003", hint="send a JSON object")
        kind = self.request.mimetype.lower()
        if kind not in _JSON_TYPES and not kind.endswith("+json"):
            raise api_error("E0000021", hint=f"send Content-Type: application/json, not {kind}")
        try:
            value = json.loads(data, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise api_error("E0000003") from None
        if _is_too_deep(value):
            raise api_error("E0000003")
        return value

    def optional_body(self) -> Any:
        """Return the JSON body, an empty object if there is none."""
        return self.body() if self.request.get_data(cache=True).strip() else {}


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True
