"""The inline hooks under test: called as Okta calls them, with what Okta does then, and the whole contract at once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from emulator.contract.inline.types import inline_hook_type
from emulator.contract.profile import profile as profile_called
from emulator.delivery.channels import channel_from
from emulator.delivery.clock import SystemClock
from emulator.delivery.credentials import with_auth
from emulator.delivery.inline import InlineCall, call_inline_hook
from emulator.delivery.tokens import RandomTokens
from emulator.payloads import World, encode
from emulator.payloads.edits import remove as without
from emulator.payloads.edits import set_value
from emulator.payloads.inline import inline_request, redacted_request, request_id_of, secrets_of_request
from emulator.secrets import Redactor
from emulator.testing.orgs import any_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from emulator.contract.inline.effect import Effect
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import Channel, JsonObject
    from emulator.runner.results import RunResult

__all__ = ["InlineAnswer", "InlineHooksUnderTest", "inline_url"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineAnswer:
    """
    What came of one call.

    Args:
        call: The attempts, the judgement and the effect.
        channel: What was called.
        variant: The kind of request.
    """

    call: InlineCall
    channel: Channel
    variant: str

    @property
    def status(self) -> int | None:
        """The status of the last answer; None if there was none."""
        return self.call.exchange.status

    @property
    def used(self) -> bool:
        """Whether Okta can use the answer."""
        return self.call.judgement.accepted

    @property
    def answer(self) -> JsonObject | None:
        """The answer's JSON object; empty for an allowed 204, None if there is none."""
        return self.call.judgement.answer

    @property
    def commands(self) -> list[tuple[str, Any]]:
        """Type and value of each command."""
        given = (self.answer or {}).get("commands")
        commands = given if isinstance(given, list) else []
        return [(str(each.get("type")), each.get("value")) for each in commands if isinstance(each, dict)]

    @property
    def effect(self) -> Effect:
        """What Okta does then: ``before``, ``after``, ``changes``, ``proceeds``, ``shown`` and a ``summary``."""
        return self.call.effect

    @property
    def request(self) -> JsonObject:
        """What was asked."""
        return self.call.request

    def explain(self) -> str:
        """Say what was asked, what was answered, what is wrong with that, and what Okta does then; secrets hidden."""
        from emulator.reports.inline_calls import CallReport, as_text

        auth = [] if self.channel.auth is None else [self.channel.auth.value]
        redact = Redactor([*auth, *(header.value for header in self.channel.headers)])
        for secret in secrets_of_request(self.call.request):
            redact.add(secret)
        report = CallReport(
            kind=self.call.kind,
            variant=self.variant,
            request=redacted_request(self.call.request),
            call=self.call,
            spoilt="right",
        )
        return "\n".join(as_text(report, redact=redact))


class InlineHooksUnderTest:
    """
    The inline hooks of the application under test; call it as if it were a function.

    Args:
        url: Where they are; ``{type}`` in it stands for the short name of a type.
        headers: Texts such as ``Authorization: ...``.
        seed: The same seed gives the same people and requests.
        profile: The reading of the rules that Okta leaves in doubt.
    """

    def __init__(self, url: str, *, headers: Sequence[str], seed: int, profile: str = "") -> None:
        self._url = url
        self._headers = tuple(headers)
        self._profile = profile_called(profile)
        self.world = World(seed)
        self._numbers = count()

    def __repr__(self) -> str:
        return f"InlineHooksUnderTest({self._url!r})"

    def url(self, kind: str) -> str:
        """
        Return the URL of the hook of a type, by its short or full name.

        Raises:
            UsageError: there is no such type; the hint has the nearest.
        """
        return self._url.replace("{type}", inline_hook_type(kind).short)

    def __call__(
        self,
        kind: str,
        edits: Mapping[str, Any] | None = None,
        *,
        remove: Iterable[str] = (),
        variant: str = "",
        person: int = 0,
        password: str = "",
        auth: str = "right",
    ) -> InlineAnswer:
        """
        Call the hook of a type as Okta does, with its retry or without.

        Args:
            kind: The type, such as ``token``.
            edits: Values by path, such as ``{"data.userProfile.email": "jane@example.com"}``.
            remove: Paths of members to leave out.
            variant: The kind of request, such as ``client-credentials``; by default the usual one.
            person: Whom it is about: 0 is John Doe, each other number somebody else.
            password: What the user has typed, for ``password-import``.
            auth: ``right``, ``wrong`` or ``missing``.

        Raises:
            UsageError: there is no such type or variant, or an edit doesn't fit.
        """
        found = inline_hook_type(kind)
        number = next(self._numbers)
        request = inline_request(
            found,
            world=self.world,
            number=number,
            at=datetime.now(UTC),
            variant=variant,
            person=self.world.person(person),
            password=password,
        )
        request["eventId"] = self.world.draws.base64url(16, "tested", time.time_ns(), number)
        for path, value in (edits or {}).items():
            request = set_value(request, path, value)
        for path in remove:
            request = without(request, path)
        right = self._channel(found)
        call = call_inline_hook(
            found,
            with_auth(right, auth),
            encode(request),
            request_id=request_id_of(request) or RandomTokens().request_id(),
            sender=any_target(),
            clock=SystemClock(),
            profile=self._profile,
        )
        return InlineAnswer(call=call, channel=right, variant=variant or found.variants[0])

    def check(
        self,
        kind: str,
        *,
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        edits: Mapping[str, Any] | None = None,
        credential: tuple[str, str] | None = None,
    ) -> RunResult:
        """
        Run the contract suite of ``okta-hooks inline check`` against the hook of a type, and return what it found.

        Args:
            kind: The type.
            select: Ids of checks or rules, or patterns; none means all.
            ignore: The same, for what is left out.
            edits: Values by path in every plain call, such as a user that the application knows.
            credential: For ``password-import``: a login the application knows, and its password.
        """
        from emulator.checks.inline import InlinePlan, InlineTarget, choose_inline, run_inline_suite
        from emulator.checks.inline.target import Credential
        from emulator.secrets import Secret

        found = inline_hook_type(kind)
        known = None if credential is None else Credential(login=credential[0], password=Secret(credential[1]))
        target = InlineTarget(
            kind=found,
            channel=self._channel(found),
            sender=any_target(),
            world=self.world,
            started=int(time.time() * 1000),
            credential=known,
            edits=tuple((edits or {}).items()),
            profile=self._profile,
        )
        return run_inline_suite(
            InlinePlan(target=target, checks=choose_inline(found.short, select=select, ignore=ignore))
        )

    def assert_keeps_contract(self, kind: str, **how: Any) -> None:
        """
        Run the contract suite against the hook of a type; *how* are arguments of ``check``.

        Raises:
            AssertionError: a promise is broken; the message says what was seen, the rule and the fix.
        """
        from emulator.reports.checks import result_lines
        from emulator.runner.results import Verdict

        run = self.check(kind, **how)
        if run.verdict is not Verdict.PASS:
            broken = [check for check in run.checks if check.fails()]
            lines = [line for check in broken for line in (*result_lines(check), "")]
            errors = [f"{check.id}: {check.detail}" for check in run.checks if check.status.value == "error"]
            raise AssertionError("\n".join([f"broken promises of the {kind} hook: {len(broken)}", *lines, *errors]))

    def _channel(self, kind: InlineHookType) -> Channel:
        return channel_from(self._url.replace("{type}", kind.short), self._headers, where="okta_inline_url")


def inline_url(hook_url: str, path: str) -> str:
    """Return the URL of inline hooks that are served beside the event hook, at *path*."""
    parts = urlsplit(hook_url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{path.lstrip('/')}", "", ""))
