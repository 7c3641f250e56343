"""Starlette, acknowledge then work: a bounded queue and one worker, a header of its own name, eventId and uuid."""

import asyncio
import contextlib
import hmac
import json
import os

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SECRET = os.environ["HOOK_SECRET"].encode()
deliveries: set[str] = set()
uuids: set[str] = set()
handled: list[str] = []


async def hook(request):
    if not hmac.compare_digest(request.headers.get("x-hook-token", "").encode("latin-1"), SECRET):
        return Response(status_code=403)
    if request.method == "GET":
        challenge = request.headers.get("X-Okta-Verification-Challenge")
        return JSONResponse({"verification": challenge}) if challenge else Response(status_code=404)
    try:
        envelope = json.loads(await request.body())
        events = envelope["data"]["events"]
        named = [(event["uuid"], event) for event in events]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Response(status_code=400)
    queue = request.app.state.queue
    event_id = envelope.get("eventId")
    if event_id in deliveries:
        return Response(status_code=204)
    new = {uuid: event for uuid, event in named if uuid not in uuids}
    if queue.qsize() + len(new) > 100_000:
        return Response(status_code=503)
    uuids.update(new)
    if event_id:
        deliveries.add(event_id)
    for event in new.values():
        queue.put_nowait(event)
    return Response(status_code=204)


async def count(_):
    return JSONResponse({"count": len(handled)})


async def work(queue):
    while True:
        event = await queue.get()
        handled.append(event.get("eventType"))


@contextlib.asynccontextmanager
async def lifespan(app):
    app.state.queue = asyncio.Queue()
    worker = asyncio.create_task(work(app.state.queue))
    yield
    worker.cancel()


routes = [Route("/hooks/okta", hook, methods=["GET", "POST"]), Route("/handled", count)]
app = Starlette(routes=routes, lifespan=lifespan)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
