"""Bottle on waitress: the path has an unguessable part and there is no auth header at all (H7)."""

import json
import os
import threading

import bottle
from waitress import serve

bottle.BaseRequest.MEMFILE_MAX = 20_000_000
app = bottle.Bottle()
lock = threading.Lock()
seen: dict[str, str] = {}


@app.get("/hooks/7c1f0a52")
def verify():
    challenge = bottle.request.get_header("x-okta-verification-challenge")
    if not challenge:
        bottle.abort(400)
    return {"verification": challenge}


@app.post("/hooks/7c1f0a52")
def deliver():
    try:
        events = json.loads(bottle.request.body.read())["data"]["events"]
        batch = {event["uuid"]: str(event.get("eventType")) for event in events}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        bottle.abort(400)
    with lock:
        for uuid, event_type in batch.items():
            seen.setdefault(uuid, event_type)
    bottle.response.status = 204


@app.get("/handled")
def handled():
    return {"count": len(seen)}


if __name__ == "__main__":
    serve(app, host="127.0.0.1", port=int(os.environ["PORT"]), threads=16, _quiet=True)
