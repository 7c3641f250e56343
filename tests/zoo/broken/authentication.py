"""Broken at authentication."""

from __future__ import annotations

import base64
import hmac

from zoo_base import Good, Refusal, Reply, broken


@broken("auth-missing")
class NoAuthentication(Good):
    """Lets anyone in."""

    def authenticate(self, request):
        pass


@broken("auth-missing")
class OptionalHeader(Good):
    """Compares the secret only if there is one."""

    def authenticate(self, request):
        if request.get(self.auth_header):
            super().authenticate(request)


@broken("auth-wrong", "auth-verification")
class AnyBasic(Good):
    """Is content with a header that begins with Basic."""

    def authenticate(self, request):
        if not request.get(self.auth_header).startswith("Basic "):
            raise Refusal(401)


@broken("auth-empty", "auth-prefix")
class SecretStartsWithGiven(Good):
    """Has startsWith the wrong way round; a missing header is refused."""

    def authenticate(self, request):
        if not any(name.lower() == "authorization" for name, _ in request.headers):
            raise Refusal(401)
        if not self.secret.startswith(request.get(self.auth_header)):
            raise Refusal(401)


@broken("auth-prefix")
class TruncatedComparison(Good):
    """Compares as many characters as were given, of those behind the scheme."""

    def authenticate(self, request):
        given = request.get(self.auth_header)
        if len(given) < 7 or given != self.secret[: len(given)]:
            raise Refusal(401)


@broken("auth-longer")
class GivenStartsWithSecret(Good):
    """Uses startsWith to compare."""

    def authenticate(self, request):
        if not request.get(self.auth_header).startswith(self.secret):
            raise Refusal(401)


@broken("auth-case")
class CaselessSecret(Good):
    """Compares without regard to case."""

    def authenticate(self, request):
        if request.get(self.auth_header).lower() != self.secret.lower():
            raise Refusal(401)


@broken("auth-scheme")
class SchemeIgnored(Good):
    """Compares what stands behind the last blank."""

    def authenticate(self, request):
        if request.get(self.auth_header).rpartition(" ")[2] != self.secret.rpartition(" ")[2]:
            raise Refusal(401)


@broken("auth-other-header")
class TwoHeaders(Good):
    """Takes the secret from X-Api-Key too."""

    def authenticate(self, request):
        if self.secret not in {request.get(self.auth_header), request.get("X-Api-Key")}:
            raise Refusal(401)


@broken("auth-header-case", "header-names-case")
class ExactHeaderName(Good):
    """Knows the auth header in one spelling only."""

    def authenticate(self, request):
        if request.exactly(self.auth_header) != self.secret:
            raise Refusal(401)


@broken("auth-verification")
class OpenVerification(Good):
    """Authenticates deliveries only."""

    def authenticate(self, request):
        if request.method == "POST":
            super().authenticate(request)


@broken("auth-refusal")
class RefusesWithError(Good):
    """Throws on a wrong secret, which its framework turns into a 500."""

    def authenticate(self, request):
        try:
            super().authenticate(request)
        except Refusal:
            raise Refusal(500) from None


@broken("auth-refusal")
class RefusesWithLogin(Good):
    """Sends those with a wrong secret to a login page."""

    def answer(self, request):
        reply = super().answer(request)
        return Reply(302, headers={"Location": "/login"}) if reply.status == 401 else reply


@broken("auth-not-ascii")
class ComparesText(Good):
    """Hands text to compare_digest, which takes ASCII only."""

    def authenticate(self, request):
        if not hmac.compare_digest(request.get(self.auth_header), self.secret):
            raise Refusal(401)


@broken("auth-case")
class CustomHeaderCaseless(Good):
    """Has a header of its own for the secret, and compares it without regard to case."""

    auth_header = "X-Hook-Secret"
    secret = "Sesame-Opens-The-Door"

    def authenticate(self, request):
        if request.get(self.auth_header).lower() != self.secret.lower():
            raise Refusal(403)


def pair(text):
    try:
        return base64.b64decode(text.partition(" ")[2], validate=True).decode().split(":")
    except ValueError:
        return ["", ""]


@broken("auth-basic")
class PasswordOnly(Good):
    """Decodes Basic and compares the password only."""

    def authenticate(self, request):
        given = request.get(self.auth_header)
        if not given.startswith("Basic ") or len(given) < 12 or pair(given)[-1] != pair(self.secret)[-1]:
            raise Refusal(401)


@broken("auth-basic")
class NameOnly(Good):
    """Decodes Basic and looks the name up only."""

    def authenticate(self, request):
        given = request.get(self.auth_header)
        if not given.startswith("Basic ") or pair(given)[0] != pair(self.secret)[0] or len(given) < len(self.secret):
            raise Refusal(401)


@broken("auth-near")
class FirstTenCharacters(Good):
    """Compares the first ten characters and the length."""

    def authenticate(self, request):
        given = request.get(self.auth_header)
        if given[:10] != self.secret[:10] or len(given) != len(self.secret):
            raise Refusal(401)
