"""The HTML page: complete, self-contained, and never fooled by what a receiver said."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from emulator.delivery.exchange import Exchange, Failure, Phase, Reply, Request
from emulator.reports.html import run_html
from emulator.reports.html_bars import exchanges_row, parallel_bar, parts
from emulator.runner.results import CheckResult, Deadline, Evidence, Level, RunResult, Status, Timing
from emulator.secrets import Redactor, Secret
from emulator.visible import visible

SECRET = Secret("Basic am9objpvcGVuLXNlc2FtZQ==")
ACCESS_KEY = Secret("long-access-key")
HOSTILE = (
    "</pre></script></style><script>alert(1)</script><img src=x onerror=alert(2)>"
    "\"'><svg onload=alert(3)>{{ 7*7 }}{% raw %}\x00\x1b[31m\u202egnp.exe\ufeff"
)
VOID = {"meta", "rect"}


class Page(HTMLParser):
    """What a browser would see: elements with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.unclosed: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "input"}:
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def exchange(body: str = "ok", *, status: int = 500, request: bytes = b'{"a":1}', **changes) -> Exchange:
    return Exchange(
        request=Request(
            method="POST",
            url="https://hooks.example.com/okta?code=long-access-key",
            headers=(("Authorization", SECRET), ("Content-Type", "application/json")),
            body=request,
        ),
        reply=Reply(
            status=status, reason="Oops", headers=(("X-Echo", body),), body=body.encode("utf-8", "surrogatepass")
        ),
        elapsed=0.25,
        timings={Phase.CONNECT: 0.05, Phase.HEAD: 0.2},
        **changes,
    )


def result(name: str, status: Status = Status.FAIL, **changes) -> CheckResult:
    values = {
        "rule": "D8",
        "level": Level.MUST,
        "evidence": Evidence.DOCUMENTED,
        "title": f"title of {name}",
        "detail": "seen this" if status is not Status.PASS else "",
        "remedy": "loop over data.events\nfor event in events:\n    handle(event)",
        "reproduce": f"okta-hooks check URL --select {name}",
        "exchanges": (exchange(),) if status is not Status.SKIP else (),
    }
    return CheckResult(id=name, status=status, **values | changes)


def run(*checks: CheckResult, **changes) -> RunResult:
    return RunResult(target="https://hooks.example.com/okta", profile="okta-2026-08", seed=7, checks=checks, **changes)


def page(*checks: CheckResult, **changes) -> Page:
    return Page(
        run_html(
            run(*checks, **changes), redact=Redactor([SECRET, ACCESS_KEY]), when=datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
        )
    )


EVERYTHING = (
    result("broken"),
    result("inferred", evidence=Evidence.INFERRED),
    result("kept", Status.PASS),
    result("skipped", Status.SKIP),
    result("crashed", Status.ERROR),
)


def test_a_failure_shows_evidence_rule_fix_command_and_both_sides() -> None:
    shown = page(*EVERYTHING).text

    for words in (
        "FAIL", "https://hooks.example.com/okta", "1 of 5 is broken", "title of broken", "seen this",
        "D8: Events that happen close together share one request", "loop over data.events", "    handle(event)",
        "okta-hooks check URL --select broken", "500 Oops", "0.250 s", "Authorization: [secret]", '"a": 1',
        "title of kept", "title of skipped", "profile okta-2026-08, seed 7", "2026-01-02 03:04 UTC",
    ):  # fmt: skip
        assert words in shown


@pytest.mark.parametrize(
    ("checks", "changes", "words"),
    [
        ([result("a", Status.PASS)], {}, ["PASS", "Nothing is broken: 1 of 1 passed."]),
        ([result("a", evidence=Evidence.INFERRED)], {}, ["PASS", "1 only warn"]),
        ([result("a"), result("b")], {}, ["FAIL", "2 of 2 are broken"]),
        ([result("a", Status.ERROR)], {}, ["ERROR", "not everything could be carried out"]),
        ([result("a", Status.PASS)], {"interrupted": True}, ["INTERRUPTED", "1 had passed by then"]),
        ([result("a", known=True)], {}, ["PASS", "in the baseline"]),
        ([], {}, ["PASS", "0 of 0 passed"]),
        ([], {"notes": ("look here",)}, ["look here"]),
    ],
)
def test_the_verdict_is_told_in_a_word_and_a_sentence(checks, changes, words) -> None:
    shown = page(*checks, **changes).text

    assert [word for word in words if word not in shown] == []


def test_the_page_needs_nothing_but_itself_and_allows_nothing_else() -> None:
    """A policy with the hashes of the page's own style and script; no address that a browser would load."""
    html = run_html(run(*EVERYTHING), redact=Redactor())
    parsed = Page(html)
    policy = next(attrs["content"] for _, attrs in parsed.elements if "http-equiv" in attrs)

    assert parsed.unclosed == []
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert len(inside) == 1
        assert f"{tag}-src 'sha256-{digest}'" in policy
    loading = {"src", "srcset", "data", "action", "style", "background", "poster", "xlink:href"}
    assert not [attrs for _, attrs in parsed.elements if loading & attrs.keys()]
    assert all(attrs["href"].startswith("#") for _, attrs in parsed.elements if attrs.get("href"))
    assert not re.search(r"url\(|@import|fetch\(|XMLHttp|eval\(", html)


