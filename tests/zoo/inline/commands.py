"""Broken at commanding: types, values, patches, the context."""

from __future__ import annotations

from inline_zoo_base import Good, at, broken, command


@broken("command-type")
class CopiedFromTheSample(Good):
    """Copied the type com.action.update from a sample with a slip."""

    def registration(self, call):
        return command("com.action.update", {"registration": "ALLOW"})


@broken("command-type", kind="token")
class CommandOfAnotherType(Good):
    """Answers tokens with the command for SAML."""

    def token(self, call):
        return command("com.okta.assertion.patch", [])


@broken("command-type", kind="telephony")
class AnswersEverythingAlike(Good):
    """Serves all hooks from one route, and says VERIFIED to all."""

    def telephony(self, call):
        return command("com.okta.action.update", {"credential": "VERIFIED"})


@broken("command-type", kind="user-import")
class SplitInTheWrongPlace(Good):
    """Writes appuser without its capital."""

    def user_import(self, call):
        return command("com.okta.appuser.profile.update", {"firstName": "Stan"})


@broken("command-type", kind="token")
class IdentityWithoutAPerson(Good):
    """Patches the ID token of machines, which get none."""

    def token(self, call):
        patch = [{"op": "add", "path": "/claims/costCentre", "value": "4711"}]
        return command("com.okta.identity.patch", patch)


@broken("command-value", kind="registration")
class Approved(Good):
    """Says APPROVED where Okta wants ALLOW."""

    def registration(self, call):
        return command("com.okta.action.update", {"registration": "APPROVED"})


@broken("command-value", kind="user-import")
class VerdictWithoutItsObject(Good):
    """Gives the verdict as a bare word."""

    def user_import(self, call):
        return command("com.okta.action.update", "CREATE_USER")


@broken("command-value", kind="telephony")
class Delivered(Good):
    """Passes its provider's own status on."""

    def sent(self, call):
        return super().sent(call) | {"status": "delivered"}


@broken("patch-operation", kind="token")
class SetsAClaim(Good):
    """Uses an operation that JSON Patch doesn't have."""

    def patch(self, call, token):
        return [{"op": "set", "path": "/claims/costCentre", "value": "4711"}]


@broken("patch-operation", kind="saml")
class RemovesAClaim(Good):
    """Removes, which works for tokens only."""

    def assertion(self, call):
        name = next(iter(at(call, "assertion", "claims")))
        return [{"op": "remove", "path": f"/claims/{name}"}]


@broken("patch-path", kind="token")
class DottedPath(Good):
    """Writes a path with dots."""

    def patch(self, call, token):
        return [{"op": "add", "path": "claims.costCentre", "value": "4711"}]


@broken("patch-path", kind="token")
class ReplacesWhatIsNotThere(Good):
    """Replaces a claim that nobody has added."""

    def patch(self, call, token):
        return [{"op": "replace", "path": "/claims/costCentre", "value": "4711"}]


@broken("patch-path", kind="token")
class ChangesTheIssuer(Good):
    """Changes a claim of Okta's own."""

    def patch(self, call, token):
        return [{"op": "replace", "path": "/claims/iss", "value": "https://id.example.com"}]


@broken("patch-path", kind="saml")
class UriNotEscaped(Good):
    """Writes a claim that is called like a URI without escaping its slashes."""

    def assertion(self, call):
        good = super().assertion(call)
        return [good[0] | {"path": "/claims/http://schemas.example.com/claims/role"}]


@broken("patch-value", kind="token")
class LifetimeInQuotes(Good):
    """Gives a lifetime as a text."""

    def patch(self, call, token):
        return [{"op": "replace", "path": "/token/lifetime/expiration", "value": "3600"}]


@broken("context-read-only", kind="token")
class WritesIntoTheContext(Good):
    """Changes the person in the context."""

    def patch(self, call, token):
        return [{"op": "replace", "path": "/context/user/profile/firstName", "value": "Stan"}]
