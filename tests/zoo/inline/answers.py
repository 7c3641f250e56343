"""Broken at answering: time, redirects, statuses, sizes, JSON, shapes."""

from __future__ import annotations

import gzip
import json
import threading
import time
from typing import Any

from inline_zoo_base import Good, at, broken, command
from zoo_base import Refusal, Reply


@broken("answer-in-time", kind="telephony")
class ProviderWithoutTimeout(Good):
    """Waits for its provider as long as that takes."""

    time_limit = 0.5

    def sent(self, call):
        time.sleep(1.2)
        return super().sent(call)


@broken("answer-in-time", kind="token")
class ConnectionLeftHanging(Good):
    """Reads the request, and forgets to answer."""

    time_limit = 0.5

    def answer(self, request):
        threading.Event().wait(1.2)
        return Reply(204)


@broken("answer-in-time", kind="saml")
class AnswerByDrops(Good):
    """Streams its answer through something that sends a byte now and then."""

    time_limit = 0.5

    def reply(self, answer):
        # A byte in each chunk, and the last chunk never comes: whoever reads on waits as with one that drips.
        head = b"HTTP/1.1 200 x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        return Reply(200, raw=head + b"".join(b"1\r\n%c\r\n" % byte for byte in super().reply(answer).body))


@broken("answer-redirect", kind="user-import")
class RedirectsToItsSlash(Good):
    """Has moved its route to a path with a slash, and redirects there."""

    def method(self, request):
        raise Refusal(308)


@broken("answer-redirect")
class BehindASignInPage(Good):
    """Stands behind a proxy that sends strangers to a sign-in page."""

    def answer(self, request):
        return Reply(302, headers={"Location": "https://sso.example.com/login"})


@broken("answer-given", kind="password-import")
class GetInsteadOfPost(Good):
    """Registered its route for GET."""

    def method(self, request):
        if request.method != "GET":
            raise Refusal(405)


@broken("answer-given", kind="telephony")
class AlwaysForbidden(Good):
    """Has the secret of the other environment."""

    def authenticate(self, request):
        raise Refusal(403)


@broken("answer-given", kind="token")
class MovedAway(Good):
    """Is served at another path since the last release."""

    def method(self, request):
        raise Refusal(404)


@broken("answer-given", kind="user-import")
class CrashesAlways(Good):
    """Asks for a member that isn't there."""

    def user_import(self, call):
        return call["data"]["appUser"]["profile"]["employeeNumber"]


@broken("answer-given")
class WrongPasswordIsForbidden(Good):
    """Tells what it makes of the data by the status."""

    def registration(self, call):
        raise Refusal(422)


@broken("answer-json")
class HtmlErrorPage(Good):
    """Is answered for by its framework's error page, which has a 200."""

    def reply(self, answer):
        return Reply(200, b"<!doctype html><title>Oops</title>", {"Content-Type": "application/json"})


@broken("answer-json", "answer-content-type", kind="saml")
class WebApplicationFirewall(Good):
    """Stands behind something that answers a page for people."""

    def reply(self, answer):
        return Reply(200, b"<html>Request blocked</html>", {"Content-Type": "text/html"})


@broken("answer-json", kind="password-import")
class SingleQuotes(Good):
    """Writes its dictionary with str()."""

    def reply(self, answer):
        return self.json(str(answer).encode())


@broken("answer-json", kind="token")
class CutOff(Good):
    """Cuts its answer off where a buffer is full."""

    def reply(self, answer):
        return self.json(json.dumps(answer).encode()[:-2])


@broken("answer-json", kind="user-import")
class Latin1(Good):
    """Writes its answer in the encoding of its server."""

    def reply(self, answer):
        return self.json('{"commands": [], "debugContext": {"r\xe9sultat": "ok"}}'.encode("latin-1"))


