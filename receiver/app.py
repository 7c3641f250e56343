"""
The reference receiver as a WSGI app.

The order of things is the lesson: **authenticate, bound, parse, store, acknowledge, work**.  ``App._deliver`` below is
that sentence in code.  Okta waits three seconds in all, so nothing slow stands before the acknowledgement (R1, D24); it
sends again after a 5xx, never after a 4xx, so a failure of ours must be a 5xx (R3, R4).

Any WSGI server can serve it, in one process with as many threads as you like::

    # wsgi.py, for: gunicorn --threads 8 wsgi:app
    app = create_app(db="events.db", auth=os.environ["HOOK_SECRET"])
"""

from __future__ import annotations

import hmac
import json
import logging
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    ServiceUnavailable,
    Unauthorized,
    UnsupportedMediaType,
)
from werkzeug.wrappers import Request, Response

from emulator.contract.constants import CHALLENGE_HEADER, VERIFICATION_KEY
from emulator.errors import UsageError
from emulator.secrets import HIDDEN, Redactor, Secret
from receiver.envelope import RefusedBody, read_envelope
from receiver.forward import Forwarder
from receiver.handlers import standard
from receiver.inline.app import TIME_LIMIT, InlineDesk
from receiver.inline.handlers import reference
from receiver.problems import problem
from receiver.recorder import Delivery
from receiver.replies import read_all
from receiver.settings import ABOUT, DEFAULT_PATH, MAX_BODY, MAX_DEPTH, Settings
from receiver.store import Receipt, Store, StoreError
from receiver.worker import RETRY_DELAYS, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

    from receiver.handlers import Handlers
    from receiver.inline.bearer import Bearer
    from receiver.inline.handlers import InlineHandlers
    from receiver.recorder import Observer
    from receiver.replies import Misbehaviour

__all__ = ["App", "create_app"]

# What is known of a request by the time it is answered; kept in its environ, as WSGI suggests.
RECEIPT: Final = "receiver.receipt"
EVENT_ID: Final = "receiver.event_id"

LATER: Final = 5  # seconds after which whoever heeds Retry-After may try again; Okta does so at once (R6)

_CREDENTIALS: Final = frozenset({"authorization", "cookie", "proxy-authorization"})

_log = logging.getLogger("receiver")


