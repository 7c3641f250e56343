"""The console as a WSGI application: who may come in, which page, and headers that keep other sites out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from emulator.apis.guarding import ControlError
from emulator.console.checking import CheckRuns
from emulator.console.rendering import render, static_file
from emulator.console.routing import PREFIX, Page, url_map
from emulator.console.sessions import Session, Sessions
from emulator.console.visit import Visit, path_of
from emulator.errors import HarnessError, place_of
from emulator.org.errors import OktaApiError, StoreError
from emulator.visible import in_one_line

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

    from emulator.apis.app import OrgApp
    from emulator.apis.guarding import Guard
    from emulator.delivery.transport import Sender
    from emulator.delivery.verifier import Verification
    from emulator.org.org import Org

__all__ = ["PREFIX", "Console", "serve_console"]

MAX_BODY: Final = 1024 * 1024  # bytes
_SAFE: Final = frozenset({"GET", "HEAD"})
_TYPES: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer, with which browsers send "Origin: null" with a form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_log = logging.getLogger("emulator.console")


class Console:
    """
    The web page of one org.

    Args:
        org: The org.
        guard: Knows the control token, which is asked for, and the hosts by which the page may be called.
        sender: What makes the requests of contract checks.
        closing: Ends what runs in the background.
    """

    def __init__(self, org: Org, *, guard: Guard, sender: Sender, closing: threading.Event) -> None:
        self.org = org
        self.guard = guard
        self.sessions = Sessions()
        self.checks = CheckRuns(sender, closing)
        self.failures: dict[str, Verification] = {}  # the last failed verification of a hook, by its id

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        request = Request(environ)
        request.max_content_length = MAX_BODY
        request.max_form_memory_size = MAX_BODY
        answer = self.answer(request)
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        if request.path in {"/", ""}:
            return Response(status=303, headers={"Location": path_of("/hooks")})
        session = self.sessions.find(request.cookies.get(cookie_name(request), ""))
        try:
            # DNS rebinding and pages of other origins; who it is comes next.
            self.guard.check(request, open_to_all=True)
            return self._page(request, session)
        except ControlError as error:
            return self._refusal(session, error.status, error.message, error.hint)
        except RequestEntityTooLarge:
            return self._refusal(session, 413, "that is too long", f"a form has at most {MAX_BODY} bytes")
        except HTTPException as error:
            return self._refusal(session, error.code or 400, error.name.lower(), "")
        except OktaApiError as error:
            return self._refusal(session, error.status, error.message, "\n".join([*error.causes, error.hint]))
        except StoreError as error:
            return self._refusal(session, 503, error.message, error.hint)
        except HarnessError as error:
            return self._refusal(session, 400, error.message, error.hint)
        except Exception as error:  # noqa: BLE001 (whatever it is, a page says so and we get told)
            # Its words may quote a secret, so they are for those who ask for them.
            asked = in_one_line(f"{request.method} {request.path}")
            traceback = _log.isEnabledFor(logging.DEBUG)
            kind, place = type(error).__name__, place_of(error)
            _log.error("internal error: %s at %s, %s", kind, place, asked, exc_info=traceback)
            return self._refusal(session, 500, "something went wrong in the console", "see what the server said")

    def _page(self, request: Request, session: Session | None) -> Response:
        if request.path.startswith(f"{PREFIX}/static/"):
            return _static(request.path.rpartition("/")[2])
        found: Page
        try:
            found, arguments = (
                url_map()
                .bind_to_environ(request.environ)
                .match(method="GET" if request.method == "HEAD" else request.method)
            )
        except (MethodNotAllowed, NotFound) as error:
            if session is None:
                return _sign_in_first(request)
            raise ControlError(error.code or 404, f"there is no page {request.path}") from None
        if session is None and not found.open_to_all:
            return _sign_in_first(request)
        if request.method not in _SAFE and not found.open_to_all:
            proof = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
            if session is None or not session.proves(proof):
                raise ControlError(
                    403, "the form is not one of this session", hint="go back, reload, and send it again"
                )
        visit = Visit(console=self, request=request, session=session)
        return found.handler(visit, **arguments)

    def _refusal(self, session: Session | None, status: int, message: str, hint: str) -> Response:
        html = render(
            "refusal",
            status=status,
            message=message,
            hint=hint.strip(),
            signed_in=session is not None,
            csrf="" if session is None else session.csrf,
            told=[],
            here="",
            org=self.org,
        )
        return Response(html, status=status, content_type="text/html; charset=utf-8")


def cookie_name(request: Request) -> str:
    """Return the session cookie's name; cookies know no ports, and two orgs on one machine are two consoles."""
    return f"okta-hooks-{request.host.rpartition(':')[2]}"


def _sign_in_first(request: Request) -> Response:
    if request.method in _SAFE and request.path != f"{PREFIX}/sign-in" and "mark" not in request.args:
        return Response(status=303, headers={"Location": path_of("/sign-in")})
    raise ControlError(401, "you are not signed in", hint="open the link that okta-hooks serve printed")


def _static(name: str) -> Response:
    data = static_file(name)
    if data is None:
        raise ControlError(404, f"there is no file {name}")
    answer = Response(data, content_type=_TYPES[name.rpartition(".")[2]])
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def serve_console(app: OrgApp, *, sender: Sender) -> Console:
    """
    Let an org's application serve the console at ``/``.

    Args:
        app: The application.
        sender: What makes the requests of contract checks.
    """
    console = Console(app.org, guard=app.guard, sender=sender, closing=app.closing)
    app.mount("/", console)
    app.mount(PREFIX, console)
    return console
