"""What to do about an answer that wasn't the wanted one, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.delivery.exchange import Failure

if TYPE_CHECKING:
    from emulator.delivery.exchange import Exchange

__all__ = ["REFUSED", "advice"]

REFUSED: Final = (401, 403)


def advice(exchange: Exchange, *, auth: str) -> str:
    """Return the remedy for the last exchange of a delivery whose auth header was *auth*."""
    if auth != "right":
        return f"compare the auth header with the secret before anything else, and answer 401 when it is {auth}"
    if exchange.failure is Failure.TIMEOUT:
        return "store the events, answer 204 at once, and do the work afterwards: Okta waits 3 s for the whole answer"
    if exchange.failure is not None:
        return "keep the connection open until the answer is sent, and read the receiver's log for this request"
    status = exchange.status or 0
    if status in REFUSED:
        return "the receiver refuses the credentials: give the hook's own with --header 'Authorization: ...'"
    if status in {404, 405}:
        return "accept POST at this path: answer 204 with an empty body, then do your own work"
    if status >= 500:
        return "read the receiver's log for this request: whatever comes, store it and answer 204"
    return "answer 200 or 204 within 3 s"
