"""Who asks an org for something, and through what: it decides actor, client and transaction of the events (L14, U3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emulator.payloads import Origin

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject
    from emulator.payloads import Person

__all__ = ["Call"]

# L14: an SDK names its system, and no browser.
_SYSTEMS: Final = (
    ("Windows NT 10", "Windows 10"),
    ("Windows", "Windows"),
    ("iPhone", "iOS (iPhone)"),
    ("iPad", "iOS (iPad)"),
    ("Android", "Android"),
    ("Mac OS", "Mac OS X"),
    ("Darwin", "Mac OS X"),
    ("Linux", "Linux"),
)
_BROWSERS: Final = (
    ("Edg/", "CHROMIUM_EDGE"),
    ("Firefox/", "FIREFOX"),
    ("Chrome/", "CHROME"),
    ("Safari/", "SAFARI"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    One request to the org; the events of one call share its transaction and its request id (L23).

    Args:
        number: Which of the org's requests it is; an org gives them out (``Org.call``).
        request_id: What ``X-Okta-Request-Id`` of the answer is; it follows from *number*.
        path: The ``requestUri`` of its events; None takes the usual one of each event type (U4).
        query: What follows the ``?`` in ``url``; None takes the usual one.
        origin: What kind of caller it is.
        actor: The user who acts; None takes the admin whose token it is.
        actor_type: ``User``, or ``PublicClientAppEntity`` for an OAuth service app (U3).
        user_agent: The caller's raw ``User-Agent``; an empty one takes that of an SDK.
        device_fingerprint: The call's ``X-Device-Fingerprint``.
    """

    number: int
    request_id: str
    path: str | None = None
    query: str | None = None
    origin: Origin = Origin.API
    actor: Person | None = None
    actor_type: str = "User"
    user_agent: str = ""
    device_fingerprint: str = ""
    details: JsonObject = field(default_factory=dict)

    def mark(self, event: JsonObject, *, query: str | None) -> None:
        """Write into *event* what is known of this very call, in place of the usual; *query* is that of ``url``."""
        if not self.origin.is_request:
            return
        if event["actor"]["type"] == "User" and self.actor is not None:
            event["actor"]["type"] = self.actor_type
        data = event["debugContext"]["debugData"]
        if query is not None and "url" in data:
            data["url"] = f"{data['requestUri']}?{query}"  # L27: a bare "?" stays
        if self.device_fingerprint:
            event["debugContext"]["debugData"] = {"deviceFingerprint": self.device_fingerprint, **data}
        if self.user_agent:
            event["client"]["userAgent"] = _user_agent(self.user_agent)
        if self.details:
            event["transaction"]["detail"] = dict(self.details)


def _user_agent(raw: str) -> dict[str, Any]:
    system = next((name for sign, name in _SYSTEMS if re.search(re.escape(sign), raw, re.IGNORECASE)), "Unknown")
    browser = next((name for sign, name in _BROWSERS if sign in raw), "UNKNOWN")
    return {"rawUserAgent": raw, "os": system, "browser": browser}
