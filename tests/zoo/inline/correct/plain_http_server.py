"""The standard library's HTTP server, a dictionary of functions, and nothing else."""

import base64
import hashlib
import hmac
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["HOOK_SECRET"].encode()


def digest(password):
    return hashlib.pbkdf2_hmac("sha256", password.encode("utf-8", "surrogatepass"), b"salt", 1000)


PEOPLE = {os.environ["LOGIN"]: digest(os.environ["PASSWORD"])}


def get(data, *path):
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def password_import(data):
    login, password = (get(data, "context", "credential", name) for name in ("username", "password"))
    known = PEOPLE.get(str(login).lower())
    good = hmac.compare_digest(known or b"", digest(str(password or "")))
    if not (known and good):
        return None  # nothing to say: the password stays unverified
    return {"commands": [{"type": "com.okta.action.update", "value": {"credential": "VERIFIED"}}]}


def registration(data):
    if "userProfileUpdate" in data:
        return {
            "commands": [{"type": "com.okta.user.progressive.profile.update", "value": {"department": "unknown"}}],
            "debugContext": {"rule": "progressive"},
        }
    return {
        "commands": [
            {"type": "com.okta.user.profile.update", "value": {"department": "unknown"}},
            {"type": "com.okta.action.update", "value": {"registration": "ALLOW"}},
        ]
    }


def token(data):
    patches = []
    for name in ("identity", "access"):
        claims = get(data, name, "claims")
        if isinstance(claims, dict):
            patch = [{"op": "add", "path": "/claims/groups", "value": ["a", "b"]}]
            patches.append({"type": f"com.okta.{name}.patch", "value": patch})
    return {"commands": patches} if patches else None


def saml(data):
    return {}


def telephony(data):
    channel = str(get(data, "messageProfile", "deliveryChannel")).lower()
    if get(data, "messageProfile", "phoneNumber") is None:
        return {"error": {"errorSummary": "no number", "errorCauses": [{"errorSummary": "no number"}]}}
    entry = {
        "status": "SUCCESSFUL",
        "provider": "Acme Voice" if channel.startswith("voice") else "Acme SMS",
        "transactionId": base64.b16encode(os.urandom(8)).decode(),
        "transactionMetadata": "region=eu",
    }
    return {"commands": [{"type": "com.okta.telephony.action", "value": [entry]}]}


def user_import(data):
    email = get(data, "user", "profile", "email")
    if not isinstance(email, str):
        return None
    return {"commands": [{"type": "com.okta.user.profile.update", "value": {"email": email.lower()}}]}


HOOKS = {
    "/inline/password-import": ("com.okta.user.credential.password.import", password_import),
    "/inline/registration": ("com.okta.user.pre-registration", registration),
    "/inline/token": ("com.okta.oauth2.tokens.transform", token),
    "/inline/saml": ("com.okta.saml.tokens.transform", saml),
    "/inline/telephony": ("com.okta.telephony.provider", telephony),
    "/inline/user-import": ("com.okta.import.transform", user_import),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        given = (self.headers.get("Authorization") or "").encode("latin-1")
        if not hmac.compare_digest(given, SECRET):
            return self.answer(401, {"title": "who are you?"})
        if self.path not in HOOKS:
            return self.answer(404, {"title": "no such hook"})
        event_type, decide = HOOKS[self.path]
        try:
            call = json.loads(body.decode("utf-8"))
            ours = call["eventType"] == event_type and isinstance(call["data"], dict)
        except (ValueError, RecursionError, TypeError, LookupError):
            ours = False
        if not ours:
            return self.answer(400, {"title": "not a call of this hook"})
        decided = decide(call["data"])
        return self.answer(204 if decided is None else 200, decided)

    def answer(self, status, value):
        body = b"" if value is None else json.dumps(value, ensure_ascii=False, indent=1).encode()
        self.send_response(status)
        if value is not None:
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
