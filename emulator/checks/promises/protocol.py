"""Protocol: methods that Okta doesn't use, connections that are used again, the form of the URI (V2, H2, D28)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from emulator.checks.check import Broken, Need, Stage, Unseen, check
from emulator.checks.places import is_local
from emulator.checks.verdicts import acknowledged, not_crashed, seen
from emulator.contract.constants import MAX_URI
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench

_REUSED: Final = 4
_SHOWN: Final = 60


@check(
    "other-methods",
    title="answers methods that Okta doesn't use without stumbling",
    rule="V2",
    level=Level.SHOULD,
    guessed=True,
    remedy="answer 405 (404 and 400 do as well) to what is neither GET nor POST; load balancers and scanners send "
    "HEAD and OPTIONS",
    stage=Stage.ATTACK,
)
def other_methods(bench: Bench) -> None:
    """Sends HEAD, OPTIONS, PUT, PATCH and DELETE; a 5xx other than 501, or no answer, fails."""
    plain = bench.verification(bench.challenge())
    full = bench.delivery([bench.event()])
    requests = {method: replace(plain, method=method) for method in ("HEAD", "OPTIONS", "DELETE")}
    requests |= {method: replace(full, method=method) for method in ("PUT", "PATCH")}
    bench.wants_each(requests, not_crashed)


@check(
    "keep-alive",
    title="answers several requests on one connection",
    rule="H2",
    level=Level.MUST,
    remedy="let the HTTP library write the answer; if you write it yourself: a 204 has no body, and Content-Length is "
    "the exact number of bytes, or the next answer on the connection begins with the rest of this one",
    needs=(Need.DELIVERY,),
)
def keep_alive(bench: Bench) -> None:
    """Delivers four times on one connection; each must be acknowledged, and nothing may be left over in between."""
    requests = [bench.delivery([bench.event()]) for _ in range(_REUSED)]
    if bench.target.known.verifies:
        requests.insert(2, bench.verification(bench.challenge()))
    for number, exchange in enumerate(bench.send_in_turn(requests), 1):
        if exchange.stray:
            raise Broken(f"answer {number} is longer than its head says: {exchange.stray[:_SHOWN]!r} is left over")
        if not acknowledged(exchange):
            raise Broken(f"request {number} on one connection: {seen(exchange)}")


@check(
    "idle-connection",
    title="answers while another connection is open and idle",
    rule="H2",
    level=Level.MUST,
    remedy="serve every connection in a thread or task of its own, or close it after each answer: Okta keeps "
    "connections open, and one that is idle must not keep the next delivery waiting",
    needs=(Need.DELIVERY,),
)
def idle_connection(bench: Bench) -> None:
    """Delivers, leaves the connection open, and delivers on a second one, which must be acknowledged in time."""
    with bench.held(bench.delivery([bench.event()])) as first:
        if acknowledged(first):
            bench.accepts(bench.event(), what="a delivery while another connection was open and idle")


@check(
    "uri-https",
    title="is reached over https, by a URI that Okta takes",
    rule="D28",
    level=Level.MUST,
    remedy="give the hook an https:// URL of at most 1,024 characters with a certificate that the public trusts",
)
def uri_https(bench: Bench) -> None:
    """Looks at the URL: http is let pass for this machine and private networks only."""
    uri = bench.target.channel.uri
    if len(uri) > MAX_URI:
        raise Broken(f"the URL has {len(uri)} characters; Okta takes {MAX_URI}")
    if uri.lower().startswith("https:"):
        return
    if is_local(urlsplit(uri).hostname or ""):
        raise Unseen("the receiver is tested over http on a local address; Okta itself wants https")
    raise Broken("the URL begins with http://, which Okta refuses when the hook is saved")
