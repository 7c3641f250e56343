"""WSGI without a framework, on wsgiref: reads environ by hand, and keeps what it got in a file before it answers."""

import hmac
import json
import os
import tempfile
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

SECRET = os.environ["HOOK_SECRET"]
journal = tempfile.TemporaryFile("w+", encoding="utf-8")
lock = threading.Lock()
uuids: set[str] = set()


def application(environ, start_response):
    def answer(status, value=None):
        headers = [("Content-Type", "application/json")] if value else []
        start_response(status, headers)
        return [json.dumps(value).encode()] if value else []

    if environ["PATH_INFO"] == "/handled":
        return answer("200 OK", {"count": len(uuids)})
    if environ["PATH_INFO"] not in {"/hook", "/hook/"}:
        return answer("404 Not Found")
    if not hmac.compare_digest(environ.get("HTTP_AUTHORIZATION", "").encode("latin-1"), SECRET.encode()):
        return answer("401 Unauthorized")
    if environ["REQUEST_METHOD"] == "GET":
        challenge = environ.get("HTTP_X_OKTA_VERIFICATION_CHALLENGE")
        return answer("200 OK", {"verification": challenge}) if challenge else answer("400 Bad Request")
    if environ["REQUEST_METHOD"] != "POST":
        return answer("405 Method Not Allowed")
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
        return answer("415 Unsupported Media Type")
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > 8_000_000:
        return answer("413 Content Too Large")
    try:
        events = json.loads(environ["wsgi.input"].read(length).decode("utf-8"))["data"]["events"]
        batch = {event["uuid"]: event for event in events}
    except (ValueError, KeyError, TypeError, RecursionError):
        return answer("400 Bad Request")
    with lock:
        for uuid, event in batch.items():
            if uuid not in uuids:
                journal.write(json.dumps(event) + "\n")
        journal.flush()
        os.fsync(journal.fileno())
        uuids.update(batch)
    return answer("204 No Content")


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


if __name__ == "__main__":
    make_server("127.0.0.1", int(os.environ["PORT"]), application, Server, Quiet).serve_forever()
