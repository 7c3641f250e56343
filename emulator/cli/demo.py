"""Watch the whole story on this machine: hook, verification, John Doe, delivery, receiver."""

from __future__ import annotations

import base64
import sys
import time
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.delivery.exchange import Exchange, Request
    from emulator.org.org import Org
    from receiver import Receiver

__all__ = ["command"]

_JOHN = "john.doe@example.com"
_TYPES = ("user.lifecycle.create", "user.lifecycle.deactivate")
_NAME = "User lifecycle"
_NOON = "2026-08-21T12:00:00Z"  # the org's clock stands still, so that a seed tells the same story to the last digit


@click.command("demo")
@click.option("--seed", type=click.IntRange(0), default=42, show_default=True, help="The same seed, the same story.")
@click.option("--quick", is_flag=True, help="Leave the contract suite out.")
def command(seed: int, *, quick: bool) -> int:
    """
    Run a fake org and the reference receiver, and let them tell the story of an event hook.

    Nothing is left behind: no file, no process, and no request leaves this machine.
    """
    from emulator.delivery.transport import near_transport
    from emulator.org.org import Org
    from receiver import Receiver

    began = time.perf_counter()
    secret = _basic_auth(seed)
    watched = _Watched(near_transport())
    with Receiver(auth=secret) as receiver, Org(seed=seed, clock=_NOON, sender=watched) as org:
        _heading(1, "A fake Okta org, and a receiver that wants Basic authentication")
        _line("org", f"{org.base_url}  (seed {seed})")
        _line("receiver", receiver.url)
        story = _Story(org, receiver, watched, secret)
        results = list(story.tell())
        if not quick:
            results.append(_suite(receiver.url, secret, seed))
    _summary(results, time.perf_counter() - began)
    return 0 if all(kept for *_, kept in results) else 1


def _basic_auth(seed: int) -> str:
    """Return the value of an Authorization header; it is a secret, if only of this demo."""
    return "Basic " + base64.b64encode(f"okta:{seed}-correct-horse".encode()).decode()


class _Watched:
    """A sender that remembers what it sent, so that the story can show it."""

    def __init__(self, sender: Any) -> None:
        self._sender = sender
        self.exchanges: list[Exchange] = []

    def send(self, request: Request, *, time_limit: float = 3.0) -> Exchange:
        exchange: Exchange = self._sender.send(request, time_limit=time_limit)
        self.exchanges.append(exchange)
        return exchange


Result = tuple[str, str, str, bool]


class _Story:
    """The chapters; each tells what it did and yields what was promised, by which rule, what came, and if it was kept."""

    def __init__(self, org: Org, receiver: Receiver, watched: _Watched, secret: str) -> None:
        self._org = org
        self._receiver = receiver
        self._watched = watched
        self._secret = secret

    def tell(self) -> Iterator[Result]:
        """Run the chapters in order."""
        hook = self._org.create_event_hook(uri=self._receiver.url, events=_TYPES, auth=self._secret, name=_NAME)
        _heading(2, f"Register the event hook {_NAME!r}")
        _line("events", ", ".join(_TYPES))
        _line("hook", f"{hook.id}  {hook.status}  {_status(hook.verification_status)}")
        unsent = self._org.trigger(_TYPES[0])
        _line("", f"until it is verified Okta sends it nothing: {unsent.reason.partition(': ')[0]}")
        yield "an unverified hook gets nothing", "V16", f"{unsent.outcome}", unsent.outcome == "not_sent"
        yield self._verify(hook)
        yield from self._deliver()
        yield self._wrong_secret(hook)
        yield from self._duplicate()

    def _verify(self, hook: Any) -> Result:
        _heading(3, "Verify it, once: the receiver echoes a challenge")
        hook = self._org.verify(hook)
        exchange = self._watched.exchanges[-1]
        headers = dict(exchange.request.headers)
        _line("GET", f"X-Okta-Verification-Challenge: {headers['X-Okta-Verification-Challenge']}")
        _line("answer", f"{exchange.status}  {exchange.reply.body.decode().strip() if exchange.reply else ''}")
        _line("hook", f"{hook.id}  {hook.status}  {_status(hook.verification_status)}")
        return "the challenge is echoed", "V5", str(exchange.status), hook.verification_status == "VERIFIED"

    def _deliver(self) -> Iterator[Result]:
        _heading(4, "John Doe joins, and leaves again")
        self._org.create_user(login=_JOHN, password="correct horse battery").deactivate()  # noqa: S106 (John's, not ours)
        for delivery in self._org.drain():
            _line("event", f"{delivery.event_types[0]}  {delivery.uuids[0]}")
            _line("POST", _answer(delivery.attempts[-1].exchange))
            yield f"{delivery.event_types[0]} arrives", "D1, D24", _status_of(delivery), delivery.outcome == "delivered"
        self._receiver.wait_for(2)
        for line in self._receiver.lines:
            _line("receiver", _strong(line))
        wanted = (f"The user {_JOHN} has been deactivated on the Okta org!",)
        yield "the receiver acts on it", "P12", f"{len(self._receiver.lines)} line", self._receiver.lines == wanted

    def _wrong_secret(self, hook: Any) -> Result:
        from emulator.delivery.clock import SystemClock
        from emulator.delivery.credentials import with_auth
        from emulator.delivery.dispatcher import deliver, delivery_request

        _heading(5, "Somebody else sends the same event, with a wrong secret")
        last = self._org.deliveries[-1]
        channel = with_auth(self._org.event_hooks.get(hook).channel, "wrong")
        delivery = deliver(
            delivery_request(channel, last.body, hook_id=hook.id),
            event_id=last.event_id,
            hook_id=hook.id,
            uuids=last.uuids,
            sender=self._watched,
            clock=SystemClock(),
        )
        _line("POST", _answer(delivery.attempts[-1].exchange))
        kept = len(delivery.attempts) == 1 and delivery.attempts[0].exchange.status in {401, 403}
        _line("", "refused, and by Okta's rules not tried again" if kept else "let in: that is a mistake")
        return "a wrong secret is refused", "H6, R4", _status_of(delivery), kept

    def _duplicate(self) -> Iterator[Result]:
        _heading(6, "Okta delivers at least once: the same event comes again, twice")
        last = self._org.deliveries[-1]
        for new_envelope, what in ((False, "same eventId"), (True, "new eventId, same uuid")):
            before = len(self._receiver.events)
            again = self._org.redeliver(last, new_envelope=new_envelope)
            known = self._receiver.deliveries[-1].duplicates == last.uuids
            _line("POST", f"{_answer(again.attempts[-1].exchange)}  {what}")
            kept = again.outcome == "delivered" and known and len(self._receiver.events) == before
            yield f"a duplicate is recognised ({what})", "D12", _status_of(again), kept
        _line("receiver", f"acknowledged, recognised, and not acted on: still {len(self._receiver.lines)} line")


