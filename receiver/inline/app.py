"""
Answer the calls of inline hooks: **authenticate, bound, parse, decide in time, answer**.

Somebody waits at a sign-in page while this runs.  Okta gives up after three seconds in all, and for tokens and telephony
it doesn't ask again (I8): so a handler gets its deadline and is not waited for any longer than that, whatever it does.
Nothing of a call is ever logged but its type, its eventId and how it was answered.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from werkzeug.exceptions import BadRequest, MethodNotAllowed, NotFound, ServiceUnavailable, Unauthorized
from werkzeug.wrappers import Response

from emulator.contract.inline.types import inline_hook_type
from receiver.envelope import RefusedBody, strict_json
from receiver.inline.bearer import Bearer, KeysUnavailable, Untrusted
from receiver.inline.call import Call
from receiver.settings import ABOUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Request

    from receiver.inline.answers import Answer
    from receiver.inline.handlers import InlineHandler, InlineHandlers

__all__ = ["INLINE_PATH", "TIME_LIMIT", "InlineDesk"]

INLINE_PATH: Final = "/okta/inline"
TIME_LIMIT: Final = 2.5  # seconds; the rest of Okta's three is for the way there and back
AT_ONCE: Final = 64  # handlers at a time; more are turned away at once rather than late
_LONGEST_ID: Final = 255

_log = logging.getLogger("receiver")


class InlineDesk:
    """
    Answers what comes to ``/okta/inline/<type>``.

    Args:
        handlers: Who answers for which type.
        bearer: Verifies bearer tokens; None leaves it to the auth header.
        max_depth: Levels of the deepest JSON that is taken.
        time_limit: Seconds a handler gets.
    """

    def __init__(
        self,
        handlers: InlineHandlers,
        *,
        bearer: Bearer | None,
        max_depth: int,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        self._handlers = handlers
        self._bearer = bearer
        self._max_depth = max_depth
        self._time_limit = time_limit
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def owns(self, path: str) -> bool:
        """Whether *path* is one of ours."""
        return path.startswith(f"{INLINE_PATH}/")

    def answer(
        self,
        request: Request,
        *,
        authenticate: Callable[[Request], None],
        read_body: Callable[[Request], bytes],
    ) -> Response:
        """
        Answer one call.

        Args:
            request: The call.
            authenticate: Compares the auth header; raises ``Unauthorized``.
            read_body: Reads a JSON body that is not too long; raises what it is refused with.

        Raises:
            HTTPException: it is refused.
        """
        deadline = time.monotonic() + self._time_limit
        kind = request.path.removeprefix(f"{INLINE_PATH}/").removesuffix("/")
        handler = self._handlers.find(kind)
        if handler is None:
            raise NotFound("no inline hook is answered at this path")
        if request.method != "POST":
            raise MethodNotAllowed(["POST"], "inline hooks are called by POST, and there is no verification")
        if self._bearer is None:
            authenticate(request)
        else:
            self._verify(self._bearer, request)
        call = self._read(kind, read_body(request), deadline)
        answer = self._decide(handler, call)
        request.environ[ABOUT] = f"inline hook {kind}, {call.event_id or 'without eventId'}, {_shown(answer)}"
        return _response(answer)

    def _verify(self, bearer: Bearer, request: Request) -> None:
        try:
            bearer.verify(request.headers.get("Authorization", ""))
        except Untrusted as reason:
            _log.info("a bearer token was refused: %s", reason)
            raise Unauthorized("the request is not authenticated") from None
        except KeysUnavailable as reason:
            _log.error("no bearer token can be verified: %s", reason)
            raise ServiceUnavailable("tokens can't be verified at the moment") from None

    def _read(self, kind: str, body: bytes, deadline: float) -> Call:
        """Demand no more than that it is a call of the right type: members may be null, absent or new (I3, I5)."""
        try:
            value = strict_json(body, self._max_depth)
        except RefusedBody as refusal:
            raise BadRequest(str(refusal)) from None
        wanted = inline_hook_type(kind).name
        if not isinstance(value, dict) or value.get("eventType") != wanted:
            raise BadRequest(f"wanted a JSON object whose eventType is {wanted}")
        if not isinstance(value.get("data"), dict):
            raise BadRequest("data must be an object")
        event_id = value.get("eventId")
        known = isinstance(event_id, str) and event_id.isprintable() and 0 < len(event_id) <= _LONGEST_ID
        return Call(kind=kind, event_id=event_id if known else None, deadline=deadline, request=value)

    def _decide(self, handler: InlineHandler, call: Call) -> Answer:
        """Wait for the handler until the deadline and no longer."""
        outcome: dict[str, Any] = {}
        done = threading.Event()

        def work() -> None:
            try:
                outcome["answer"] = handler(call)
            except Exception as error:  # noqa: BLE001 (told below; its text may hold what must not be logged)
                outcome["error"] = type(error).__name__
            finally:
                self._room.release()
                done.set()

        if not self._room.acquire(blocking=False):
            raise ServiceUnavailable("too many calls at once")
        threading.Thread(target=work, name=f"inline-{call.kind}", daemon=True).start()
        if not done.wait(call.remaining()):
            _log.error("the handler of inline hook %s was not done in time", call.kind)
            raise ServiceUnavailable("no answer could be found in time")
        if "error" in outcome:
            _log.error("the handler of inline hook %s failed: %s", call.kind, outcome["error"])
            raise ServiceUnavailable("no answer could be found")
        answer: Answer = outcome["answer"]
        return answer


def _response(answer: Answer) -> Response:
    import json

    if answer is None:
        response = Response(status=204)
        response.headers.remove("Content-Type")
        return response
    return Response(json.dumps(answer), mimetype="application/json")


def _shown(answer: Answer) -> str:
    """Say how a call was answered, without a value of it."""
    if answer is None:
        return "nothing to change"
    given = answer.get("commands")
    parts = [f"{len(given)} commands" if len(given) != 1 else "1 command"] if isinstance(given, list) and given else []
    return ", ".join([*parts, *(["an error"] if isinstance(answer.get("error"), Mapping) else [])]) or "no command"
