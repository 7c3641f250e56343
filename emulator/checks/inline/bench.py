"""What a check of an inline hook works with: it makes calls, keeps them, and knows the usual verdicts."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from emulator.checks.bench import Interrupted
from emulator.checks.check import Broken, Unseen
from emulator.checks.credentials import Spoilt
from emulator.checks.inline.call import Call
from emulator.checks.together import together
from emulator.contract.model import AuthScheme
from emulator.delivery.exchange import Failure
from emulator.delivery.inline import inline_hook_request
from emulator.delivery.tokens import RandomTokens
from emulator.payloads import encode
from emulator.payloads.edits import set_value
from emulator.payloads.inline import inline_request, request_id_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from emulator.checks.inline.target import Credential, InlineTarget
    from emulator.contract.model import Channel, JsonObject
    from emulator.delivery.exchange import Exchange, Request
    from emulator.secrets import Secret

__all__ = ["InlineBench"]

_ROOM: Final = 1_000  # numbers that one check has to itself
_SLOW: Final = 0.3  # seconds; several calls to a service this slow are made at the same time
_ABREAST: Final = 4
_ENOUGH: Final = 3  # cases of one check that went wrong; more say nothing new


class InlineBench:
    """
    The workbench of one check.

    ``calls`` are those that Okta might make, with their answers judged; ``exchanges`` is all that was sent; ``parallel``
    is for the seconds of calls that ran at the same time.  ``shown_by`` is the variant of a plain call that shows what
    was found, None if it takes more than that; ``lost`` tells how the service was after attacks, None if there were none.

    Args:
        target: The service.
        number: Tells this check from all others, so that no two send the same ids.
        stopping: Is set when the run is interrupted.
    """

    def __init__(self, target: InlineTarget, *, number: int, stopping: threading.Event) -> None:
        self.target = target
        self.kind = target.kind
        self.calls: list[Call] = []
        self.exchanges: list[Exchange] = []
        self.parallel: list[float] = []
        self.lost: list[tuple[str, Exchange]] | None = None
        self.shown_by: str | None = None
        self._evidence: list[Exchange] | None = None
        self._stopping = stopping
        self._number = number * _ROOM

    # What is sent -----------------------------------------------------------------------------------------------

    def body(self, variant: str = "", **members: Any) -> JsonObject:
        """
        Build a new request, as Okta would send it now about somebody new.

        Args:
            variant: Which kind of request; by default the usual one.
            members: What is to stand at a path, its parts joined by two underscores, as in ``data__action=None``.
        """
        world = self.target.world
        self._number += 1
        # Names in other scripts are a check of their own, so that one who can't read them fails at that one only.
        while not world.person(self._number).display_name.isascii():
            self._number += 1
        body = inline_request(self.kind, world=world, number=self._number, at=datetime.now(UTC), variant=variant)
        # The people of a seed come again in the next run, but an eventId may not: it would look like a retry.
        body["eventId"] = world.draws.base64url(16, "checked", self.target.started, self._number)
        if self.target.credential is not None:
            body = self.credential(body, self.target.credential)
        for path, value in self.target.edits:
            body = set_value(body, path, value)
        for name, value in members.items():
            body = set_value(body, "/" + name.replace("__", "/"), value)
        return body

    @staticmethod
    def credential(body: JsonObject, credential: Credential, *, password: str | None = None) -> JsonObject:
        """Return *body* with somebody's login and password in it, or another password."""
        found: JsonObject = set_value(body, "/data/context/credential/username", credential.login)
        found["data"]["context"]["credential"]["password"] = (
            credential.password.reveal() if password is None else password
        )
        return found

    def request(self, body: JsonObject | bytes, *, channel: Channel | None = None, **headers: str) -> Request:
        """
        Return the POST that carries *body*.

        ``headers`` replace what Okta sends, their names written with underscores; an empty value takes one away.
        """
        request_id = (request_id_of(body) if isinstance(body, dict) else "") or RandomTokens().request_id()
        sent = body if isinstance(body, bytes) else encode(body)
        request = inline_hook_request(channel or self.target.channel, sent, request_id=request_id)
        wanted = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        kept = tuple((name, wanted.pop(name.lower(), value)) for name, value in request.headers)
        return replace(request, headers=tuple((name, value) for name, value in (*kept, *wanted.items()) if value))

    def send(self, request: Request) -> Exchange:
        """Make one attempt and keep its exchange."""
        exchange = self._attempt(request)
        self.exchanges.append(exchange)
        return exchange

    def call(self, body: JsonObject | None = None, *, what: str = "", variant: str = "") -> Call:
        """Call the hook as Okta does, by default in the plainest way, and keep the call."""
        return self._kept(self._called(self.body(variant) if body is None else body, what, variant))

    def calls_of(self, cases: Mapping[str, JsonObject], *, variant: str = "") -> Iterator[Call]:
        """Make a call for each case, several at a time if the service is slow; one by one they wait to be asked for."""
        plain = self.target.plain
        width = _ABREAST if plain is not None and plain.exchange.elapsed > _SLOW else 1
        waiting = list(cases.items())
        while waiting:
            batch, waiting = waiting[:width], waiting[width:]
            for call in together([partial(self._called, body, what, variant) for what, body in batch]):
                yield self._kept(call)

    def at_once(self, bodies: Sequence[JsonObject], *, what: str) -> list[Call]:
        """Make a call for each body, all at the same time."""
        return [self._kept(call) for call in together([partial(self._called, body, what, "") for body in bodies])]

    def send_in_turn(self, requests: Sequence[Request]) -> list[Exchange]:
        """Make one attempt each on one connection, and keep the exchanges."""
        if self._stopping.is_set():
            raise Interrupted
        exchanges = self.target.sender.send_in_turn(requests, time_limit=self.target.profile.time_limit)
        self.exchanges += exchanges
        return exchanges

    @contextmanager
    def held(self, request: Request) -> Iterator[Exchange]:
        """Make one attempt, keep its exchange, and leave its connection open and idle while the block runs."""
        with self.target.sender.held(request, time_limit=self.target.profile.time_limit) as exchange:
            self.exchanges.append(exchange)
            yield exchange

    def _called(self, body: JsonObject, what: str, variant: str) -> Call:
        exchange = self._attempt(self.request(body))
        return Call.judged(self.kind, what=what, variant=variant, request=body, exchange=exchange)

    def _kept(self, call: Call) -> Call:
        self.exchanges.append(call.exchange)
        self.calls.append(call)
        return call

    def _attempt(self, request: Request) -> Exchange:
        if self._stopping.is_set():
            raise Interrupted
        return self.target.sender.send(request, time_limit=self.target.profile.time_limit)

    # The usual verdicts -----------------------------------------------------------------------------------------

    def wants_answers(self, cases: Mapping[str, JsonObject], *, variant: str = "") -> None:
        """
        Make a call for each case and want all answered with a 2xx; what stands in the answers is looked at elsewhere.

        Raises:
            Broken: some were not; after three of them, or one that timed out, the rest is not tried.
        """
        bad: list[Call] = []
        for call in self.calls_of(cases, variant=variant):
            if not call.answered:
                bad.append(call)
            if len(bad) >= _ENOUGH or call.exchange.failure is Failure.TIMEOUT:
                break
        if bad:
            self.keep(call.exchange for call in bad)
            self.shown_by = bad[0].variant
            raise Broken("\n".join(f"{call.name}: {call.seen}" for call in bad))

    def wants_each(
        self, cases: Mapping[str, Request], good: Callable[[Exchange], bool], say: Callable[[Exchange], str]
    ) -> None:
        """
        Send what Okta never would and want *good* answers.

        Raises:
            Broken: some were not good; *say* puts into words what they were.
        """
        bad: dict[str, Exchange] = {}
        for name, request in cases.items():
            exchange = self.send(request)
            if not good(exchange):
                bad[name] = exchange
            if len(bad) >= _ENOUGH or exchange.failure is Failure.TIMEOUT:
                break
        if bad:
            self.keep(bad.values())
            raise Broken("\n".join(f"{name}: {say(exchange)}" for name, exchange in bad.items()))

    @property
    def auth(self) -> AuthScheme:
        """The hook's auth header; for checks that need one."""
        if self.target.channel.auth is None:
            raise Unseen("the hook's auth header is not known")
        return self.target.channel.auth

    @property
    def spoilt(self) -> Spoilt:
        """The hook's secret in its wrong forms; for checks that need one."""
        return Spoilt(self.auth.value)

    @property
    def known(self) -> Credential:
        """Somebody the service knows; for checks that need one."""
        if self.target.credential is None:
            raise Unseen("nobody is known who has a password here")
        return self.target.credential

    def with_secret(self, secret: Secret | None, *, name: str = "") -> Channel:
        """Return the hook's channel with another secret, or without one."""
        auth = None if secret is None else AuthScheme(key=name or self.auth.key, value=secret)
        return replace(self.target.channel, auth=auth)

    def keep(self, exchanges: Iterable[Exchange]) -> None:
        """Show only *exchanges* as evidence."""
        self._evidence = list(exchanges)

    @property
    def evidence(self) -> list[Exchange]:
        """The exchanges that show what was found; all of them, unless the check has chosen."""
        return self.exchanges if self._evidence is None else self._evidence
