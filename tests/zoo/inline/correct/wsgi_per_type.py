"""A WSGI app that is told which one hook it answers, as a function in the cloud would be; every answer says no change."""

import json
import os
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

PATIENT = {"password-import", "registration", "token", "saml", "user-import"}
SENT = {
    "commands": [
        {
            "type": "com.okta.telephony.action",
            "value": [{"status": "SUCCESSFUL", "provider": "p", "transactionId": "t-1"}],
        }
    ]
}


def app(environ, start_response):
    def say(status, value=None):
        body = b"" if value is None else json.dumps(value).encode()
        headers = [] if value is None else [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(status, headers)
        return [body]

    if environ.get("HTTP_AUTHORIZATION") != os.environ["HOOK_SECRET"]:
        return say("403 Forbidden")
    if environ["REQUEST_METHOD"] != "POST":
        return say("404 Not Found")
    try:
        call = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0)).decode())
    except (ValueError, RecursionError):
        return say("400 Bad Request")
    kind = environ["PATH_INFO"].rpartition("/")[2]
    if not isinstance(call, dict) or not isinstance(call.get("data"), dict):
        return say("400 Bad Request")
    return say("204 No Content") if kind in PATIENT else say("200 OK", SENT)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


make_server("127.0.0.1", int(os.environ["PORT"]), app, server_class=Server, handler_class=Quiet).serve_forever()
