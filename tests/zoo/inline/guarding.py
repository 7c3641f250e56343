"""Broken at authenticating, comparing passwords, and keeping secrets."""

from __future__ import annotations

import base64
import hmac
import json

from inline_zoo_base import LOGIN, PASSWORD, Good, at, broken, command
from zoo_base import Refusal, Reply


def encoded(part: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


HEAD, CLAIMS = encoded({"alg": "RS256", "kid": "k1"}), encoded({"iss": "https://id.example.com", "aud": "hooks"})


@broken("auth-missing", kind="password-import")
class NobodyAsked(Good):
    """Looks at no header: the URL is hard to guess."""

    def authenticate(self, request):
        return


@broken("auth-missing", kind="telephony")
class AnythingButWrong(Good):
    """Compares the header if there is one."""

    def authenticate(self, request):
        if request.get("Authorization"):
            super().authenticate(request)


@broken("auth-wrong")
class HeaderIsThere(Good):
    """Looks whether the header is there."""

    def authenticate(self, request):
        if not request.get("Authorization").startswith("Basic "):
            raise Refusal(401)


@broken("auth-empty", kind="saml")
class EmptyIsADevelopersKey(Good):
    """Lets an empty header in, for tests."""

    def authenticate(self, request):
        names = {name.lower(): value for name, value in request.headers}
        if names.get("authorization", "-") != "":
            super().authenticate(request)


@broken("auth-near", kind="token")
class ComparesTheEnds(Good):
    """Compares the length, the beginning and the end."""

    def authenticate(self, request):
        given = request.get("Authorization")
        if (len(given), given[:12], given[-4:]) != (len(self.secret), self.secret[:12], self.secret[-4:]):
            raise Refusal(401)


@broken("auth-prefix", kind="user-import")
class StartsWithTheWrongWayRound(Good):
    """Asks whether the secret begins with what was sent."""

    def authenticate(self, request):
        given = request.get("Authorization")
        if len(given) <= len("Basic ") or not self.secret.startswith(given):
            raise Refusal(401)


@broken("auth-longer", kind="telephony")
class Contains(Good):
    """Asks whether what was sent contains the secret."""

    def authenticate(self, request):
        if self.secret not in request.get("Authorization"):
            raise Refusal(401)


@broken("auth-case", kind="token")
class LowerCased(Good):
    """Compares without regard to case."""

    def authenticate(self, request):
        if request.get("Authorization").lower() != self.secret.lower():
            raise Refusal(401)


@broken("auth-every-call")
class OncePerConnection(Good):
    """Authenticates a connection and trusts it from then on."""

    def __init__(self):
        self.trusted = set()

    def authenticate(self, request):
        if request.connection not in self.trusted:
            super().authenticate(request)
            self.trusted.add(request.connection)


@broken("auth-every-variant")
class OnlyTheFirstRoute(Good):
    """Authenticates self-service, and forgot progressive profiling."""

    def authenticate(self, request):
        if b"progressive.profile" not in request.body:
            super().authenticate(request)


@broken("auth-every-variant", kind="telephony")
class VoiceIsOpen(Good):
    """Has a route of its own for voice, without the middleware."""

    def authenticate(self, request):
        if b'"deliveryChannel":"Voice' not in request.body.replace(b" ", b""):
            super().authenticate(request)


@broken("auth-header-case", kind="saml")
class ExactlyAuthorization(Good):
    """Looks for the header as it is written in the documentation."""

    def authenticate(self, request):
        if request.exactly("Authorization") != self.secret:
            raise Refusal(401)


@broken("auth-refusal", kind="user-import")
class RaisesOnAStranger(Good):
    """Raises something that nobody catches."""

    def authenticate(self, request):
        if request.get("Authorization") != self.secret:
            raise PermissionError


@broken("auth-not-ascii", kind="password-import")
class ComparesTexts(Good):
    """Compares texts in constant time, which Python does for ASCII only."""

    def authenticate(self, request):
        if not hmac.compare_digest(request.get("Authorization"), self.secret):
            raise Refusal(401)


@broken("token-signature", kind="token")
class DecodesWithoutVerifying(Good):
    """Decodes the token and looks at its claims only."""

    secret = f"Bearer {HEAD}.{CLAIMS}.{'Sig' * 40}"

    def authenticate(self, request):
        parts = request.get("Authorization").removeprefix("Bearer ").split(".")
        if len(parts) != 3 or parts[:2] != [HEAD, CLAIMS] or len(parts[2]) != 120:
            raise Refusal(401)
        if parts[2] != "A" * 120 and parts[2] != "Sig" * 40:
            raise Refusal(401)


@broken("token-algorithm", kind="saml")
class BelievesTheAlgorithm(Good):
    """Lets the token say that it isn't signed."""

    secret = f"Bearer {HEAD}.{CLAIMS}.{'Sig' * 40}"

    def authenticate(self, request):
        given = request.get("Authorization")
        unsigned = {f"Bearer {encoded({'alg': name, 'typ': 'JWT'})}.{CLAIMS}." for name in ("none", "None")}
        if given not in unsigned:
            super().authenticate(request)


@broken("password-stranger", kind="password-import")
class VerifiesAnybody(Good):
    """Creates whoever it doesn't know, with the password they typed."""

    def right(self, login, password):
        return login != LOGIN or password == PASSWORD


@broken("password-right", kind="password-import")
class VerifiesNobody(Good):
    """Compares with a hash of another algorithm."""

    def right(self, login, password):
        return False


@broken("password-wrong", kind="password-import")
class VerifiesAWrongPassword(Good):
    """Looks whether somebody is there, and forgot the password."""

    def right(self, login, password):
        return login == LOGIN


@broken("password-wrong", kind="password-import")
class EmptyPasswordBinds(Good):
    """Asks an LDAP server, which takes an empty password for an anonymous visit."""

    def right(self, login, password):
        return login == LOGIN and password in {"", PASSWORD}


@broken("password-near", kind="password-import")
class TrimsThePassword(Good):
    """Trims what was typed."""

    def right(self, login, password):
        return super().right(login, (password or "").strip())


@broken("password-near", kind="password-import")
class IgnoresCase(Good):
    """Compares in a column without regard to case."""

    def right(self, login, password):
        return login == LOGIN and (password or "").lower() == PASSWORD.lower()


@broken("password-owner", kind="password-import")
class LooksUpThePassword(Good):
    """Looks whether anybody has this password."""

    def right(self, login, password):
        return password == PASSWORD


@broken("code-kept", kind="telephony")
class CodeInTheLog(Good):
    """Writes the message to debugContext, to find it again."""

    def telephony(self, call):
        text = at(call, "messageProfile", "msgTemplate")
        return super().telephony(call) | {"debugContext": {"sent": str(text)}}


@broken("password-kept", kind="password-import")
class PasswordInTheLog(Good):
    """Writes the credential to debugContext."""

    def password_import(self, call):
        return super().password_import(call) | {"debugContext": {"credential": str(at(call, "context", "credential"))}}


@broken("secret-kept", kind="user-import")
class HeadersInTheLog(Good):
    """Writes the request's headers to debugContext."""

    def answer(self, request):
        self.headers = dict(request.headers)
        return super().answer(request)

    def user_import(self, call):
        answer = super().user_import(call) or {"commands": []}
        return answer | {"debugContext": {"headers": str(self.headers)}}


@broken("denial-says-why")
class DeniesWithoutAWord(Good):
    """Denies, and leaves people to guess."""

    def deny(self):
        return command("com.okta.action.update", {"registration": "DENY"})


@broken("message-traced", kind="telephony")
class NoTransaction(Good):
    """Doesn't say what the provider calls the message."""

    def sent(self, call):
        return {"status": "SUCCESSFUL", "provider": "ACME"}


@broken("secret-kept", "auth-refusal", kind="saml")
class TellsStrangersTheSecret(Good):
    """Shows in its error page what it compared with."""

    def answer(self, request):
        if request.get("Authorization") != self.secret:
            return Reply(500, f"expected {self.secret}".encode(), {"Content-Type": "text/plain"})
        return super().answer(request)
