"""The WSGI application of an org: authorize, route, call the handler, and answer as Okta does whatever happens."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from secrets import token_hex, token_urlsafe
from typing import TYPE_CHECKING, Any, Final

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Request

from emulator.apis.answers import Answer
from emulator.apis.asking import Ask
from emulator.apis.credentials import Caller, Credentials
from emulator.apis.faults import Faults
from emulator.apis.guarding import ControlError, Guard
from emulator.apis.rates import RateLimits
from emulator.apis.routing import CONTROL, PUBLIC, Route, is_quick, routes, url_map
from emulator.apis.unknown import not_emulated
from emulator.errors import UsageError, place_of
from emulator.org.errors import OktaApiError, StoreError, api_error
from emulator.visible import in_one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from werkzeug.wrappers import Response

    from emulator.org.org import Org
    from emulator.secrets import Secret

__all__ = ["OrgApp", "create_app"]

Application = Callable[..., Iterable[bytes]]

MAX_BODY: Final = 2 * 1024 * 1024  # bytes
MAX_STREAMS: Final = 4  # each holds a thread of the server

_LATER: Final = (("Retry-After", "5"),)
_NO_LENGTH: Final = "A request without a body needs Content-Length: 0"

_log = logging.getLogger("emulator.apis")


class OrgApp:
    """
    Serves one org; it is not closed with it.

    ``mounts`` are further applications by path prefix, such as a console.  ``closing`` ends what would go on for ever.
    """

    def __init__(
        self,
        org: Org,
        *,
        credentials: Credentials,
        guard: Guard,
        rates: RateLimits,
        mounts: Mapping[str, Application],
    ) -> None:
        self.org = org
        self.credentials = credentials
        self.guard = guard
        self.rates = rates
        self.faults = Faults()
        self.snapshots: dict[str, bytes] = {}
        self.closing = threading.Event()
        self.streams = threading.BoundedSemaphore(MAX_STREAMS)
        self._mounts = dict(mounts)
        routes()

    def mount(self, prefix: str, mounted: Application) -> None:
        """Let another application answer at *prefix* and below it."""
        self._mounts[prefix] = mounted

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        path = str(environ.get("PATH_INFO", ""))
        for prefix, mounted in self._mounts.items():
            if path == prefix or path.startswith(f"{prefix}/"):
                return mounted(environ, start_response)
        request = Request(environ)
        request.max_content_length = MAX_BODY
        return self.answer(request)(environ, start_response)

    def is_quick(self, method: str, path: str) -> bool:
        """Say whether a request is answered without waiting for anything: a disk, a receiver, or a fault's delay."""
        return self.org.in_memory and is_quick(method, path) and not self.faults.all()

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        ask = Ask(app=self, request=request, caller=Caller(), request_id=token_hex(16))
        if request.path == CONTROL or request.path.startswith(f"{CONTROL}/"):
            return self._safely(ask, self._control).response()
        if request.path.startswith(PUBLIC):
            return self._safely(ask, self._public).response(more=[("X-Okta-Request-Id", ask.request_id), *ask.headers])
        standing = self.rates.take(request.path)
        answer = self._safely(ask, lambda found: self._api(found, exceeded=standing.exceeded))
        headers = standing.headers(exhausted=answer.status == 429)
        return answer.response(more=[("X-Okta-Request-Id", ask.request_id), *headers, *ask.headers])

    def _safely(self, ask: Ask, act: Callable[[Ask], Answer]) -> Answer:
        request = ask.request
        try:
            return act(ask)
        except ControlError as error:
            return Answer(body=error.body(), status=error.status)
        except OktaApiError as error:
            # Okta's answer has no room for what helps people, so that is said here.
            hint = error.hint.replace("\n", "; ")
            why = in_one_line(f"{'; '.join((error.summary, *error.causes))}{f' ({hint})' if hint else ''}")
            _log.info("%s -> %s %s: %s", _asked(request), error.status, error.code, why)
            return self.refusal(error)
        except StoreError as error:
            _log.error("%s -> 503: %s", _asked(request), error)
            # With an errorId of nobody's, since those of the org are counted in its store.
            refused = api_error("E0000010")
            refused.error_id = _any_error_id()
            return Answer(body=refused.body(), status=refused.status, headers=_LATER)
        except UsageError as error:
            return Answer(body=ControlError(400, error.message, hint=error.hint).body(), status=400)
        except RequestEntityTooLarge:
            return self.refusal(api_error("E0000003", status=413))
        except HTTPException:
            return self.refusal(api_error("E0000003"))
        except Exception as error:  # noqa: BLE001 (whatever it is, a client gets Okta's form and we get told)
            _tell_ours(error, request)
            return self.refusal(api_error("E0000009"))

    def refusal(self, error: OktaApiError) -> Answer:
        """Return the answer for an error, with an ``errorId`` (E1)."""
        try:
            return Answer(body=self.org.error_body(error), status=error.status)
        except StoreError:  # the number of the errorId can't be counted on
            error.error_id = _any_error_id()
            return Answer(body=error.body(), status=error.status)

    def _api(self, ask: Ask, *, exceeded: bool) -> Answer:
        request = ask.request
        if not request.path.startswith("/api/"):
            raise api_error("E0000008")
        # E11: who calls comes before where, and where before what.
        ask.caller = self.credentials.caller(request.headers.get("Authorization"))
        if exceeded:
            raise api_error("E0000047")
        self.faults.meet(request.method, request.path)
        found, arguments = _match(ask)
        if not ask.caller.may(found.scope):
            raise api_error("E0000006", hint=f"the token lacks the scope {found.scope}")
        if request.method in {"POST", "PUT"} and not _announces_length(request):
            raise api_error("E0000003", _NO_LENGTH, status=411, hint="with curl: -d '' (E10)")
        return found.handler(ask, **arguments)

    @staticmethod
    def _public(ask: Ask) -> Answer:
        found, arguments = _match(ask)
        answer: Answer = found.handler(ask, **arguments)
        return answer

    def _control(self, ask: Ask) -> Answer:
        try:
            found, arguments = url_map().bind_to_environ(ask.request.environ).match()
        except MethodNotAllowed:
            raise ControlError(405, f"{ask.request.method} is not known here", hint=_see_index()) from None
        except NotFound:
            self.guard.check(ask.request)
            raise ControlError(404, f"there is no {ask.request.path}", hint=_see_index()) from None
        self.guard.check(ask.request, open_to_all=found.open_to_all)
        answer: Answer = found.handler(ask, **arguments)
        return answer


