"""
What each type of hook has pending, and how commands, errors and failures change it (I7, I9).

One class per type; what these do is Okta's documented behaviour, and ``UNDOCUMENTED`` marks our choices.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.inline.constants import DEFAULT_ERROR
from emulator.contract.inline.patching import PatchError, perform, steps_of
from emulator.contract.inline.rules.registry import member
from emulator.contract.inline.types import ACTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.contract.model import JsonObject

__all__ = ["OUTCOMES", "PATCHED", "Outcome"]

# The command -> the part of the pending state that it patches.
PATCHED: Final = {
    "com.okta.identity.patch": "identity",
    "com.okta.access.patch": "access",
    "com.okta.assertion.patch": "assertion",
}


class Outcome(ABC):
    """
    Something pending that an answer decides about.

    ``pending`` is its state, ``proceeds`` whether the flow goes on, ``shown`` what people read.  Each method changes
    these and returns a sentence that says what Okta does.
    """

    proceeds = True
    shown = ""

    def __init__(self, request: JsonObject) -> None:
        data = request.get("data")
        self.data: JsonObject = deepcopy(data) if isinstance(data, dict) else {}
        self.pending: JsonObject = self.start()

    @abstractmethod
    def start(self) -> JsonObject:
        """Return what is pending before the answer."""

    @abstractmethod
    def carry_out(self, commands: Sequence[tuple[str, Any]]) -> str:
        """Carry commands out, in their order."""

    @abstractmethod
    def report(self, error: JsonObject) -> str:
        """Take an error of the service."""

    @abstractmethod
    def default(self) -> str:
        """Do what an empty answer means."""

    @abstractmethod
    def fail(self) -> str:
        """Do what is done without a usable answer."""


class PasswordImport(Outcome):
    """A password that a user has typed, and that Okta doesn't know."""

    def start(self) -> JsonObject:
        """Return what is pending before the answer."""
        return {"credential": member(self.data, "action", "credential") or "UNVERIFIED"}

    def carry_out(self, commands: Sequence[tuple[str, Any]]) -> str:
        """Carry commands out, in their order."""
        for _, value in commands:
            self.pending["credential"] = value["credential"]
        return self.default()

    def report(self, error: JsonObject) -> str:
        """Take an error of the service."""
        # UNDOCUMENTED: what an error object does here; the password can't count as verified.
        del error
        self._stop()
        return "the service reports an error: Okta refuses the sign-in and stores no password"

    def default(self) -> str:
        """Do what an empty answer means."""
        if self.pending["credential"] == "VERIFIED":
            return "Okta stores the password, signs the user in and doesn't call the hook for this user again"
        self.proceeds = False
        return "Okta refuses the sign-in and stores no password; the next sign-in calls the hook again"

    def fail(self) -> str:
        """Do what is done without a usable answer."""
        self._stop()
        return "Okta stops the sign-in and imports nothing; the next sign-in calls the hook again"

    def _stop(self) -> None:
        self.proceeds = False
        self.pending["credential"] = "UNVERIFIED"


class Telephony(Outcome):
    """A one-time passcode that has to reach a phone."""

    _NOTHING: Final = {"status": None, "sentBy": None}
    _SENTENCES: Final = {
        # UNDOCUMENTED: whether FAILED makes Okta send the passcode itself; the page says so of an error only.
        "FAILED": "the provider couldn't deliver the passcode; the user has to ask for another one",
        "PENDING": "the provider can't tell yet whether the passcode arrives; Okta waits for the user to type it",
        "SUCCESSFUL": "the provider has sent the passcode; Okta waits for the user to type it",
    }

    def start(self) -> JsonObject:
        """Return what is pending before the answer."""
        return dict(self._NOTHING)

    def carry_out(self, commands: Sequence[tuple[str, Any]]) -> str:
        """Carry commands out, in their order."""
        for _, value in commands:
            for entry in value:
                self.pending = {**self._NOTHING, "sentBy": "hook", **entry}
        return self._SENTENCES[self.pending["status"]]

    def report(self, error: JsonObject) -> str:
        """Take an error of the service."""
        self.fail()
        self.shown = str(error.get("errorSummary") or DEFAULT_ERROR)
        return "the service reports an error: Okta sends the passcode through its own providers"

    def default(self) -> str:
        """Do what an empty answer means."""
        return self.fail()

    def fail(self) -> str:
        """Do what is done without a usable answer."""
        self.pending = {**self._NOTHING, "sentBy": "Okta"}
        return "Okta sends the passcode through its own providers, which is heavily rate-limited"


