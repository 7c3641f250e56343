"""
A look at the receiver's side effects, which its owner shows us: ``--probe``.

A probe is a URL and a JSON path, ``http://localhost:8000/handled $.count``, or a command whose last line of output is
the value, ``sqlite3 events.db 'select count(*) from events'``.  ``{login}``, ``{user_id}`` and ``{uuid}`` in it stand
for the user and the event that were just delivered.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from emulator.delivery.channels import read_url
from emulator.delivery.exchange import Request
from emulator.errors import UsageError
from emulator.names import did_you_mean
from emulator.runner.expectations import json_at
from emulator.secrets import safe_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.model import JsonObject
    from emulator.delivery.transport import Sender

__all__ = ["NOTHING", "Probe", "read_probe"]

NOTHING: Final = None
"""What a probe about one user or event says when there is nothing."""

_WHERE: Final = "--probe"
_LIMIT: Final = 10.0  # seconds that a probe may take
_NAMES: Final = ("login", "user_id", "uuid")
_PLACE: Final = re.compile(r"\{([a-z_]+)\}")
_URL: Final = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """
    One way to see what the receiver has done: ``command``, or else ``url`` and ``path``.

    ``sender`` makes the request.
    """

    sender: Sender
    url: str = ""
    path: str = "$"
    command: str = ""

    @property
    def about_one_user(self) -> bool:
        """Whether it tells what became of one user or event, not of all together."""
        return bool(_PLACE.search(self.url + self.command))

    def look(self, event: JsonObject | None = None) -> Any:
        """
        Return what the receiver's owner shows, any JSON value or a text.

        Args:
            event: Whose user and uuid are meant, if the probe is about one.

        Raises:
            UsageError: the probe itself doesn't work.
        """
        names = _about(event)
        return self._run(names) if self.command else self._ask(names)

    def _ask(self, names: Mapping[str, str]) -> Any:
        url = _PLACE.sub(lambda found: quote(names[found[1]], safe=""), self.url)
        request = Request(method="GET", url=url, headers=(("Accept", "application/json"),))
        exchange = self.sender.send(request, time_limit=_LIMIT)
        if exchange.status == 404 and self.about_one_user:
            return NOTHING
        if exchange.reply is None or exchange.status != 200:
            raise UsageError(f"{safe_url(url)}: {exchange.summary()}", where=_WHERE, hint="wanted 200 and a JSON body")
        text = exchange.reply.body.decode("utf-8", "replace")
        try:
            return json_at(json.loads(text), self.path)
        except (ValueError, LookupError, TypeError, RecursionError):
            if self.about_one_user:
                return NOTHING
            raise UsageError(
                f"{safe_url(url)} has nothing at {self.path}",
                where=_WHERE,
                hint="write the URL, a blank, and a path such as $.count",
            ) from None

    def _run(self, names: Mapping[str, str]) -> Any:
        words = [_PLACE.sub(lambda found: names[found[1]], word) for word in shlex.split(self.command)]
        try:
            done = subprocess.run(words, capture_output=True, timeout=_LIMIT, check=False)  # noqa: S603 (the user's own)
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = getattr(error, "strerror", None) or f"took longer than {_LIMIT:g} s"
            raise UsageError(f"the command {words[0]!r} can't be run: {reason.lower()}", where=_WHERE) from None
        lines = done.stdout.decode("utf-8", "replace").split("\n")
        if done.returncode != 0:
            raise UsageError(f"the command {words[0]!r} ended with {done.returncode}", where=_WHERE)
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        try:
            return json.loads(last)
        except ValueError:
            return last or NOTHING


def read_probe(text: str, *, sender: Sender) -> Probe:
    """
    Return the probe that *text* describes.

    Raises:
        UsageError: it is empty, or has a placeholder that doesn't exist.
    """
    unknown = [name for name in _PLACE.findall(text) if name not in _NAMES and _URL.match(text) is not None]
    if unknown:
        hint = did_you_mean(unknown[0], _NAMES) or f"known: {', '.join(f'{{{name}}}' for name in _NAMES)}"
        raise UsageError(f"unknown placeholder {{{unknown[0]}}}", where=_WHERE, hint=hint)
    if _URL.match(text):
        url, _, path = text.strip().partition(" ")
        read_url(_PLACE.sub("x", url), where=_WHERE)
        return Probe(sender=sender, url=url, path=path.strip() or "$")
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"the command can't be read: {str(error).lower()}", where=_WHERE) from None
    if not words:
        raise UsageError("the probe is empty", where=_WHERE, hint="such as 'http://localhost:8000/handled $.count'")
    return Probe(sender=sender, command=text)


def _about(event: JsonObject | None) -> dict[str, str]:
    user: JsonObject = next((t for t in (event or {}).get("target") or [] if t.get("type") == "User"), {})
    return {
        "login": str(user.get("alternateId") or ""),
        "user_id": str(user.get("id") or ""),
        "uuid": str((event or {}).get("uuid") or ""),
    }
