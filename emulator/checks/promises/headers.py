"""Headers: what a delivery carries, and what it need not carry (H1-H12)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emulator.checks.check import Need, check
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench


@check(
    "header-request-id",
    title="takes a delivery without X-Okta-Request-Id",
    rule="H5",
    level=Level.MUST,
    remedy="don't ask for X-Okta-Request-Id: a recorded delivery doesn't have it; eventId and uuid identify things",
    needs=(Need.DELIVERY,),
)
def request_id(bench: Bench) -> None:
    """Delivers with the header and without it."""
    for text, what in (("XOZfPkReFFZ10KWyGkzAMwAAADA", "with"), ("", "without")):
        request = bench.delivery([bench.event()], x_okta_request_id=text)
        bench.acknowledges(request, what=f"{what} X-Okta-Request-Id")


@check(
    "header-user-agent",
    title="takes a delivery whatever its User-Agent",
    rule="H4",
    level=Level.MUST,
    remedy="don't look at User-Agent: it names the hook, differs between preview and delivery, and proves nothing",
    needs=(Need.DELIVERY,),
)
def user_agent(bench: Bench) -> None:
    """Delivers with the User-Agent of a preview, with another one, and without any."""
    agents = {
        "the User-Agent of a preview": "Okta Hook Service v1.0.0 - cal1a2b3c4d5e6f7g8h9",
        "another User-Agent": "Okta-Integrations",
        "no User-Agent": "",
    }
    for what, agent in agents.items():
        bench.acknowledges(bench.delivery([bench.event()], user_agent=agent), what=what)


@check(
    "header-names-case",
    title="takes a delivery whose header names are all in lower case or in capitals",
    rule="H2",
    level=Level.MUST,
    remedy="look headers up without regard to case: a recorded delivery came through a load balancer in lower case",
    needs=(Need.DELIVERY,),
)
def names_case(bench: Bench) -> None:
    """Delivers with every header's name in lower case, then in capitals."""
    for change, what in ((str.lower, "names in lower case"), (str.upper, "names in capitals")):
        request = bench.delivery([bench.event()])
        headers = tuple((change(name), value) for name, value in request.headers)
        bench.acknowledges(replace(request, headers=headers), what=what)


@check(
    "header-extra",
    title="takes headers that proxies add",
    rule="H12",
    level=Level.SHOULD,
    remedy="ignore headers you don't know: proxies add X-Forwarded-For, Via, traceparent and the like",
    needs=(Need.DELIVERY,),
)
def extra(bench: Bench) -> None:
    """Delivers with the headers of a chain of proxies."""
    request = bench.delivery(
        [bench.event()],
        x_forwarded_for="203.0.113.7, 10.0.0.1",
        x_forwarded_proto="https",
        via="1.1 proxy.example.com",
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        accept_charset="utf-8",
    )
    bench.acknowledges(request, what="with the headers of proxies")