class Registration(Outcome):
    """A registration, or an update of a profile, that waits to be allowed."""

    def __init__(self, request: JsonObject) -> None:
        self.progressive = request.get("requestType") == "progressive.profile"
        self.profile = "userProfileUpdate" if self.progressive else "userProfile"
        super().__init__(request)

    def start(self) -> JsonObject:
        """Return what is pending before the answer."""
        attributes = self.data.get(self.profile)
        return {
            "registration": self.data.get("action") or "ALLOW",  # I15: null in 2019
            self.profile: attributes if isinstance(attributes, dict) else {},
        }

    def carry_out(self, commands: Sequence[tuple[str, Any]]) -> str:
        """Carry commands out, in their order."""
        for name, value in commands:
            if name == ACTION:
                self.pending["registration"] = value["registration"]
            else:
                self.pending[self.profile].update(deepcopy(value))
        if self.pending["registration"] == "DENY":
            return self._deny("Profile update denied." if self.progressive else "Registration denied.")
        return self.default()

    def report(self, error: JsonObject) -> str:
        """Take an error of the service."""
        causes = error.get("errorCauses")
        told = [cause["errorSummary"] for cause in causes or () if cause.get("errorSummary")]
        if told:
            words = "\n".join(told)
        elif self.progressive:
            words = "We found some errors. Please review the form and make corrections."
        else:
            words = "Registration cannot be completed at this time."
        return f"the service reports an error: no command is executed, and {self._deny(words)}"

    def default(self) -> str:
        """Do what an empty answer means."""
        return "Okta updates the profile" if self.progressive else "Okta registers the user with this profile"

    def fail(self) -> str:
        """Do what is done without a usable answer."""
        if self.progressive:
            return self._deny("There was an error updating your profile. Please try again later.")
        return self._deny("There was an error creating your account. Please try registering again.")

    def _deny(self, words: str) -> str:
        self.proceeds = False
        self.shown = words
        self.pending = {**self.start(), "registration": "DENY"}
        return f"Okta denies the {'profile update' if self.progressive else 'registration'}"


class Token(Outcome):
    """Tokens that are about to be issued."""

    def start(self) -> JsonObject:
        """Return what is pending before the answer."""
        return {name: self.data[name] for name in ("identity", "access") if isinstance(self.data.get(name), dict)}

    def carry_out(self, commands: Sequence[tuple[str, Any]]) -> str:
        """Carry commands out, in their order."""
        _patch(self.pending, commands)
        return "Okta issues the patched tokens"

    def report(self, error: JsonObject) -> str:
        """Take an error of the service."""
        self.proceeds = False
        self.shown = str(error.get("errorSummary") or DEFAULT_ERROR)
        self.pending = {}
        return "the service reports an error: Okta issues no token, and answers the client with server_error"

    def default(self) -> str:
        """Do what an empty answer means."""
        return "Okta issues the tokens as they are"

    def fail(self) -> str:
        """Do what is done without a usable answer."""
        return "Okta issues the original tokens"


class Saml(Outcome):
    """An assertion that is about to be sent."""

    def start(self) -> JsonObject:
        """Return what is pending before the answer."""
        assertion = self.data.get("assertion")
        return {"assertion": assertion if isinstance(assertion, dict) else {}}

    def carry_out(self, commands: Sequence[tuple[str, Any]]) -> str:
        """Carry commands out, in their order."""
        _patch(self.pending, commands)
        return "Okta sends the patched assertion"

    def report(self, error: JsonObject) -> str:
        """Take an error of the service."""
        # UNDOCUMENTED: whether the assertion is still sent; the page only says that the failure is logged and told.
        self.shown = str(error.get("errorSummary") or DEFAULT_ERROR)
        return "the service reports an error: Okta logs a failure, and sends no patched assertion"

    def default(self) -> str:
        """Do what an empty answer means."""
        return "Okta sends the assertion as it is"

    def fail(self) -> str:
        """Do what is done without a usable answer."""
        return "Okta sends the original assertion"


class UserImport(Outcome):
    """A user of an app who is about to be created in Okta, or linked."""

    def start(self) -> JsonObject:
        """Return what is pending before the answer."""
        return {
            "result": member(self.data, "action", "result") or "CREATE_USER",
            "user": _with_profile(self.data.get("user")),
            "appUser": _with_profile(self.data.get("appUser")),
        }

    def carry_out(self, commands: Sequence[tuple[str, Any]]) -> str:
        """Carry commands out, in their order."""
        for name, value in commands:
            if name == ACTION:
                self.pending["result"] = value["result"]
            elif name == "com.okta.user.update":
                self.pending["user"]["id"] = value["id"]
            else:
                part = "appUser" if name.startswith("com.okta.appUser.") else "user"
                self.pending[part]["profile"].update(deepcopy(value))
        if self.pending["result"] == "CREATE_USER":
            self.pending["user"].pop("id", None)
        return self.default()

    def report(self, error: JsonObject) -> str:
        """Take an error of the service."""
        # UNDOCUMENTED: whether the user is imported all the same; a timeout lets the import go on, so this does too.
        del error
        return f"the service reports an error: Okta logs a failure, and {self.default()}"

    def default(self) -> str:
        """Do what an empty answer means."""
        if self.pending["result"] == "LINK_USER":
            return f"Okta links the app user to the user {self.pending['user'].get('id') or '(nobody named)'}"
        return "Okta creates a user with this profile"

    def fail(self) -> str:
        """Do what is done without a usable answer."""
        self.pending["result"] = "CREATE_USER"
        self.pending["user"].pop("id", None)
        return "the import goes on, and Okta creates the user"


def _with_profile(user: Any) -> JsonObject:
    """Return a user as it was sent, or as much of one as a command needs."""
    user = user if isinstance(user, dict) else {}
    profile = user.get("profile")
    return {**user, "profile": profile if isinstance(profile, dict) else {}}


def _patch(pending: JsonObject, commands: Sequence[tuple[str, Any]]) -> None:
    for name, operations in commands:
        for operation in operations:
            # Of a request that can't be read nobody knows what is pending, so nothing is there to be patched.
            with suppress(PatchError):
                part = pending.get(PATCHED[name])
                perform(part, operation["op"], steps_of(operation["path"]), operation.get("value"))


OUTCOMES: Final[dict[str, type[Outcome]]] = {
    "password-import": PasswordImport,
    "registration": Registration,
    "saml": Saml,
    "telephony": Telephony,
    "token": Token,
    "user-import": UserImport,
}
