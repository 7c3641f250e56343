"""Protocol: connections that are used again, headers, the form of the URI (I1, I2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from emulator.checks.check import Broken, Unseen
from emulator.checks.inline.check import inline_check
from emulator.checks.places import is_local
from emulator.checks.verdicts import acknowledged, came_back
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.inline.bench import InlineBench

_REUSED: Final = 4
_SHOWN: Final = 60


@inline_check(
    "keep-alive",
    title="answers several calls on one connection",
    rule="I1",
    level=Level.MUST,
    remedy="let the HTTP library write the answer; if you write it yourself: a 204 has no body, and Content-Length is the "
    "exact number of bytes, or the next answer on the connection begins with the rest of this one",
)
def keep_alive(bench: InlineBench) -> None:
    """Calls four times on one connection; each must be answered, and nothing may be left over in between."""
    exchanges = bench.send_in_turn([bench.request(bench.body()) for _ in range(_REUSED)])
    for number, exchange in enumerate(exchanges, 1):
        if exchange.stray:
            raise Broken(f"answer {number} is longer than its head says: {exchange.stray[:_SHOWN]!r} is left over")
        if not acknowledged(exchange):
            raise Broken(f"call {number} on one connection: {came_back(exchange)}")


@inline_check(
    "idle-connection",
    title="answers while another connection is open and idle",
    rule="I8",
    level=Level.MUST,
    remedy="serve every connection in a thread or task of its own, or close it after each answer: Okta and proxies keep "
    "connections open, and one that is idle must not keep the next person waiting",
)
def idle_connection(bench: InlineBench) -> None:
    """Calls, leaves the connection open, and calls on a second one, which must be answered in time."""
    with bench.held(bench.request(bench.body())) as first:
        if acknowledged(first):
            call = bench.call(what="a call while another connection was open and idle")
            if not call.answered:
                raise Broken(f"{call.name}: {call.seen}")


@inline_check(
    "no-request-id",
    title="does without X-Okta-Request-Id",
    rule="I10",
    level=Level.SHOULD,
    guessed=True,
    remedy="log X-Okta-Request-Id if it is there, and do without it if it isn't: it was seen in calls, not promised",
)
def no_request_id(bench: InlineBench) -> None:
    """Calls without X-Okta-Request-Id, Cache-Control and Pragma."""
    request = bench.request(bench.body(), X_Okta_Request_Id="", Cache_Control="", Pragma="")
    exchange = bench.send(request)
    if not acknowledged(exchange):
        raise Broken(f"without X-Okta-Request-Id, Cache-Control and Pragma: {came_back(exchange)}")


@inline_check(
    "uri-https",
    title="is reached over https",
    rule="I2",
    level=Level.MUST,
    guessed=True,
    remedy="give the hook an https:// URL with a certificate that the public trusts",
    needs=(),
)
def uri_https(bench: InlineBench) -> None:
    """Looks at the URL: http is let pass for this machine and private networks only."""
    uri = bench.target.channel.uri
    if uri.lower().startswith("https:"):
        return
    if is_local(urlsplit(uri).hostname or ""):
        raise Unseen("the service is tested over http on a local address; Okta itself wants https")
    raise Broken("the URL begins with http://: passwords, codes and tokens go over the wire for everybody to read")