class App:
    """
    Answers the verification GET, takes deliveries, and answers inline hooks; made by :func:`create_app`.

    Args:
        settings: Path, secret and limits.
        store: Where events go before they are acknowledged.
        worker: What is woken afterwards.
        inline: Who answers inline hooks.
        misbehaviours: What goes wrong on purpose, the outermost first; a good receiver has none.
        observer: Is told of every delivery.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        worker: Worker,
        inline: InlineDesk,
        *,
        misbehaviours: Iterable[Misbehaviour] = (),
        observer: Observer | None = None,
    ) -> None:
        self._misbehaviours = tuple(misbehaviours)
        for each in self._misbehaviours:
            settings = each.settings(settings)
        self.settings = settings
        self.store = store
        self._worker = worker
        self._observer = observer
        self._inline = inline

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; whatever goes wrong, a stranger learns no more than a status and a title."""
        request = Request(environ)
        response = self._respond(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        _log.info("answered %d: %s", response.status_code, environ.get(ABOUT, "without looking"))
        if self._observer and request.method == "POST" and not self._inline.owns(request.path):
            self._observer.answered(self._seen(request, response))
        return response(environ, start_response)

    def _respond(self, request: Request) -> Response:
        answer: Callable[[Request], Response] = self._answer
        for each in reversed(self._misbehaviours):
            answer = partial(each.answer, proceed=answer)
        try:
            return answer(request)
        except HTTPException as refusal:
            request.environ[ABOUT] = refusal.description
            return problem(refusal)
        except Exception as error:  # noqa: BLE001 (the last line of defence: no traceback reaches a stranger)
            request.environ[ABOUT] = "internal error"
            _log.error("internal error: %s", type(error).__name__, exc_info=_log.isEnabledFor(logging.DEBUG))
            return problem(HTTPException("internal error"))

    def _answer(self, request: Request) -> Response:
        if self._inline.owns(request.path):
            return self._inline.answer(request, authenticate=self._authenticate, read_body=self._read_body)
        # One path, with or without a final slash, so that a mistyped URL is found at verification and not later.
        if (request.path.removesuffix("/") or "/") != self.settings.path:
            raise NotFound("no event hooks are received at this path")
        if request.method == "GET":
            return self._verify(request)
        if request.method == "POST":
            return self._deliver(request)
        raise MethodNotAllowed(["GET", "POST"], "GET verifies and POST delivers; Okta sends nothing else")

    def _verify(self, request: Request) -> Response:
        """Prove control of this URL by returning the challenge byte for byte (V2-V8)."""
        self._authenticate(request)
        challenge = request.headers.get(CHALLENGE_HEADER)  # a case-insensitive look-up: proxies change the case (H12)
        if not challenge:
            # Okta never asks without one (V22), and {"verification": null} would only hide the mistake.
            raise BadRequest(f"no {CHALLENGE_HEADER} header: this is not a verification")
        request.environ[ABOUT] = "verification"
        return Response(json.dumps({VERIFICATION_KEY: challenge}), mimetype="application/json")

    def _deliver(self, request: Request) -> Response:
        """Take a delivery: authenticate, bound, parse, store, acknowledge; the worker does the rest."""
        self._authenticate(request)
        body = self._read_body(request)
        try:
            envelope = read_envelope(body, max_depth=self.settings.max_depth)
        except RefusedBody as refusal:
            raise BadRequest(str(refusal)) from None
        request.environ[EVENT_ID] = envelope.event_id
        try:
            receipt = self.store.add(envelope, dedupe=self.settings.dedupe)
        except StoreError as error:
            # Never a 2xx for what isn't stored, and a 5xx so that Okta sends it again (R3).
            _log.error("delivery %s could not be stored: %s", envelope.event_id, error)
            raise ServiceUnavailable("the events could not be stored; send them again", retry_after=LATER) from None
        request.environ[RECEIPT] = receipt
        if self._observer:
            self._observer.stored(receipt)
        self._worker.wake()
        request.environ[ABOUT] = f"delivery {envelope.event_id or 'without eventId'}, {receipt}"
        return _acknowledgement()

    def _authenticate(self, request: Request) -> None:
        """Compare the secret in constant time, before anything else of the request is looked at (H6, D31)."""
        expected = self.settings.auth
        if expected is None:
            return
        # Bytes, since compare_digest refuses text that is not ASCII, and a stranger may send any.
        given = request.headers.get(self.settings.auth_header, "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(given, expected.reveal().encode()):
            # Missing, mistyped or of another scheme: it all looks the same from outside.
            raise Unauthorized("the request is not authenticated")

    def _read_body(self, request: Request) -> bytes:
        """Read at most ``max_body`` bytes, whatever Content-Length says."""
        # A charset may follow, but means nothing: JSON is UTF-8 (RFC 8259), and is read as that.
        if request.mimetype != "application/json":
            raise UnsupportedMediaType("wanted Content-Type: application/json")
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnsupportedMediaType("wanted a body that is not compressed")
        limit = self.settings.max_body
        # One byte more than is allowed, to see whether there is more.
        request.max_content_length = limit + 1
        body = request.get_data(cache=False)
        if len(body) > limit:
            raise RequestEntityTooLarge(f"the body is longer than {limit} bytes")
        if request.content_length is not None and len(body) != request.content_length:
            raise BadRequest("the body is shorter than its Content-Length")
        return body

    def _seen(self, request: Request, response: Response) -> Delivery:
        receipt: Receipt = request.environ.get(RECEIPT) or Receipt(new=(), duplicates=())
        hidden = _CREDENTIALS | {self.settings.auth_header.lower()}
        return Delivery(
            status=response.status_code,
            event_id=request.environ.get(EVENT_ID),
            events=tuple(event for _, event in receipt.new),
            duplicates=receipt.duplicates,
            headers={name: HIDDEN if name.lower() in hidden else value for name, value in request.headers.items()},
        )

    def start(self) -> None:
        """Begin to work, with what an earlier run left undone; requests may be taken before."""
        self._worker.start()

    def release(self) -> None:
        """End whatever only passes time, so that requests in flight can be finished."""
        for each in self._misbehaviours:
            each.stopping.set()

    def close(self, *, timeout: float = 10.0) -> None:
        """Finish the current event within *timeout* seconds, leave the others for the next run, close the store."""
        self.release()
        if not self._worker.stop(timeout=timeout):
            _log.warning("a handler is still running; its event stays pending and is handled again at the next start")
        self.store.close()


def _acknowledgement() -> Response:
    """Return 204 with nothing in it (D24): not even the content type that werkzeug gives every response."""
    response = Response(status=204)
    response.headers.remove("Content-Type")
    return response


def print_line(line: str) -> None:
    """Print *line* on stdout at once."""
    # In one piece, which print() doesn't promise.
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def create_app(
    *,
    db: str | Path | None = "okta-receiver.db",
    auth: str | Secret | None = None,
    auth_header: str = "Authorization",
    path: str = DEFAULT_PATH,
    handlers: Handlers = standard,
    misbehave: Iterable[str | Misbehaviour] | str = (),
    forward_to: str | None = None,
    max_body: int = MAX_BODY,
    max_depth: int = MAX_DEPTH,
    retry_delays: tuple[float, ...] = RETRY_DELAYS,
    emit: Callable[[str], object] = print_line,
    observer: Observer | None = None,
    inline: InlineHandlers | None = None,
    bearer: Bearer | None = None,
    inline_time_limit: float = TIME_LIMIT,
    start: bool = True,
) -> App:
    """
    Make a receiver that any WSGI server can serve; its worker runs until ``close()``.

    Args:
        db: The SQLite file that keeps the events; None keeps them only until ``close()``.
        auth: The whole value of the auth header, such as ``Basic ...``; None lets anyone in.
        auth_header: Its name.
        path: Where event hooks are received.
        handlers: What is done about each type of event.
        misbehave: Names such as ``slow=4`` of what goes wrong on purpose.
        forward_to: A URL that each new event is passed on to.
        max_body: Bytes of the longest body that is taken.
        max_depth: Levels of the deepest JSON that is taken.
        retry_delays: Seconds before a handler that raised is called again, and again.
        emit: Prints a line of a handler.
        observer: Is told what happens.
        inline: Who answers for which type of inline hook; None for the reference handlers.
        bearer: Verifies the bearer tokens that inline hooks have to bring; None for the auth header.
        inline_time_limit: Seconds that a handler of inline hooks gets; Okta gives up after three in all.
        start: Whether to begin at once with what an earlier run left undone, or only at ``start()``.

    Raises:
        UsageError: a value can't be used, or the database can't.
    """
    secret = Secret(auth) if isinstance(auth, str) else auth
    settings = Settings(path=path, auth_header=auth_header, auth=secret, max_body=max_body, max_depth=max_depth)
    misbehaviours = read_all(misbehave)
    also = [Forwarder(forward_to)] if forward_to is not None else []
    if db == "":
        raise UsageError("the database has no name", hint="--db FILE", where="--db")
    store = Store(db)
    redact = Redactor([secret] if secret else [])
    worker = Worker(store, handlers, emit=emit, also=also, observer=observer, redact=redact, delays=retry_delays)
    desk = InlineDesk(
        inline if inline is not None else reference(),
        bearer=bearer,
        max_depth=max_depth,
        time_limit=inline_time_limit,
    )
    app = App(settings, store, worker, desk, misbehaviours=misbehaviours, observer=observer)
    if start:
        app.start()
    return app
