"""The standard library's http.server: HTTP/1.0, so every connection ends with its answer; one thread for each."""

import hmac
import json
import os
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["HOOK_SECRET"].encode()
LIMIT = 10_000_000
known: set[str] = set()
lock = threading.Lock()
todo: queue.Queue[dict] = queue.Queue()
done: list[str] = []


def work():
    while True:
        event = todo.get()
        done.append(event["uuid"])


class Hook(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/handled":
            return self.answer(200, {"count": len(done)})
        if not self.allowed():
            return self.answer(401)
        challenge = self.headers["X-Okta-Verification-Challenge"]
        return self.answer(200, {"verification": challenge}) if challenge else self.answer(400)

    def do_POST(self):
        body = self.body()
        if not self.allowed():
            return self.answer(401)
        if body is None:
            return self.answer(413)
        try:
            events = {event["uuid"]: event for event in json.loads(body)["data"]["events"]}
        except (ValueError, TypeError, KeyError, RecursionError):
            return self.answer(400)
        with lock:
            new = [event for uuid, event in events.items() if uuid not in known]
            known.update(events)
        for event in new:
            todo.put(event)
        return self.answer(204)

    def allowed(self):
        return hmac.compare_digest(self.headers.get("Authorization", "").encode("utf-8", "surrogateescape"), SECRET)

    def body(self):
        length = int(self.headers.get("Content-Length") or 0)
        return self.rfile.read(length) if length <= LIMIT else None

    def answer(self, status, value=None):
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        if body:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


if __name__ == "__main__":
    threading.Thread(target=work, daemon=True).start()
    Server(("127.0.0.1", int(os.environ["PORT"])), Hook).serve_forever()
