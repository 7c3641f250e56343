"""What events of a Classic Engine org look like, where they differ from those of an Identity Engine org (U21, L25)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.contract.model import JsonObject

__all__ = ["as_classic"]


def as_classic(event: JsonObject) -> None:
    """Change an event that was built for an Identity Engine org, in place."""
    sessions = event["authenticationContext"]
    for name in ("externalSessionId", "rootSessionId"):
        session = sessions.get(name)
        if isinstance(session, str) and session.startswith("idx"):
            sessions[name] = f"102{session[3:]}"
    if event["eventType"] == "user.session.start":
        # An Identity Engine sign-in names the authenticator and the app that it leads to; a Classic one nothing.
        event["target"] = None
