"""The ``okta-receiver`` command: the reference receiver, ready to run."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from emulator.errors import HarnessError, UsageError
from receiver.replies import known, read
from receiver.settings import DEFAULT_PATH, Settings, read_auth_header

if TYPE_CHECKING:
    from emulator.secrets import Secret
    from receiver.app import App
    from receiver.serving import Serving

__all__ = ["command", "main"]

_PROGRAM: Final = "okta-receiver"
_AUTH_VARIABLE: Final = "OKTA_RECEIVER_AUTH_HEADER"
_INTERRUPTED: Final = 130
_LONGEST_HEADER: Final = 64 * 1024


class _Command(click.Command):
    """Lists the misbehaviours in its help, so that a new one appears by itself, and repeats no stray argument."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if ctx.args:
            # Most likely --auth-header Authorization: Basic ..., and then this is the secret.
            raise click.UsageError("there is an argument that no option wants; put a header in quotes, 'NAME: VALUE'")
        return rest

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Misbehaviours"):
            formatter.write_dl(
                [
                    (f"{name}={found.metavar}" if found.metavar else name, (found.__doc__ or "").strip().rstrip("."))
                    for name, found in known().items()
                ]
            )


@click.command(cls=_Command, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--path", default=DEFAULT_PATH, show_default=True, help="Where event hooks are received.")
@click.option(
    "--auth-header",
    metavar="'NAME: VALUE'",
    help="The header every request must bring, such as 'Authorization: Basic ...'. On a shared machine rather use "
    f"{_AUTH_VARIABLE} or --auth-header-file, since others see command lines.",
)
@click.option("--auth-header-file", metavar="FILE", help="A file with that header.")
@click.option("--db", metavar="FILE", default="okta-receiver.db", show_default=True, help="Keeps the events.")
@click.option("--forward-to", metavar="URL", help="POST each new event on to this URL, after it has been stored.")
@click.option("--misbehave", metavar="NAME[=ARG]", multiple=True, help="Go wrong in this way. Repeatable.")
@click.option("--inline-users", metavar="FILE", help="JSON of logins and password hashes, for password import.")
@click.option("--inline-jwks", metavar="URL", help="Let inline hooks in by a bearer token that these keys verify.")
@click.option("--inline-issuer", metavar="TEXT", default="", help="The issuer (iss) of those tokens.")
@click.option("--inline-audience", metavar="TEXT", default="", help="Their audience (aud).")
@click.option("--inline-scope", metavar="TEXT", default="", help="A scope that they must have.")
@click.option("--json", "as_json", is_flag=True, help="When ready, print one line of JSON with the URL on stdout.")
def command(
    *,
    host: str,
    port: int,
    path: str,
    auth_header: str | None,
    auth_header_file: str | None,
    db: str,
    forward_to: str | None,
    misbehave: tuple[str, ...],
    inline_users: str | None,
    inline_jwks: str | None,
    inline_issuer: str,
    inline_audience: str,
    inline_scope: str,
    as_json: bool,
) -> int:
    """
    Receive Okta event hooks: verify, authenticate, store, acknowledge, then work.

    Inline hooks are answered at /okta/inline/ and the name of their type, such as /okta/inline/token.

    Prints a line for each deactivated user on stdout; everything else is said on stderr. Events that were
    acknowledged survive a crash; what is undone when the receiver stops is done at its next start.
    """
    name, secret = _auth(auth_header, auth_header_file)
    Settings(path=path, auth_header=name, auth=secret)
    misbehaviours = [read(text) for text in misbehave]

    if not inline_jwks and (inline_issuer or inline_audience or inline_scope):
        raise UsageError(
            "bearer tokens are verified by keys", hint="name them with --inline-jwks", where="--inline-jwks"
        )

    from receiver.app import create_app  # heavy, and not needed for --help
    from receiver.inline.bearer import Bearer  # as above
    from receiver.inline.handlers import reference  # as above
    from receiver.serving import Serving  # as above

    bearer = None
    if inline_jwks:
        bearer = Bearer(inline_jwks, issuer=inline_issuer, audience=inline_audience, scope=inline_scope)
    app = create_app(
        db=db,
        auth=secret,
        auth_header=name,
        path=path,
        misbehave=misbehaviours,
        forward_to=forward_to,
        inline=reference(users=inline_users),
        bearer=bearer,
        emit=_print,
        start=False,  # the ready line comes before the lines of what an earlier run left undone
    )
    try:
        serving = Serving(app, host=host, port=port)
    except BaseException:
        app.close()
        raise
    stop = _Stop()
    _say_ready(app, serving, name, secret, as_json=as_json)
    app.start()
    code = stop.wait()
    _say("stopping: finishing what has been begun")
    app.release()
    serving.stop()
    app.close()
    return code


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


def _auth(line: str | None, file: str | None) -> tuple[str, Secret | None]:
    if line is not None and file is not None:
        raise UsageError("--auth-header and --auth-header-file exclude each other")
    if line is not None:
        return read_auth_header(line)
    if file is not None:
        try:
            with Path(file).open(encoding="utf-8") as opened:
                text = opened.read(_LONGEST_HEADER)
        except (OSError, ValueError) as error:
            reason = (getattr(error, "strerror", None) or "it is not UTF-8 text").lower()
            raise UsageError(f"can't read {file!r}: {reason}", where="--auth-header-file") from None
        return read_auth_header(text, where="--auth-header-file")
    variable = os.environ.get(_AUTH_VARIABLE)
    return read_auth_header(variable, where=_AUTH_VARIABLE) if variable else ("Authorization", None)


def _say_ready(app: App, serving: Serving, header: str, secret: Secret | None, *, as_json: bool) -> None:
    _say(f"receiving event hooks at {serving.url} (Ctrl-C stops)")
    _say(f"  inline hooks are answered at {serving.inline_url('TYPE')}")
    _say(f"  events are kept in {app.store.path.resolve()}")
    if app.settings.auth is not None:
        _say(f"  every request must bring the header {header}")
    elif secret is None:
        _say("  warning: no --auth-header, so anyone who can reach this address may post events")
    else:
        _say("  warning: misbehaving on purpose, so the auth header is not checked")
    if as_json:
        _print(json.dumps({"url": serving.url, "db": str(app.store.path.resolve()), "auth": secret is not None}))


def _print(line: str) -> None:
    try:
        # In one piece, which print() doesn't promise: a kill must not leave a line without its end.
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        # The reader of our output has gone; events are still to be received, so only the lines are lost.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _say("warning: nobody reads stdout any more, so lines are dropped")


def _say(text: str) -> None:
    if sys.stderr is None:
        return  # closed by our caller, and print() would take stdout instead
    try:
        print(text, file=sys.stderr, flush=True)  # noqa: T201 (talk goes to stderr)
    except OSError:
        return


def run(arguments: list[str]) -> int:
    """Run the command and return its exit code; what is wrong is said in words on stderr."""
    for stream in (sys.stdout, sys.stderr):
        # A name in any script must not end the receiver because the terminal knows only ASCII.
        getattr(stream, "reconfigure", _ignore)(errors="backslashreplace")
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
    logging.getLogger("receiver").setLevel(logging.INFO)
    try:
        code = command.main(arguments, prog_name=_PROGRAM, standalone_mode=False)
    except HarnessError as error:
        _say(f"error: {error}")
        return error.exit_code
    except click.ClickException as error:
        message = error.format_message().rstrip(".")
        _say(f"error: {message[:1].lower()}{message[1:]}\n  see: {_PROGRAM} --help")
        return 2
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    return code if isinstance(code, int) else 0


def _ignore(**_: Any) -> None:
    """Do nothing: a stream that was replaced in a test can't be reconfigured."""


def main() -> None:
    """Run ``okta-receiver`` with the process's arguments and exit with its code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
