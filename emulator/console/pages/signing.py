"""Signing in with the control token, by a link or a form, and signing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from emulator.console.app import cookie_name
from emulator.console.routing import PREFIX, page
from emulator.console.visit import path_of

if TYPE_CHECKING:
    from emulator.console.visit import Visit

__all__: list[str] = []


@page("GET", "/sign-in", open_to_all=True)
def sign_in_page(visit: Visit) -> Response:
    """Ask for the control token, or take it from the link that the server printed."""
    token = visit.text("token")
    if not token:
        return visit.render("sign_in", wrong=False)
    return _signed_in(visit, token)


@page("POST", "/sign-in", open_to_all=True)
def sign_in(visit: Visit) -> Response:
    """Take the control token from the form."""
    return _signed_in(visit, visit.field("token"))


@page("POST", "/sign-out")
def sign_out(visit: Visit) -> Response:
    """End the session."""
    if visit.session is not None:
        visit.console.sessions.end(visit.session)
    answer = visit.go("/sign-in")
    answer.delete_cookie(cookie_name(visit.request), path=PREFIX)
    return answer


def _signed_in(visit: Visit, token: str) -> Response:
    if not visit.console.guard.knows(token):
        return visit.render("sign_in", status=401, wrong=True)
    answer = Response(status=303, headers={"Location": path_of("/hooks")})
    answer.set_cookie(
        cookie_name(visit.request),
        visit.console.sessions.begin().id,
        path=PREFIX,
        httponly=True,
        samesite="Strict",
        secure=visit.request.is_secure,
    )
    return answer
