"""
Telephony: send this one-time code to this phone, now.

Okta doesn't ask twice (I8); after a failure it sends the code itself, at its own expense and under its own limits (I9).
So be quick, be clear, and keep the code to yourself: it stands in no log, no error and no ``debugContext``, which Okta
writes to its System Log.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Protocol
from uuid import uuid4

from receiver.inline.answers import commands, refusal

if TYPE_CHECKING:
    from receiver.inline.answers import Answer
    from receiver.inline.call import Call
    from receiver.inline.handlers import InlineHandler

__all__ = ["KIND", "Provider", "Undelivered", "handler"]

KIND: Final = "telephony"
_REMEMBERED: Final = 1_000  # calls
_NAME: Final = "okta-receiver"

_log = logging.getLogger("receiver")


class Undelivered(Exception):  # noqa: N818 (an answer, not an error of ours)
    """The provider did not take the message; the text says why, for the org's log: no code and no number in it."""


class Provider(Protocol):
    """Whoever sends messages for you; raises :class:`Undelivered`, and is done within *timeout* seconds."""

    def __call__(self, *, phone: str, message: str, voice: bool, timeout: float) -> str:
        """Send the message or make the voice call, and return the provider's name for it."""
        ...


def _to_nobody(*, phone: str, message: str, voice: bool, timeout: float) -> str:
    """Send nothing, and say so; in your own service this is where the provider is called."""
    del message, timeout
    _log.info("would %s the number that ends in %s", "call" if voice else "text", phone[-2:])
    return uuid4().hex


def handler(provider: Provider = _to_nobody, *, name: str = _NAME) -> InlineHandler:
    """Return the handler that sends through *provider*, which goes by *name* in Okta's log."""
    sent: OrderedDict[str, Answer] = OrderedDict()
    lock = threading.Lock()

    def answer(call: Call) -> Answer:
        """Send once for each call, whoever repeats it: a proxy may, though Okta doesn't."""
        if call.event_id is None:
            return _send(call, provider, name)
        with lock:
            if call.event_id in sent:
                return sent[call.event_id]
        found = _send(call, provider, name)
        with lock:
            sent[call.event_id] = found
            while len(sent) > _REMEMBERED:
                sent.popitem(last=False)
        return found

    return answer


def _send(call: Call, provider: Provider, name: str) -> Answer:
    # Okta writes the number as text or, in its samples, as a number.
    phone = str(call.get("messageProfile.phoneNumber", (str, int)) or "")
    voice = call.text("messageProfile.deliveryChannel").upper().startswith("VOICE")
    message = call.text("messageProfile.msgTemplate")
    if not phone or not message:
        return refusal("The message has no phone number or no text.")
    try:
        transaction = provider(phone=phone, message=message, voice=voice, timeout=call.remaining())
    except Undelivered as reason:
        return refusal("The provider did not take the message.", {"errorSummary": str(reason)})
    done = {"status": "SUCCESSFUL", "provider": name, "transactionId": transaction}
    return commands(("com.okta.telephony.action", [done]))
