"""Who is signed in to the console: random session ids in memory, each with its CSRF token and what to tell next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any, Final

__all__ = ["Session", "Sessions"]

_MOST: Final = 64


@dataclass(slots=True, kw_only=True)
class Session:
    """One browser that is signed in; ``told`` is shown once, on the next page."""

    id: str
    csrf: str
    told: list[dict[str, Any]] = field(default_factory=list)

    def proves(self, token: str) -> bool:
        """Say whether *token*, which came with a form, is this session's."""
        return compare_digest(token.encode("utf-8", "replace"), self.csrf.encode())

    def take_told(self) -> list[dict[str, Any]]:
        """Return what is to be told, and forget it."""
        told, self.told = self.told, []
        return told


class Sessions:
    """All sessions; when there are too many, the one that was used longest ago ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Session] = OrderedDict()

    def begin(self) -> Session:
        """Begin a session."""
        session = Session(id=token_urlsafe(32), csrf=token_urlsafe(32))
        with self._lock:
            self._known[session.id] = session
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return session

    def find(self, session_id: str) -> Session | None:
        """Return the session that a cookie names, or None."""
        with self._lock:
            found = self._known.get(session_id)
            if found is not None:
                self._known.move_to_end(session_id)
            return found

    def end(self, session: Session) -> None:
        """Forget a session."""
        with self._lock:
            self._known.pop(session.id, None)