def _suite(url: str, secret: str, seed: int) -> Result:
    import logging

    from emulator.checks import Plan, run_suite
    from emulator.checks.registry import choose
    from emulator.checks.target import Target
    from emulator.contract.model import AuthScheme, Channel
    from emulator.delivery.transport import near_transport
    from emulator.payloads import World
    from emulator.secrets import Secret

    _heading(7, "The contract suite asks the receiver everything")
    channel = Channel(uri=url, auth=AuthScheme(key="Authorization", value=Secret(secret)))
    sender = near_transport()
    target = Target(channel=channel, sender=sender, world=World(seed), started=int(time.time() * 1000))
    # The suite sends much that the receiver has a right to wonder about; here it would only interrupt the story.
    quiet = logging.NullHandler()
    logging.getLogger("receiver").addHandler(quiet)
    try:
        run = run_suite(Plan(target=target, checks=choose()))
        if run.interrupted:
            raise KeyboardInterrupt  # a suite that was cut short has found nothing, neither good nor bad
    finally:
        logging.getLogger("receiver").removeHandler(quiet)
    counts = run.counts()
    _line("checks", f"{counts['pass']} kept, {counts['fail']} broken, {counts['skip']} not looked at here")
    for check in run.checks:
        if check.status in {"fail", "error"}:
            _line(check.status, f"{check.id}: {check.title}")
    return "the contract suite finds nothing broken", "all", f"{counts['pass']} kept", run.verdict == "pass"


def _heading(number: int, text: str) -> None:
    click.echo(("\n" if number > 1 else "") + _strong(f"{number}  {text}"))


def _line(label: str, text: str) -> None:
    from emulator.cli.terminal import dim

    click.echo(f"   {dim(f'{label:<9}')} {text}")


def _strong(text: str) -> str:
    from emulator.cli.terminal import strong

    return strong(text)


def _status(verification: str) -> str:
    from emulator.cli.terminal import good, warn

    return good(verification) if verification == "VERIFIED" else warn(verification)


def _answer(exchange: Exchange) -> str:
    reply = exchange.reply
    return exchange.summary() if reply is None else f"{reply.status} {reply.reason.title()}".rstrip()


def _status_of(delivery: Any) -> str:
    statuses = [str(attempt.exchange.status or attempt.exchange.failure) for attempt in delivery.attempts]
    return ", ".join(statuses)


def _summary(results: list[Result], seconds: float) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from emulator.cli.terminal import coloured

    console = Console(
        highlight=False,
        color_system="auto" if coloured(sys.stdout) else None,
        width=None if sys.stdout.isatty() else 100,  # a log has no width of its own
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("", "promise", "rule", "answer"):
        table.add_column(title, overflow="fold")
    for promise, rule, answer, kept in results:
        mark = Text("kept", style="green") if kept else Text("BROKEN", style="bold red")
        table.add_row(mark, promise, rule, answer)
    with console.capture() as captured:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))
    count = sum(kept for *_, kept in results)
    click.echo(f"{count} of {len(results)} promises kept in {seconds:.1f} s")
    click.echo("next: okta-hooks check URL, with the URL of your own receiver")
