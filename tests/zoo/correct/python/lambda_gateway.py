"""What API Gateway does for ``lambda_handler.py``: an HTTP request becomes a dictionary, and a dictionary the answer."""

import base64
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import lambda_handler


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_ANY(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/handled":
            return self.answer(
                200, {"content-type": "application/json"}, json.dumps({"count": len(lambda_handler.table)})
            )
        if self.command not in {"GET", "POST"}:
            return self.answer(403, {"content-type": "application/json"}, '{"message":"Missing Authentication Token"}')
        result = lambda_handler.handler(
            {
                "httpMethod": self.command,
                "path": self.path,
                "headers": dict(self.headers.items()),
                "body": base64.b64encode(body).decode() if body else None,
                "isBase64Encoded": bool(body),
            },
            None,
        )
        return self.answer(result["statusCode"], result.get("headers", {}), result["body"])

    do_GET = do_POST = do_PUT = do_HEAD = do_OPTIONS = do_DELETE = do_PATCH = do_ANY

    def answer(self, status, headers, text):
        body = text.encode()
        self.send_response(status)
        for name, value in {**headers, "x-amzn-requestid": "zoo"}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


if __name__ == "__main__":
    Server(("127.0.0.1", int(os.environ["PORT"])), Gateway).serve_forever()
