"""Serve a fake Okta org: its REST API, System Log, deliveries and control plane."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from emulator.cli.options import ca_bundle_option, events_option, json_option, profile_option, read_event_files
from emulator.errors import HarnessError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.apis.serving import Serving
    from emulator.contract.profile import Profile
    from emulator.org.org import Org
    from emulator.secrets import Secret

__all__ = ["command"]

_INTERRUPTED: Final = 130
_DRAINING: Final = 10.0  # seconds that pending deliveries get when the server stops
_SHORTEST_TOKEN: Final = 8


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8420, show_default=True, help="0 takes a free one.")
@click.option(
    "--token",
    "tokens",
    metavar="TOKEN",
    multiple=True,
    help="An API token that clients may use (SSWS). "
    "Repeatable; ${env:NAME} and @FILE keep it off the command line. Default: a new one, which is shown.",
)
@click.option(
    "--bearer",
    "bearers",
    metavar="'TOKEN SCOPE...'",
    multiple=True,
    help="An OAuth access token with its scopes, such as 'abc okta.logs.read'. Repeatable.",
)
@click.option("--control-token", metavar="TOKEN", help="What /_emulator/ asks for. Default: a new one, which is shown.")
@click.option("--seed", type=click.IntRange(0), help="The same seed gives the same ids and payloads.")
@click.option("--db", metavar="FILE", help="Keep the org's state in this file; it survives a crash.")
@click.option("--tls", is_flag=True, help="Serve HTTPS with a certificate authority made for it.")
@click.option(
    "--ca-file",
    metavar="FILE",
    default="okta-hooks-ca.pem",
    show_default=True,
    help="Where --tls writes the authority's certificate.",
)
@click.option("--clock", metavar="ISO", help="Let the org's clock stand still at this instant.")
@click.option(
    "--start", metavar="FILE", help="YAML with the users, groups, apps and hooks that the org has from the start."
)
@click.option(
    "--allow-target",
    "allowed",
    metavar="CIDR|HOST",
    multiple=True,
    help="Let hooks deliver there too, not only to this machine and private networks. Repeatable.",
)
@click.option(
    "--rate-limit",
    type=click.IntRange(1),
    metavar="N",
    help="Refuse more than N calls a minute to each kind of resource with 429.",
)
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=50_000,  # as in emulator.org.keeping, which takes too long to import for --help
    show_default=True,
    metavar="N",
    help="Remember the newest N events and N deliveries, so that a long run doesn't grow.",
)
@events_option
@ca_bundle_option
@profile_option
@json_option
def command(
    host: str,
    port: int,
    tokens: tuple[str, ...],
    bearers: tuple[str, ...],
    control_token: str | None,
    seed: int | None,
    db: str | None,
    tls: bool,
    ca_file: str,
    clock: str | None,
    start: str | None,
    allowed: tuple[str, ...],
    rate_limit: int | None,
    keep: int,
    event_files: tuple[str, ...],
    ca_bundle: str | None,
    profile: Profile,
    as_json: bool,
) -> int:
    """
    Serve a fake Okta org for SDKs and other clients of Okta's API.

    Ctrl-C or SIGTERM stops it: requests in flight are finished, pending deliveries are made. With --json one line of
    JSON on stdout says that it is ready, and where. Without it what the API refuses is told on stderr, with a hint.

    Example: okta-hooks serve --port 0 --seed 42
    """
    known = [_secret(text, "--token") for text in tokens]
    scopes = dict(_bearer(text) for text in bearers)
    control = None if control_token is None else _secret(control_token, "--control-token")
    from secrets import token_urlsafe

    from emulator.apis import create_app
    from emulator.apis.certificates import server_tls
    from emulator.apis.serving import Serving, listen
    from emulator.apis.targets import guarded_sender
    from emulator.console import serve_console
    from emulator.org.org import Org
    from emulator.secrets import Secret

    own_types = read_event_files(event_files)
    sender = guarded_sender(allowed, ca_bundle=ca_bundle)
    listener = listen(host, port)
    try:
        context = server_tls(host, Path(ca_file)) if tls else None
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 (compared, not bound)
        name = f"{shown}:{listener.getsockname()[1]}"
        org = Org(
            seed=seed,
            clock=clock,
            profile=profile,
            db=db,
            host=name,
            sender=sender,
            start=start,
            custom_types=own_types,
            keep=keep,
        )
    except BaseException:
        listener.close()
        raise
    _log_to_stderr(refusals=not as_json)
    stop = _Stop()
    fresh = Secret(f"00{token_urlsafe(30)}")
    control_fresh = Secret(token_urlsafe(24))
    app = create_app(
        org,
        tokens=known or [fresh],
        control_token=control or control_fresh,
        bearers=scopes,
        rate_limit=rate_limit,
        hosts=[host],
    )
    serve_console(app, sender=sender)
    serving = Serving(app, listener, host=host, tls=context)
    ready = {
        "url": serving.url,
        "console": f"{serving.url}/console/sign-in" + ("" if control else f"?token={control_fresh.reveal()}"),
        # What the user gave is known to the user, and stays secret.
        "token": None if known else fresh.reveal(),
        "control_token": None if control else control_fresh.reveal(),
        "seed": org.seed,
        "db": None if db is None else str(Path(db).resolve()),
        "private": _is_loopback(host),
        "ca_file": str(Path(ca_file).resolve()) if tls else None,
    }
    _say_ready(ready, org, as_json=as_json)
    code = stop.wait()
    _finish(app, serving, org, db=db)
    return code


def _log_to_stderr(*, refusals: bool) -> None:
    """
    Say what goes wrong, and if asked also what the API refuses, with the reasons that Okta's answers have no room for.

    A program that starts us may never read what we say, and a pipe that is full would stop us: it gets few words.
    """
    import logging
    import sys

    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
    logging.getLogger("emulator").setLevel(logging.INFO if refusals else logging.WARNING)


class _Stop:
    """SIGTERM and the first Ctrl-C ask for a clean stop, the second Ctrl-C ends the process at once."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._code = 0
        signal.signal(signal.SIGTERM, self._terminate)
        signal.signal(signal.SIGINT, self._interrupt)

    def _terminate(self, *_: object) -> None:
        self._asked.set()

    def _interrupt(self, *_: object) -> None:
        if self._code == _INTERRUPTED:
            os._exit(_INTERRUPTED)
        self._code = _INTERRUPTED
        self._asked.set()

    def wait(self) -> int:
        # In rounds, since on Windows a wait without end can't be interrupted.
        while not self._asked.wait(1.0):
            pass
        return self._code


