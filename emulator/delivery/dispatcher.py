"""Carry a delivery out: the POST with Okta's headers, the step that the table names, at most one retry (R1-R8)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emulator.contract.constants import CONTENT_TYPE, REQUEST_ID_HEADER, USER_AGENT_DELIVER
from emulator.contract.profile import DEFAULT_PROFILE, Profile
from emulator.delivery.attempts import Attempt, Delivered, Delivery, Outcome, Retry, Step, next_step
from emulator.delivery.exchange import Exchange, HeaderValue, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emulator.contract.model import Channel
    from emulator.delivery.clock import Clock
    from emulator.delivery.transport import Sender

__all__ = ["Course", "deliver", "delivery_request"]


def delivery_request(
    channel: Channel,
    body: bytes,
    *,
    hook_id: str,
    request_id: str = "",
    preview: bool = False,
    profile: Profile = DEFAULT_PROFILE,
) -> Request:
    """
    Return the POST that carries *body* to the receiver (H1-H12).

    Args:
        channel: Where to send it, and the headers that go with it.
        body: The encoded envelope.
        hook_id: The hook's id, which ``User-Agent`` names (H4); Preview names another object there (P9).
        request_id: The value of ``X-Okta-Request-Id``, sent only where the profile says so (H5).
        preview: Whether this is a Preview, not a real delivery (H5).
        profile: The reading of the rules that Okta leaves in doubt.
    """
    headers: list[tuple[str, HeaderValue]] = [("Accept", CONTENT_TYPE), ("Content-Type", CONTENT_TYPE)]
    wanted = {"all", "preview"} if preview else {"all"}
    if request_id and profile.headers_request_id in wanted:
        headers.append((REQUEST_ID_HEADER, request_id))
    headers += [(custom.key, custom.value) for custom in channel.headers]
    if channel.auth is not None:
        headers.append((channel.auth.key, channel.auth.value))
    headers += [("User-Agent", USER_AGENT_DELIVER.format(hook_id=hook_id)), ("Connection", "keep-alive")]
    return Request(method="POST", url=channel.uri, headers=tuple(headers), body=body)


class Course:
    """
    A delivery on its way, for whoever makes the attempts.

    Args:
        request: What is sent; a retry repeats the same bytes (R7).
        delivery: The delivery before its first attempt.
        profile: How often, and after what, to retry.
        interfere: May put another exchange in an attempt's place; see ``deliver``.
    """

    __slots__ = ("_attempts", "_begun", "_interfere", "profile", "request")

    def __init__(
        self,
        request: Request,
        delivery: Delivery,
        *,
        profile: Profile = DEFAULT_PROFILE,
        interfere: Callable[[int, Exchange], Exchange] | None = None,
    ) -> None:
        self.request = request
        self.profile = profile
        self._begun = delivery
        self._interfere = interfere
        self._attempts: list[Attempt] = []

    def went(self, exchange: Exchange) -> Step:
        """Note how an attempt went, and say what follows: unless it is a ``Retry``, the delivery has ended."""
        number = len(self._attempts) + 1
        if self._interfere is not None:
            exchange = self._interfere(number, exchange)
        step = next_step(exchange, number=number, profile=self.profile)
        self._attempts.append(Attempt(number=number, exchange=exchange, step=step))
        return step

    @property
    def delivery(self) -> Delivery:
        """The delivery with the attempts so far."""
        if not self._attempts:
            return self._begun
        delivered = isinstance(self._attempts[-1].step, Delivered)
        outcome = Outcome.DELIVERED if delivered else Outcome.FAILED
        return replace(self._begun, attempts=tuple(self._attempts), outcome=outcome)

    def run(self, *, sender: Sender, clock: Clock) -> Delivery:
        """Make the attempts, wait in between, and return the delivery as it ended."""
        while True:
            step = self.went(sender.send(self.request, time_limit=self.profile.time_limit))
            if not isinstance(step, Retry):
                return self.delivery
            clock.sleep(step.delay)


def deliver(
    request: Request,
    *,
    event_id: str,
    hook_id: str,
    uuids: Sequence[str],
    sender: Sender,
    clock: Clock,
    profile: Profile = DEFAULT_PROFILE,
    interfere: Callable[[int, Exchange], Exchange] | None = None,
) -> Delivery:
    """
    Send *request* until it is acknowledged or given up, and tell every attempt.

    The retry repeats the same bytes, hence the same ``eventId`` and uuids (R7).

    Args:
        request: What to send.
        event_id: The envelope's ``eventId``, for the record.
        hook_id: The hook that delivers, for the record.
        uuids: The ``uuid`` of each LogEvent in the body, for the record.
        sender: What makes one attempt.
        clock: Lets the delay before a retry pass.
        profile: How often, and after what, to retry.
        interfere: May put another exchange in an attempt's place, to rehearse a network that loses or delays
            replies; gets the attempt's number, from 1, and what really happened.
    """
    begun = Delivery(
        event_id=event_id,
        hook_id=hook_id,
        uuids=tuple(uuids),
        attempts=(),
        outcome=Outcome.NOT_SENT,
        body=request.body or b"",
    )
    course = Course(request, begun, profile=profile, interfere=interfere)
    return course.run(sender=sender, clock=clock)
