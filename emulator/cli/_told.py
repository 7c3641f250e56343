"""How ``trigger`` and ``replay`` tell what becomes of their deliveries."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.contract.model import Channel
    from emulator.delivery.series import Sent, Tally

__all__ = ["Told"]

_EXIT_CODES = {"pass": 0, "fail": 1, "error": 3}


class Told:
    """
    Says what happens, as JSON or as text, and on stderr if stdout is for the bodies.

    Args:
        channel: Where the deliveries go; None if nothing is sent.
        as_json: One JSON document at the end, instead of lines.
        bodies: The exact request bodies are wanted too.
    """

    def __init__(self, channel: Channel | None, *, as_json: bool, bodies: bool) -> None:
        from emulator.delivery.dispatcher import delivery_request
        from emulator.secrets import Redactor

        self.channel = channel
        self.as_json = as_json
        self.bodies = bodies
        self.redact = Redactor(delivery_request(channel, b"", hook_id="").secrets() if channel else ())
        self.told: list[dict[str, Any]] = []

    def all(self, sent: Iterable[Sent], **about: Any) -> int:
        """
        Tell each delivery as it ends, then the verdict, and return the exit code.

        An interruption still gets what was done until then.
        """
        from emulator.delivery.series import Tally

        tally, interrupted = Tally(), False
        self.begin()
        try:
            for one in sent:
                tally.add(one)
                self.delivery(one)
        except KeyboardInterrupt:
            interrupted = True
        self.end(tally, about)
        if interrupted:
            raise KeyboardInterrupt
        return _EXIT_CODES[tally.verdict] if self.channel else 0

    def line(self, text: str) -> None:
        """Tell something in words."""
        if not self.as_json:
            click.echo(self.redact(text), err=self.bodies)

    def begin(self) -> None:
        """Say where the deliveries go."""
        from emulator.secrets import safe_url

        if self.channel is not None:
            self.line(f"POST {safe_url(self.channel.uri)}")

    def delivery(self, sent: Sent) -> None:
        """Tell what became of one request."""
        if self.bodies and not self.as_json:
            sys.stdout.buffer.write(sent.planned.body + b"\n")
            if self.channel is None:
                return  # nothing else to say, a hundred thousand times
            sys.stdout.buffer.flush()
        from emulator.cli import terminal
        from emulator.contract.catalogue import eligible_types
        from emulator.reports.deliveries import as_json, as_text, headline

        if self.as_json:
            known = eligible_types()
            self.told.append(as_json(sent, redact=self.redact, eligible=known.__contains__, with_body=self.bodies))
            return
        if self.channel is None:
            self.line(f"built {headline(sent.planned)}, {len(sent.planned.body)} bytes, not sent")
        if sent.delivery is None:
            return  # the last line counts those
        for line in as_text(sent, style=lambda text, look: getattr(terminal, look)(text)):
            self.line(line)

    def end(self, tally: Tally, about: dict[str, Any]) -> None:
        """Tell the verdict; *about* is what JSON says about the run."""
        from emulator.cli.terminal import print_json
        from emulator.reports.deliveries import in_one_line
        from emulator.secrets import safe_url

        if tally.total > 1 and self.channel is not None:
            self.line(in_one_line(tally))
        if self.as_json:
            if self.channel is not None:
                about = {"url": safe_url(self.channel.uri), **about, "verdict": tally.verdict}
            print_json({**about, "deliveries": self.told, "counts": tally.counts})