def _secret(text: str, where: str) -> Secret:
    from emulator.delivery.channels import secret_text
    from emulator.secrets import Secret

    value = secret_text(text, where=where)
    if len(value) < _SHORTEST_TOKEN or not value.isascii() or not value.isprintable() or " " in value:
        raise UsageError(
            "that is no token", where=where, hint=f"at least {_SHORTEST_TOKEN} printable ASCII characters, no space"
        )
    return Secret(value)


def _bearer(text: str) -> tuple[str, frozenset[str]]:
    token, _, scopes = text.strip().partition(" ")
    if not scopes.split():
        raise UsageError(
            "an access token needs scopes", where="--bearer", hint="such as --bearer 'abcdefgh okta.logs.read'"
        )
    return _secret(token, "--bearer").reveal(), frozenset(scopes.split())


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _say_ready(ready: Mapping[str, Any], org: Org, *, as_json: bool) -> None:
    from json import dumps

    _say(f"a fake Okta org is served at {ready['url']} (Ctrl-C stops)", f"  seed       {org.seed}")
    _say(f"  API token  {ready['token'] or 'as given'}   send it as: Authorization: SSWS <token>")
    _say(f"  control    {ready['url']}/_emulator/   Authorization: Bearer {ready['control_token'] or '<as given>'}")
    _say(f"  console    {ready['console']}")
    if not ready["private"]:
        _say("  warning: other machines can reach it; the control plane answers loopback names and --host only")
    _say(f"  state      {ready['db'] or 'in memory: gone when it stops (--db FILE keeps it)'}")
    if ready["ca_file"]:
        _say(
            f"  trust      export SSL_CERT_FILE={ready['ca_file']}           (Python)",
            f"             export NODE_EXTRA_CA_CERTS={ready['ca_file']}     (Node)",
            f"             curl --cacert {ready['ca_file']}",
        )
    else:
        _say("  Python SDK export OKTA_TESTING_TESTINGDISABLEHTTPSCHECK=true   (it refuses http otherwise)")
    if as_json:
        click.echo(dumps({name: value for name, value in ready.items() if name != "private"}))


def _finish(app: Any, serving: Serving, org: Org, *, db: str | None) -> None:
    _say("stopping: finishing requests, then pending deliveries")
    app.closing.set()
    serving.stop()
    org.resume()  # whoever paused deliveries won't come back
    try:
        org.drain(_DRAINING)
    except (TimeoutError, HarnessError) as error:
        kept = "they are made when the org is served again" if db else "they are lost, since there is no --db"
        _say(f"warning: {error}; {kept}")
    org.close()


def _say(*lines: str) -> None:
    for line in lines:
        try:
            click.echo(line, err=True)
        except OSError:
            return
