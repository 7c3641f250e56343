"""A receiver for tests and demos: the reference app on a real loopback socket, and what happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.contract.inline.types import inline_hook_type
from receiver.app import create_app
from receiver.handlers import standard
from receiver.recorder import Recorder
from receiver.serving import Serving
from receiver.settings import DEFAULT_PATH
from receiver.worker import RETRY_DELAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from emulator.secrets import Secret
    from receiver.events import Event
    from receiver.handlers import Handlers
    from receiver.inline.bearer import Bearer
    from receiver.inline.handlers import InlineHandlers
    from receiver.recorder import Delivery
    from receiver.replies import Misbehaviour

__all__ = ["Receiver"]


class Receiver:
    """
    A receiver of event hooks that serves from the moment it is made until ``close()``.

    Best used with ``with``::

        with Receiver(auth="s3cret") as receiver:
            ...  # let something deliver to receiver.url
            receiver.wait_for(1)
            assert receiver.events[0].event_type == "user.lifecycle.deactivate"

    Args:
        auth: The whole value of the auth header; None lets anyone in (H6, H7).
        auth_header: Its name.
        port: 0 takes a free one.
        path: Where event hooks are received.
        misbehave: What goes wrong on purpose, such as ``"slow=4"``; the first is the outermost.
        db: A file that keeps the events; None keeps them until ``close()``.
        on_line: Is called, in another thread, with each line that a handler prints; None prints nothing.
        handlers: What is done about each type of event.
        retry_delays: Seconds before a handler that raised is called again, and again.
        inline: Who answers for which type of inline hook; None for the reference handlers.
        bearer: Verifies the bearer tokens that inline hooks have to bring; None for the auth header.

    Raises:
        UsageError: a value can't be used; secrets are never part of the message.
    """

    def __init__(
        self,
        auth: str | Secret | None = None,
        *,
        auth_header: str = "Authorization",
        port: int = 0,
        path: str = DEFAULT_PATH,
        misbehave: Iterable[str | Misbehaviour] | str = (),
        db: str | Path | None = None,
        on_line: Callable[[str], object] | None = None,
        handlers: Handlers = standard,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
        inline: InlineHandlers | None = None,
        bearer: Bearer | None = None,
    ) -> None:
        self._recorder = Recorder()
        self._app = create_app(
            db=db,
            auth=auth,
            auth_header=auth_header,
            path=path,
            handlers=handlers,
            misbehave=misbehave,
            retry_delays=retry_delays,
            emit=on_line or _say_nothing,
            observer=self._recorder,
            inline=inline,
            bearer=bearer,
        )
        try:
            self._serving = Serving(self._app, port=port)
        except BaseException:
            self._app.close()
            raise
        self._closed = False

    def __repr__(self) -> str:
        return f"Receiver({self.url!r}, {len(self.events)} events, {len(self.deliveries)} deliveries)"

    @property
    def url(self) -> str:
        """The URL to register as the hook's ``uri``."""
        return self._serving.url

    def inline_url(self, kind: str) -> str:
        """
        Return the URL to register as the ``uri`` of an inline hook.

        Args:
            kind: The type, such as ``token`` or ``com.okta.oauth2.tokens.transform``.

        Raises:
            UsageError: there is no such type; the hint has the nearest.
        """
        return self._serving.inline_url(inline_hook_type(kind).short)

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that were stored, in order of arrival; duplicates are not among them (D12)."""
        return self._recorder.events

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Every POST that was answered, refused ones too, in order of their answers."""
        return self._recorder.deliveries

    @property
    def lines(self) -> tuple[str, ...]:
        """What handlers printed."""
        return self._recorder.lines

    def wait_for(self, wanted: int | Callable[[Receiver], object], *, timeout: float = 5.0) -> tuple[Event, ...]:
        """
        Wait until so many events have arrived and their handlers are done, or until a condition holds.

        Args:
            wanted: A number of events, or a function of this receiver that is called after each change.
            timeout: Seconds.

        Returns:
            The events so far.

        Raises:
            TimeoutError: it did not happen in time; the message says what did.
        """
        if isinstance(wanted, int):
            return self._recorder.wait_for(wanted, timeout=timeout)
        return self._recorder.wait_for(lambda: wanted(self), timeout=timeout)

    def close(self) -> None:
        """Finish requests in flight and the current event, then end all threads; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._app.release()
        self._serving.stop()
        self._app.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _say_nothing(_: str) -> None:
    """Lines are recorded anyway."""