def _asked(request: Request) -> str:
    # The path comes decoded, and may hold what ends a line.
    return in_one_line(f"{request.method} {request.path}")


def _tell_ours(error: Exception, request: Request) -> None:
    # Its words may quote a secret, so they are for those who ask for them.
    kind, place = type(error).__name__, place_of(error)
    traceback = _log.isEnabledFor(logging.DEBUG)
    _log.error("internal error: %s at %s, %s", kind, place, _asked(request), exc_info=traceback)


def unreadable_body() -> dict[str, Any]:
    """Return the body for what isn't even a request: its head is broken, or it is too large (E1)."""
    error = api_error("E0000003")
    error.error_id = _any_error_id()
    return error.body()


def _any_error_id() -> str:
    return f"oae{token_urlsafe(17)[:22]}"


def _see_index() -> str:
    return f"GET {CONTROL} lists the endpoints"


def _match(ask: Ask) -> tuple[Route, Mapping[str, Any]]:
    request = ask.request
    adapter = url_map().bind_to_environ(request.environ)
    try:
        found, arguments = adapter.match()
    except MethodNotAllowed as error:
        ask.headers.append(("Allow", ", ".join(sorted(error.valid_methods or ()))))
        raise api_error("E0000022") from None
    except NotFound:
        raise not_emulated(request.method, request.path) from None
    return found, arguments


def _announces_length(request: Request) -> bool:
    # E10: neither a body nor its length is refused by Okta's front end.
    # UNDOCUMENTED: the body of that 411; here it is that of a body which isn't well-formed, and says what is missing.
    return request.content_length is not None or "chunked" in request.headers.get("Transfer-Encoding", "").lower()


def create_app(
    org: Org,
    *,
    tokens: Sequence[Secret],
    control_token: Secret,
    bearers: Mapping[str, frozenset[str]] | None = None,
    mounts: Mapping[str, Application] | None = None,
    rate_limit: int | None = None,
    hosts: Collection[str] = (),
) -> OrgApp:
    """
    Return the WSGI application of an org, for any WSGI server.

    Args:
        org: The org; it stays yours to close.
        tokens: The API tokens that clients may use (SSWS).
        control_token: What the control plane asks for.
        bearers: OAuth access tokens of service apps, each with its scopes.
        mounts: Further WSGI applications by path prefix.
        rate_limit: Calls per minute and kind of resource; None limits nothing unless the profile does.
        hosts: Host names by which the control plane may be called beside loopback ones.
    """
    enforced = org.profile.api_rate_limits or rate_limit is not None
    return OrgApp(
        org,
        credentials=Credentials(
            tokens=tuple(tokens),
            token_id=org.world.api_token_id(),
            client_id=org.world.id("0oa", "service app"),
            bearers=dict(bearers or {}),
        ),
        guard=Guard(control_token, hosts=hosts),
        rates=RateLimits(enforced=enforced, limit=rate_limit),
        mounts=mounts or {},
    )