@broken("answer-strict-json", kind="telephony")
class ByteOrderMark(Good):
    """Writes UTF-8 as its platform does, with a byte order mark."""

    def reply(self, answer):
        return self.json(b"\xef\xbb\xbf" + json.dumps(answer).encode())


@broken("answer-strict-json", kind="password-import")
class KeyTwice(Good):
    """Builds its JSON by hand, and the verdict twice."""

    def reply(self, answer):
        verdict = json.dumps(answer["commands"][0]["value"])[1:-1]
        return self.json(
            f'{{"commands":[{{"type":"com.okta.action.update","value":{{{verdict},{verdict}}}}}]}}'.encode()
        )


@broken("answer-content-type", kind="token")
class TextPlain(Good):
    """Writes the JSON itself, and leaves the type to the server."""

    def json(self, body):
        return Reply(200, body, {"Content-Type": "text/plain; charset=utf-8"})


@broken("answer-encoding", kind="saml")
class AlwaysCompressed(Good):
    """Compresses every answer, whether it was asked to or not."""

    def json(self, body):
        return Reply(200, gzip.compress(body), {"Content-Type": "application/json", "Content-Encoding": "gzip"})


@broken("answer-status", kind="user-import")
class Accepted(Good):
    """Answers 202, since the work comes later."""

    def reply(self, answer):
        return Reply(202, json.dumps(answer or {"commands": []}).encode(), {"Content-Type": "application/json"})


@broken("answer-empty", kind="telephony")
class SentWithoutAWord(Good):
    """Sends the message and says nothing."""

    def telephony(self, call):
        return None


@broken("answer-empty")
class EmptyTwoHundred(Good):
    """Answers 200 with no body when there is nothing to say."""

    def reply(self, answer):
        return Reply(200, b"", {"Content-Type": "application/json"})


@broken("answer-empty", kind="telephony")
class SilentOnVoice(Good):
    """Says nothing of voice calls, which another team has added."""

    def telephony(self, call):
        voice = str(at(call, "messageProfile", "deliveryChannel")).lower().startswith("voice")
        return None if voice else super().telephony(call)


@broken("answer-size", kind="token")
class WholeDirectory(Good):
    """Puts everything it knows of somebody into the token."""

    def patch(self, call, token):
        return [{"op": "add", "path": "/claims/everything", "value": "x" * 300_000}]


@broken("answer-size", kind="saml")
class EchoesTheRequest(Good):
    """Writes the request into its answer, so that a large one doesn't fit."""

    def saml(self, call):
        return super().saml(call) | {"debugContext": {"request": json.dumps([call, call])}}


@broken("answer-shape", kind="password-import")
class CommandAlone(Good):
    """Answers one command, not an array of them."""

    def verdict(self, *, verified):
        return {"commands": super().verdict(verified=verified)["commands"][0]}


@broken("answer-shape", kind="user-import")
class ArrayAtTheTop(Good):
    """Answers the array of commands without the object around it."""

    def reply(self, answer: Any):
        return self.json(b'[{"type": "com.okta.action.update", "value": {"result": "CREATE_USER"}}]')


@broken("answer-error")
class ErrorAsAnArray(Good):
    """Copied the sample in which error is an array."""

    def deny(self):
        denial = command("com.okta.action.update", {"registration": "DENY"})
        return denial | {"error": [{"errorSummary": "Use the address of your work."}]}


@broken("answer-error", kind="telephony")
class ErrorAsText(Good):
    """Reports that nothing was sent in a text."""

    def telephony(self, call):
        return {"error": "not sent"}


@broken("answer-debug-context", kind="token")
class DebugText(Good):
    """Writes a text to debugContext."""

    def token(self, call):
        answer = super().token(call)
        return answer and answer | {"debugContext": "patched"}


@broken("answer-doubts", kind="telephony")
class TwoReports(Good):
    """Reports one message twice."""

    def telephony(self, call):
        return command("com.okta.telephony.action", [self.sent(call), self.sent(call)])
