"""aiohttp: an opaque bearer token, bodies up to 20 MiB, 200."""

import hmac
import json
import os

from aiohttp import web

SECRET = os.environ["HOOK_SECRET"]
handled: dict[str, str] = {}


@web.middleware
async def authenticate(request, handler):
    given = request.headers.get("Authorization", "")
    if request.path != "/handled" and not hmac.compare_digest(
        given.encode("utf-8", "surrogateescape"), SECRET.encode()
    ):
        raise web.HTTPUnauthorized
    return await handler(request)


async def verify(request):
    challenge = request.headers.get("X-Okta-Verification-Challenge")
    if challenge is None:
        raise web.HTTPBadRequest
    return web.json_response({"verification": challenge})


async def deliver(request):
    try:
        body = await request.json()
        for event in body["data"]["events"]:
            handled.setdefault(event["uuid"], event.get("eventType"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError, AttributeError):
        raise web.HTTPBadRequest from None
    return web.Response(status=200)


async def count(_):
    return web.json_response({"count": len(handled)})


app = web.Application(middlewares=[authenticate], client_max_size=20 * 1024**2)
app.add_routes([web.get("/", verify, allow_head=False), web.post("/", deliver), web.get("/handled", count)])

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
