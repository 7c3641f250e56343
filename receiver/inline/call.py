"""One call of an inline hook as its handler sees it; takes null, absent and unexpected members in its stride."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Call"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    A call of an inline hook.

    Its representation never shows the data: passwords, one-time codes and tokens are in it.

    Args:
        kind: The short name of the hook's type, such as ``telephony``.
        event_id: Okta's name for this call; a retry brings the same one.
        deadline: When the answer has to be on its way, on the clock of ``time.monotonic()``.
        request: The whole body.
    """

    kind: str
    event_id: str | None
    deadline: float
    request: Mapping[str, Any] = field(repr=False)

    def get(self, path: str, wanted: type | tuple[type, ...] = object) -> Any:
        """Return the member of ``data`` at a dotted *path*; None if it is absent, or not of the type that is wanted."""
        value: Any = self.request.get("data")
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value if isinstance(value, wanted) else None

    def text(self, path: str) -> str:
        """Return the text at a dotted *path* below ``data``; empty if there is none."""
        return self.get(path, str) or ""

    def remaining(self) -> float:
        """Return the seconds that are left: the time limit for whatever the handler asks of others."""
        return max(0.0, self.deadline - time.monotonic())
