"""Broken at verification."""

from __future__ import annotations

import html
import json
import time
from dataclasses import replace

from zoo_base import CHALLENGE, Good, Refusal, Reply, Request, broken


@broken("verification-time")
class SlowVerification(Good):
    """Looks something up at a slow service before it answers the GET."""

    def verify(self, request):
        time.sleep(3.3)
        return super().verify(request)


@broken("verification-echo")
class WrongKey(Good):
    """Calls it "challenge"."""

    def verify(self, request):
        return Reply(200, json.dumps({"challenge": self.challenge(request)}).encode())


@broken("verification-echo")
class BareChallenge(Good):
    """Sends the challenge as plain text."""

    def verify(self, request):
        return Reply(200, self.challenge(request).encode(), {"Content-Type": "text/plain"})


@broken("verification-echo")
class PostOnly(Good):
    """Has no route for GET."""

    def verify(self, request):
        return Reply(405)


@broken("verification-echo")
class LowerCasedChallenge(Good):
    """Lower-cases the challenge."""

    def challenge(self, request):
        return super().challenge(request).lower()


@broken("verification-echo")
class RedirectedVerification(Good):
    """Redirects to the address with a slash at its end."""

    def verify(self, request):
        return Reply(308, headers={"Location": f"{request.path}/"})


@broken("verification-fresh")
class CachedChallenge(Good):
    """Keeps the first challenge for ever."""

    first = ""

    def challenge(self, request):
        self.first = self.first or super().challenge(request)
        return self.first


@broken("verification-fresh")
class SharedChallenge(Good):
    """Keeps the challenge in a global between reading it and answering."""

    def challenge(self, request):
        self.current = super().challenge(request)
        time.sleep(0.02)
        return self.current


@broken("verification-header-case")
class LowerCaseHeader(Good):
    """Wants the header as Okta writes it, or in lower case, and knows no capitals."""

    def challenge(self, request):
        challenge = request.exactly(CHALLENGE) or request.exactly(CHALLENGE.lower())
        if not challenge:
            raise Refusal(400)
        return challenge


@broken("verification-any-challenge", "verification-escaping")
class FortyCharacters(Good):
    """Checks that the challenge has 40 letters, digits, - or _."""

    def challenge(self, request):
        challenge = super().challenge(request)
        if len(challenge) != 40:
            raise Refusal(500)
        return challenge


@broken("verification-any-challenge")
class TrimmedChallenge(Good):
    """Strips hyphens and underscores, as if they were white space."""

    def challenge(self, request):
        challenge = super().challenge(request)
        return challenge.strip("-_") if challenge.startswith("-") else challenge


@broken("verification-escaping")
class EscapedChallenge(Good):
    """Escapes the challenge for HTML."""

    def challenge(self, request):
        return html.escape(super().challenge(request))


@broken("verification-escaping")
class ConcatenatedJson(Good):
    """Puts the JSON together by hand."""

    def verify(self, request):
        return Reply(
            200, f'{{"verification": "{self.challenge(request)}"}}'.encode(), {"Content-Type": "application/json"}
        )


@broken("verification-status")
class CreatedVerification(Good):
    """Answers the GET with 201."""

    def verify(self, request):
        return Reply(201, super().verify(request).body, {"Content-Type": "application/json"})


@broken("verification-content-type")
class TextVerification(Good):
    """Answers the right JSON as text/plain."""

    def verify(self, request):
        return Reply(200, super().verify(request).body, {"Content-Type": "text/plain"})


@broken("verification-without-challenge")
class NullChallenge(Good):
    """Echoes null when there is no challenge."""

    def challenge(self, request):
        return request.get(CHALLENGE) or None


@broken("verification-without-challenge")
class CrashWithoutChallenge(Good):
    """Stumbles when there is no challenge."""

    def challenge(self, request):
        return {name.lower(): value for name, value in request.headers}[CHALLENGE.lower()]


@broken("verification-user-agent")
class OktaAgentOnly(Good):
    """Verifies only for Okta's User-Agent."""

    def verify(self, request: Request):
        if "Okta" not in request.get("User-Agent"):
            raise Refusal(404)
        return super().verify(request)


@broken("verification-byte-order-mark")
class ByteOrderMark(Good):
    """Writes its answer with an editor's idea of UTF-8."""

    def verify(self, request):
        reply = super().verify(request)
        return replace(reply, body=b"\xef\xbb\xbf" + reply.body)
