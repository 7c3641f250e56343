"""Flask, synchronous: HTTP Basic parsed by the framework, SQLite as memory and queue, 204."""

import hmac
import os
import sqlite3
import threading

from flask import Flask, abort, jsonify, request

app = Flask(__name__)
# The whole value as Okta sends it, such as "Basic dXNlcjpwYXNz".
EXPECTED = os.environ["HOOK_SECRET"].partition(" ")[2]

db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
db.execute("CREATE TABLE events (uuid TEXT PRIMARY KEY, type TEXT, login TEXT)")
lock = threading.Lock()


@app.before_request
def authenticate():
    if request.path == "/handled":
        return
    # RFC 7617: the scheme's case means nothing, the credentials are compared as they are.
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic" or not hmac.compare_digest(credentials.encode(), EXPECTED.encode()):
        abort(401)


@app.get("/okta/hooks")
def verify():
    challenge = request.headers.get("x-okta-verification-challenge")
    if not challenge:
        abort(400)
    return jsonify(verification=challenge)


@app.post("/okta/hooks")
def deliver():
    try:
        events = request.get_json()["data"]["events"]
        rows = [(event["uuid"], event.get("eventType"), login(event)) for event in events]
    except (AttributeError, KeyError, TypeError, RecursionError):
        abort(400)
    with lock:
        db.executemany("INSERT OR IGNORE INTO events VALUES (?, ?, ?)", rows)
    return "", 204


def login(event):
    for target in event.get("target") or []:
        if target.get("type") == "User":
            return target.get("alternateId")
    return None


@app.get("/handled")
def handled():
    with lock:
        return jsonify(count=db.execute("SELECT count(*) FROM events").fetchone()[0])


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]), threaded=True)
