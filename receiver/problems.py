"""What a caller is told when a request is refused: a status and our own words, never anything of the request."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed, ServiceUnavailable, Unauthorized
from werkzeug.wrappers import Response

__all__ = ["problem"]


def problem(refusal: HTTPException) -> Response:
    """Return *refusal* as a JSON problem (RFC 9457); one without a status of its own is a 500."""
    status = refusal.code or 500
    body: dict[str, Any] = {"title": refusal.name if refusal.code else "Internal Server Error", "status": status}
    if refusal.description:
        body["detail"] = refusal.description
    response = Response(json.dumps(body), status=status, mimetype="application/problem+json")
    if isinstance(refusal, MethodNotAllowed) and refusal.valid_methods:
        response.headers["Allow"] = ", ".join(refusal.valid_methods)
    if isinstance(refusal, ServiceUnavailable) and refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, Unauthorized):
        # HTTP wants a challenge with every 401; this one is the same whatever the secret looks like.
        response.headers["WWW-Authenticate"] = 'OktaEventHook realm="event hook"'
    return response
