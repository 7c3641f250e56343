"""How ``inline trigger`` makes its calls and tells what becomes of them."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.cli.inline._oauth import Login
    from emulator.contract.inline.types import InlineHookType
    from emulator.contract.model import Channel, JsonObject
    from emulator.contract.profile import Profile
    from emulator.delivery.transport import Sender
    from emulator.reports.inline_calls import CallReport

__all__ = ["Told"]

_EXIT_CODES = {"pass": 0, "fail": 1, "error": 3}


class Told:
    """
    Calls the hook, and says what happens: as JSON or as text, on stderr if stdout is for the bodies.

    Args:
        kind: The type of hook.
        variant: The kind of request.
        as_json: One JSON document at the end, instead of lines.
        bodies: The request bodies are wanted too.
        reveal: The typed password and the one-time passcode may be shown.
    """

    def __init__(self, kind: InlineHookType, variant: str, *, as_json: bool, bodies: bool, reveal: bool) -> None:
        from emulator.secrets import Redactor

        self.kind = kind
        self.variant = variant
        self.as_json = as_json
        self.bodies = bodies
        self.reveal = reveal
        self.redact = Redactor()
        self.told: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self.made_contact = False
        self.all_good = True

    def all(
        self,
        requests: Iterable[tuple[JsonObject, bytes]],
        channel: Channel | None,
        *,
        login: Login | None,
        spoilt: str,
        profile: Profile,
        ca_bundle: str | None,
        seed: int,
    ) -> int:
        """Make the calls one by one, tell each as it ends, then the verdict; return the exit code."""
        from emulator.secrets import safe_url

        if channel is not None:
            self._learn(channel)
            self._line(f"POST {safe_url(channel.uri)}")
        interrupted = False
        try:
            for request, body in requests:
                if channel is not None and self.counts and not self.made_contact:
                    break  # where nobody listens there is no point in waiting for more time-outs
                self._one(request, body, channel, login=login, spoilt=spoilt, profile=profile, ca_bundle=ca_bundle)
        except KeyboardInterrupt:
            interrupted = True
        verdict = self._end(channel, profile=profile, seed=seed)
        if interrupted:
            raise KeyboardInterrupt
        return _EXIT_CODES[verdict] if channel is not None else 0

    def _learn(self, channel: Channel) -> None:
        from emulator.delivery.inline import inline_hook_request

        for secret in inline_hook_request(channel, b"", request_id="").secrets():
            self.redact.add(secret)

    def _authorised(self, channel: Channel, login: Login, sender: Sender, spoilt: str) -> Channel:
        from emulator.delivery.credentials import with_auth

        for secret in login.secrets():
            self.redact.add(secret)
        authorised = login.applied(channel, sender)
        if authorised.auth is not None:
            self.redact.add(authorised.auth.value)
        return with_auth(authorised, spoilt)

    def _one(
        self,
        request: JsonObject,
        body: bytes,
        channel: Channel | None,
        *,
        login: Login | None,
        spoilt: str,
        profile: Profile,
        ca_bundle: str | None,
    ) -> None:
        from emulator.payloads.inline import redacted_request, request_id_of, secrets_of_request
        from emulator.reports.inline_calls import CallReport

        if not self.reveal:
            for secret in secrets_of_request(request):
                self.redact.add(secret)
        call = None
        if channel is not None:
            from emulator.delivery.clock import SystemClock
            from emulator.delivery.inline import call_inline_hook
            from emulator.delivery.tokens import RandomTokens
            from emulator.delivery.transport import transport

            sender = transport(ca_bundle)
            if login is not None:
                channel = self._authorised(channel, login, sender, spoilt)
            call = call_inline_hook(
                self.kind,
                channel,
                body,
                request_id=request_id_of(request) or RandomTokens().request_id(),
                sender=sender,
                clock=SystemClock(),
                profile=profile,
            )
        shown = request if self.reveal else redacted_request(request)
        report = CallReport(kind=self.kind, variant=self.variant, request=shown, call=call, spoilt=spoilt)
        self.made_contact |= report.made_contact
        self.all_good &= report.is_as_it_should_be
        self._tell(report, body)

    def _tell(self, report: CallReport, body: bytes) -> None:
        from emulator.cli import terminal
        from emulator.payloads import encode
        from emulator.reports.inline_calls import as_json, as_text

        self.counts[self._end_of(report)] += 1
        if self.bodies and not self.as_json:
            printed = body if self.reveal or not report.request else encode(report.request)
            sys.stdout.buffer.write(printed + b"\n")
            sys.stdout.buffer.flush()
        if self.as_json:
            self.told.append(as_json(report, redact=self.redact))
            return
        if report.call is None:
            if not self.bodies:
                self._line(f"built {self.kind.short} ({self.variant}), {len(body)} bytes, not sent")
            return
        for line in as_text(report, redact=self.redact, style=lambda text, look: getattr(terminal, look)(text)):
            self._line(line)

    def _end_of(self, report: CallReport) -> str:
        if report.call is None:
            return "not_sent"
        if report.was_refused:
            return "refused"
        return "used" if report.call.judgement.accepted else "not_used"

    def _verdict(self) -> str:
        if not self.made_contact:
            return "error"
        return "pass" if self.all_good else "fail"

    def _end(self, channel: Channel | None, *, profile: Profile, seed: int) -> str:
        from emulator.cli.terminal import print_json
        from emulator.secrets import safe_url

        verdict = self._verdict()
        total = sum(self.counts.values())
        if total > 1 and channel is not None:
            ends = ", ".join(f"{count} {end.replace('_', ' ')}" for end, count in self.counts.items())
            self._line(f"{total} calls: {ends}")
        if self.as_json:
            about: dict[str, Any] = {
                "type": self.kind.name,
                "variant": self.variant,
                "profile": profile.name,
                "seed": seed,
            }
            if channel is not None:
                about = {"url": safe_url(channel.uri), **about, "verdict": verdict}
            print_json({**about, "calls": self.told, "counts": dict(self.counts)})
        return verdict

    def _line(self, text: str) -> None:
        if not self.as_json:
            click.echo(text, err=self.bodies)