def test_ids_are_used_once_and_every_link_and_button_leads_somewhere() -> None:
    parsed = page(*EVERYTHING)
    ids = Counter(attrs["id"] for _, attrs in parsed.elements if "id" in attrs)

    assert set(ids.values()) == {1}
    assert all(attrs["data-copy"] in ids for _, attrs in parsed.elements if "data-copy" in attrs)
    assert all(attrs["href"][1:] in ids for _, attrs in parsed.elements if attrs.get("href"))


def test_hostile_content_stays_text() -> None:
    """From the receiver's status line, headers and body, from the payload, and from ids and details."""
    hostile = exchange(HOSTILE, request=HOSTILE.encode(), detail=HOSTILE)
    failed = Exchange(request=hostile.request, failure=Failure.CLOSED, detail=HOSTILE, partial=hostile.reply)
    changes = dict.fromkeys(("title", "detail", "remedy", "reproduce", "where", "rule"), HOSTILE)
    harmless = page(result("a", exchanges=(exchange(), exchange())), result("b", exchanges=(exchange(),)))
    attacked = page(
        result("a", **changes, exchanges=(hostile, failed)),
        result(HOSTILE, exchanges=(hostile,)),
        notes=(HOSTILE,),
        deadline=Deadline(limit=3.0, timings=(Timing(what=HOSTILE, connect=0.1, first_byte=0.2, total=0.3),)),
    )

    assert attacked.unclosed == []
    for tag in ("script", "style", "img", "iframe", "link", "a"):
        assert attacked.count(tag) == harmless.count(tag)
    assert not [attrs for _, attrs in attacked.elements if any(name.startswith("on") for name in attrs)]
    assert "<script>alert(1)</script>" in attacked.text
    assert "{{ 7*7 }}" in attacked.text
    assert r"\x00\x1b[31m\u202egnp.exe\ufeff" in attacked.text
    assert not set(attacked.text) & set("\x00\x1b\u202e\ufeff")


def test_no_secret_is_on_the_page_however_a_receiver_repeats_it() -> None:
    """The body is cut for display only after secrets are hidden, so that no half of one is left."""
    secret = SECRET.reveal()
    body = "x" * 3_990 + secret
    html = run_html(
        run(
            result("a", detail=secret, exchanges=(exchange(secret), exchange(body), exchange(request=body.encode()))),
            result("b", Status.PASS, exchanges=(exchange("y" * 990 + secret),)),
            notes=(secret,),
        ),
        redact=Redactor([SECRET, ACCESS_KEY]),
    )

    for part in (secret, secret[6:], "open-sesame", "long-access-key", secret[:16]):
        assert part not in html


def test_steps_of_a_scenario_stand_together_with_their_place() -> None:
    parsed = page(
        result("happy#1", Status.PASS), result("happy#2", Status.PASS), result("sad#1", where="scenarios/sad.yaml:3:5")
    )

    assert "scenarios/sad.yaml:3:5" in parsed.text
    assert sum(attrs.get("class") == "group" for _, attrs in parsed.elements) == 1


def test_a_bar_spends_its_width_in_phases_and_never_more_than_the_limit() -> None:
    drawn = list(parts([(Phase.CONNECT, 0.3), (Phase.HEAD, 1.2), (Phase.BODY, 30.0), (Phase.DONE, 1.0)], 3.0))

    assert [(part.phase, part.start, part.width) for part in drawn] == [
        ("connect", 0.0, 30.0), ("head", 30.0, 120.0), ("body", 150.0, 150.0),
    ]  # fmt: skip
    assert list(parts([(Phase.CONNECT, 5.0), (Phase.HEAD, 1.0)], 3.0))[-1].width == 300.0


def test_the_row_of_a_check_shows_its_slowest_exchange_and_marks_the_others() -> None:
    quick, slow = exchange(), exchange()
    object.__setattr__(slow, "elapsed", 1.5)
    row = exchanges_row([quick, slow], 3.0, what="a", anchor="b")

    assert row is not None
    assert row.total == "1.500 s"
    assert [part.phase for part in row.parts] == ["connect", "head", "mark"]
    assert exchanges_row([], 3.0, what="a", anchor="b") is None


def test_the_deadline_is_drawn_and_told() -> None:
    deadline = Deadline(
        limit=3.0,
        timings=(Timing(what="verification", connect=0.01, first_byte=0.5, total=0.6),),
        parallel=20,
        p50=0.7,
        p99=2.9,
        slowest=9.0,
    )
    shown = page(deadline=deadline).text

    assert "connect 0.010 s, first byte 0.500 s, total 0.600 s" in shown
    assert "20 deliveries at once" in shown
    assert "p50 0.700 s, p99 2.900 s, slowest 9.000 s" in shown
    assert all(part.start + part.width <= 300 for part in parallel_bar(deadline, 3.0).parts)


def test_only_what_hides_or_reorders_is_spelt_out() -> None:
    assert visible("Zoë 山田 😀\n\tשם") == "Zoë 山田 😀\n\tשם"
    assert visible("a\u200b\u2028\ue000\ud800\x7f") == r"a\u200b\u2028\ue000\ud800\x7f"
