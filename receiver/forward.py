"""Passing each new event on to another URL, after it has been stored."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emulator.errors import UsageError
from emulator.secrets import safe_url

if TYPE_CHECKING:
    from receiver.events import Event

__all__ = ["Forwarder"]


class Forwarder:
    """
    POSTs the LogEvent as JSON to *url*; whatever is not a 2xx raises, so that the event is tried again.

    Redirects are not followed and proxies of the environment are ignored.  ``Idempotency-Key`` is the event's uuid,
    since the other side may see an event twice.

    Raises:
        UsageError: *url* is not an http or https URL.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise UsageError(
                f"{safe_url(url)!r} is not a URL to forward to",
                hint="such as http://127.0.0.1:9000/events",
                where="--forward-to",
            )
        self._url = url

    def __call__(self, event: Event) -> None:
        """
        Pass *event* on.

        Raises:
            ConnectionError: the other side did not take it; the message holds no secrets of the URL.
        """
        import requests  # heavy, and only needed by those who forward

        with requests.Session() as session:
            session.trust_env = False
            headers = {"Content-Type": "application/json", "Idempotency-Key": event.uuid}
            try:
                reply = session.post(
                    self._url, data=event.as_json(), headers=headers, timeout=(2, 5), allow_redirects=False, stream=True
                )
            except requests.RequestException as error:
                # Its text repeats the URL, which may hold an access key.
                raise ConnectionError(f"can't forward to {safe_url(self._url)}: {type(error).__name__}") from None
            if not 200 <= reply.status_code < 300:
                raise ConnectionError(f"can't forward to {safe_url(self._url)}: it answered {reply.status_code}")
