"""
Every parser that meets text from outside, in one table, each fed with whatever comes to mind.

A parser either takes what it is given or refuses it with its own error; it never raises anything else, never needs
more than a second, and its memory is bounded by what it is given.  What once broke one lies in ``cases/<parser>/`` and
is tried first.  ``tox -e fuzz`` runs this for longer, and lets atheris look for inputs where it is installed.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from emulator import Org
from emulator.apis import create_app
from emulator.apis.routing import routes
from emulator.apis.targets import guarded_sender
from emulator.captures.redaction import Redaction
from emulator.cli._configuration import _parsed as read_configuration
from emulator.console import serve_console
from emulator.contract.expressions import scim
from emulator.contract.expressions.event_filter import parse as parse_filter
from emulator.contract.expressions.event_filter.advice import advise
from emulator.contract.expressions.keywords import KeywordError, keywords
from emulator.contract.inline.answers import judge_answer
from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.contract.inspection import inspect_bytes
from emulator.contract.lines import inspect_block
from emulator.contract.profile import profile
from emulator.contract.recordings import recorded_bodies
from emulator.delivery.channels import read_headers, read_url, secret_text
from emulator.delivery.exchange import Exchange, Reply, Request
from emulator.delivery.http1 import Answer, ClosedEarlyError, MalformedAnswerError
from emulator.delivery.verification import read_answer
from emulator.errors import HarnessError, UsageError
from emulator.load.mix import read_batches, read_mix
from emulator.load.slo import read_slo
from emulator.load.units import read_duration, read_rate, read_share
from emulator.org.start import StartData
from emulator.payloads.edits import parse_remove, parse_set, set_value
from emulator.payloads.moments import parse as parse_moment
from emulator.runner.definitions import read_event_file
from emulator.runner.scenario import load as load_scenario
from emulator.secrets import Redactor, Secret, safe_url
from emulator.visible import in_one_line
from receiver.envelope import RefusedBody, read_envelope
from receiver.replies import read as read_misbehaviour
from receiver.settings import read_auth_header

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
EXAMPLES = int(os.environ.get("OKTA_HOOKS_FUZZ_EXAMPLES", "6"))
IS_LONG = "OKTA_HOOKS_FUZZ_EXAMPLES" in os.environ
LONGEST = 1.0  # seconds of CPU for one call
LARGE = 60_000 if IS_LONG else 30_000  # bytes of a large input; texts of a command line are shorter
SEVERAL = {"api-bodies", "control-bodies", "console-forms", "api-queries", "api-heads"}  # dozens of calls each

ENVELOPE = (ROOT / "tests/cases/D1/accepted/body-inside-a-recorded-request.json").read_bytes()
SCENARIO = (ROOT / "scenarios/deactivation-survives-a-retry-and-a-duplicate.yaml").read_bytes()
OWN_TYPE = (ROOT / "scenarios/event-type-of-our-own.yaml").read_bytes()
HOOK = {
    "name": "x",
    "events": {"type": "EVENT_TYPE", "items": ["user.lifecycle.create"]},
    "channel": {
        "type": "HTTP",
        "version": "1.0.0",
        "config": {"uri": "https://a.test/h", "authScheme": {"type": "HEADER", "key": "A", "value": "b"}},
    },
}
FILTERS = (
    b"event.target.?[type eq 'User' && displayName eq 'x'].size()>0 || !(event.outcome.result == 'SUCCESS')",
    b"event.actor.alternateId matches '.*@x' and not (event.debugData.changedAttributes.contains('a'))",
)
SCIM = (
    b'eventType eq "user.session.start" and (actor.id pr or not (published gt "2026-01-01T00:00:00Z"))',
    b'profile.login sw "a" or target[type eq "User"].id eq "x"',
)


@dataclass(frozen=True)
class Parser:
    """Something that reads bytes, the error by which it refuses them, and what it takes."""

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    refuses: tuple[type[Exception], ...] = ()
    large: int = LARGE


def text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """Let a reader of text, such as an option's value, be fed with bytes; an argument may hold lone surrogates."""
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


def option(read: Callable[..., object], *seeds: bytes, **more: Any) -> Parser:
    return Parser(text(read), seeds, (HarnessError,), large=8000, **more)


@cache
def _client() -> tuple[Client, Org]:
    def send(request: Request, **_: object) -> Exchange:
        return Exchange(request=request, reply=Reply(status=204))

    sender: Any = type("Nowhere", (), {"send": staticmethod(send)})()
    org = Org(seed=1, clock="2026-08-21T12:00:00Z", sender=sender)
    app = create_app(org, tokens=[Secret("00-token")], control_token=Secret("control"))
    serve_console(app, sender=sender)
    client = Client(app)
    client.get("/console/sign-in?token=control", headers={"Host": "127.0.0.1"})
    return client, org


def known_ids() -> dict[str, str]:
    """Return the ids of a hook and a user; what was fed before may have reset the org."""
    org = _client()[1]
    if not org.event_hooks.all():
        org.create_event_hook(uri="https://a.test/h", events=["user.lifecycle.create"])
    try:
        user = org.users.get("ann@example.com").id
    except HarnessError:
        user = org.create_user(login="ann@example.com").id
    return {"hook": org.event_hooks.all()[0].id, "user": user}


class BrokenError(Exception):
    """The application answered with an error of its own."""


def call(method: str, path: str, data: bytes, **headers: str) -> None:
    answer = _client()[0].open(
        path,
        method=method,
        data=data,
        headers={"Host": "127.0.0.1", "Content-Type": "application/json", **headers},
        environ_overrides={"CONTENT_LENGTH": str(len(data))},
    )
    if answer.status_code >= 500 and answer.status_code != 501:
        raise BrokenError(f"{answer.status} {answer.text[:300]}")


def api_bodies(data: bytes) -> None:
    known = known_ids()
    for route in routes().values():
        if route.method not in {"POST", "PUT"} or not route.path.startswith("/api/"):
            continue
        path = route.template
        for name in ("{id}", "{hookId}", "{eventHookId}", "{userId}"):
            path = path.replace(name, known["hook" if "ooks" in path else "user"])
        call(route.method, path.replace("{", "").replace("}", ""), data, Authorization="SSWS 00-token")


def control_bodies(data: bytes) -> None:
    for route in routes().values():
        if route.method == "POST" and route.path.startswith("/_emulator"):
            path = route.template.replace("{number}", "1").replace("{ref}", "ann@example.com")
            call("POST", path, data, Authorization="Bearer control")


def api_queries(data: bytes) -> None:
    from urllib.parse import quote_from_bytes

    value = quote_from_bytes(data[:2000])
    for name in ("after", "since", "until", "limit", "filter", "q", "sortOrder", "search"):
        call("GET", f"/api/v1/logs?{name}={value}", b"", Authorization="SSWS 00-token")
    for path in ("users", "groups", "apps"):
        for name in ("after", "filter", "search", "q", "limit"):
            call("GET", f"/api/v1/{path}?{name}={value}", b"", Authorization="SSWS 00-token")


def api_heads(data: bytes) -> None:
    value = data[:500].decode("latin-1").translate({10: None, 13: None})
    for name in ("Authorization", "Host", "Content-Type", "Origin", "Cookie", "User-Agent", "X-Forwarded-For"):
        for path in ("/api/v1/users", "/_emulator/health", "/console/hooks"):
            call("GET", path, b"", **{"Authorization": "SSWS 00-token", name: value})


def console_forms(data: bytes) -> None:
    import re

    client = _client()[0]
    page = client.get("/console/hooks", headers={"Host": "127.0.0.1"}).text
    csrf = re.search(r'data-csrf="([^"]+)"', page)[1]
    hook = known_ids()["hook"]
    kind = "application/x-www-form-urlencoded"
    for path in ("/hooks/new", f"/hooks/{hook}/edit", f"/hooks/{hook}/preview", f"/hooks/{hook}/filters", "/people/new",
                 "/groups", "/sign-in", "/faults"):  # fmt: skip
        call("POST", f"/console{path}", data, **{"X-CSRF-Token": csrf, "Content-Type": kind})


def whole_answer(data: bytes) -> None:
    """Feed an answer as a whole, and once more in pieces: both must end the same way."""
    ends = []
    for pieces in ([data, b""], [*(data[at : at + 7] for at in range(0, min(len(data), 2000), 7)), data[2000:], b""]):
        answer = Answer(limit=1000)
        try:
            for piece in pieces:
                if answer.feed(piece):
                    break
            ends.append(answer.reply())
        except (MalformedAnswerError, ClosedEarlyError):
            ends.append(None)
    assert ends[0] == ends[1] or None in ends


def start_data(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "start.yaml"
        path.write_bytes(data)
        StartData(path)


def restored(data: bytes) -> None:
    _client()[1].restore(data)


def any_scim(value: str) -> None:
    for dialect in (scim.SYSTEM_LOG, scim.USER_FILTER, scim.USER_SEARCH, scim.GROUP_FILTER, scim.GROUP_SEARCH):
        with suppress(scim.ScimError):
            dialect.parse(value).matches(
                {"eventType": "a", "actor": {"id": None}, "target": [1], "published": "x", "profile": {"login": 3}}
            )


def any_filter(value: str) -> None:
    found = parse_filter(value)
    advise(found)
    for event in (
        {},
        {"target": None, "actor": 3, "outcome": []},
        {"target": [{"type": "User"}, 3], "actor": {"alternateId": "a@x"}},
    ):
        found.explain(event)


PARSERS: dict[str, Parser] = {
    "captures": Parser(lambda data: inspect_bytes(data, name="x", alone=True), (ENVELOPE, ENVELOPE[:-20])),
    "capture-lines": Parser(inspect_block, (b'{"a": 1}\n' * 3, b'{"uuid":"x"}\n[]\n{')),
    "recordings": Parser(recorded_bodies, (ENVELOPE,), (HarnessError,)),
    "redaction": Parser(text(Redaction(b"key").text), (ENVELOPE,)),
    "scenario": Parser(lambda data: load_scenario(data, "x.yaml"), (SCENARIO, OWN_TYPE), (HarnessError,)),
    "event-types": Parser(
        lambda data: read_event_file(data, "x.yaml"),
        (b"events:\n  my.type:\n    displayMessage: hello\n",),
        (HarnessError,),
    ),
    "start-data": Parser(
        start_data, (b"groups: [{name: A}]\nusers: [{login: a@b.test, groups: [A]}]\n",), (HarnessError,)
    ),
    "event-filter": Parser(text(any_filter), FILTERS, (HarnessError, ValueError), large=8000),
    "scim": Parser(text(any_scim), SCIM, large=8000),
    "keywords": Parser(text(keywords), (b"a b c",), (KeywordError,), large=8000),
    "answer": Parser(
        whole_answer,
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
            b"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        ),
    ),
    "verification": Parser(read_answer, (b'{"verification": "x"}',), (ValueError, RecursionError)),
    "inline-answer": Parser(
        lambda data: [judge_answer(kind, {"data": {}}, status=200, body=data) for kind in INLINE_HOOK_TYPES.values()],
        (b'{"commands": [{"type": "com.okta.action.update", "value": {"registration": "DENY"}}]}',),
    ),
    "receiver": Parser(lambda data: read_envelope(data, max_depth=64), (), (RefusedBody,)),
    "api-bodies": Parser(api_bodies, (json.dumps(HOOK).encode(), b'{"profile": {"login": "b@c.test"}}')),
    "api-queries": Parser(api_queries, (b"1658862453660_1", *SCIM), large=2000),
    "api-heads": Parser(api_heads, (b"SSWS x", b"127.0.0.1:80"), large=500),
    "control-bodies": Parser(
        control_bodies, (b'{"type": "user.lifecycle.create"}', b'{"name": "x", "count": 1}', b'{"advance": 5}')
    ),
    "console-forms": Parser(
        console_forms, (b"name=x&uri=https%3A%2F%2Fa.test&events=user.lifecycle.create", b"token=x&csrf=y")
    ),
    "snapshot": Parser(restored, (), (UsageError,)),
    "configuration": Parser(
        text(lambda value: read_configuration(value, "x.toml", "")),
        (b'url = "http://x"\n[verify]\ntimeout = 2\n',),
        (HarnessError,),
    ),
    "url": option(read_url, b"http://localhost:8000/okta/hooks?a=b"),
    "safe-url": Parser(text(safe_url), (b"https://u:p@h/p?code=abc#x",), large=8000),
    "header": option(lambda value: read_headers([value]), b"Authorization: Basic abc"),
    "secret": option(lambda value: secret_text(value, where="x"), b"abc"),
    "set": option(lambda value: set_value({"target": [{"id": 1}]}, parse_set(value).path, 1), b"target.0.id=3"),
    "remove": option(parse_remove, b"target.0.id"),
    "profile": option(profile, b"okta-2026-08,delivery.window=0"),
    "moment": Parser(text(parse_moment), (b"2026-08-21T12:00:00.123Z",), large=8000),
    "allow-target": option(lambda value: guarded_sender([value]), b"203.0.113.0/24", b"hooks.example.com"),
    "duration": option(lambda value: read_duration(value, where="x"), b"90s"),
    "rate": option(lambda value: read_rate(value, where="x"), b"100"),
    "share": option(lambda value: read_share(value, where="x"), b"10%"),
    "slo": option(read_slo, b"p99<3s,errors<0.1%"),
    "mix": option(read_mix, b"user.lifecycle.create=3"),
    "batches": option(read_batches, b"1,2"),
    "misbehaviour": option(read_misbehaviour, b"slow=4"),
    "auth-header": option(read_auth_header, b"Authorization: Basic x"),
    "redactor": Parser(text(Redactor([Secret("Basic k7Gx92hQpLz04TtRvB=")])), (b"Basic k7Gx92hQpLz04TtRvB=",)),
    "visible": Parser(text(in_one_line), (b"\x1b[31m\xe2\x80\xae",)),
}

WORDS = [
    b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\", b"\\u0000", b"\\ud800", b"\0", b"\n", b"\r\n", b"\r", b"\xff\xfe", b"\xef\xbb\xbf",
    b"null", b"true", b"NaN", b"1e999", b"-0", b"9" * 30, b"eventType", b"data", b"events", b"uuid", b"target", b"log", b"entries",
    b"&a", b"*a", b"<<: *a", b"!!python/object:os.system", b"!!timestamp 2001-99-99", b"2001-99-99", b"- ", b"  ", b"? ", b"| ", b"---\n",
    b"${env:HOME}", b"${x}", b"$${", b"@/etc/passwd", b"%", b"../", b"http://", b"::1", b"[", b"=", b"<", b">", b"(", b")", b"'", b"eq", b"and",
    b"not", b".?[", b".size()", b".contains(", b"matches", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"0x10", b"1_000",
    "\u202e".encode(), "\uff11".encode(), "\u2028".encode(), "\U0001f600".encode(), b"-1", b"1.5.2", b"0" * 20,
]  # fmt: skip


def changed(seeds: tuple[bytes, ...]) -> st.SearchStrategy[bytes]:
    """Return what is made of *seeds* by cutting, repeating and inserting, and what is made of nothing but words."""
    words = st.lists(st.sampled_from(WORDS) | st.binary(max_size=4), max_size=12).map(b"".join)
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode())
    if not seeds:
        return words | values | st.binary(max_size=60)

    @st.composite
    def spliced(draw: Any) -> bytes:
        seed = draw(st.sampled_from(seeds))
        begin = draw(st.integers(0, len(seed)))
        end = draw(st.integers(begin, min(len(seed), begin + draw(st.sampled_from([0, 1, 5, 50])))))
        return seed[:begin] + draw(words) * draw(st.sampled_from([1, 1, 1, 2, 30])) + seed[end:]

    return spliced() | spliced() | words | values


def seconds(parser: Parser, data: bytes) -> float:
    began = time.thread_time()
    with suppress(*parser.refuses):
        parser.read(data)
    return time.thread_time() - began


def tried(name: str, data: bytes) -> None:
    """Feed one parser; what it refuses it refuses by its own error."""
    parser = PARSERS[name]
    took = seconds(parser, data)
    limit = LONGEST * (10 if name in SEVERAL else 1) * (5 if tracemalloc.is_tracing() else 1)
    if took >= limit:  # a busy machine, or something that was imported on the way
        took = min(took, seconds(parser, data))
    assert took < limit, f"{name} needed {took:.1f} s for {len(data)} bytes"


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_takes_what_it_is_for(name: str) -> None:
    for seed in PARSERS[name].seeds:
        PARSERS[name].read(seed)


KEPT = sorted(path for path in CASES.glob("*/*") if path.is_file())


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_once_broke_a_parser_does_so_no_more(path: Path) -> None:
    tried(path.parent.name, path.read_bytes())


def test_every_case_belongs_to_a_parser() -> None:
    assert {path.parent.name for path in KEPT} <= PARSERS.keys()


@pytest.mark.parametrize("name", PARSERS)
def test_whatever_comes_is_taken_or_refused(name: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=not IS_LONG,
        suppress_health_check=list(HealthCheck),
    )
    @given(changed(PARSERS[name].seeds))
    def feed(data: bytes) -> None:
        tried(name, data)

    feed()


RUNS = [
    b"[", b"{", b'{"a":', b"(", b"((", b"[[", b"<", b"a", b"aB", b"0", b"9", b" ", b"\t", b"\n", b"\r\n", b"- ", b"-", b"--", b'"', b"'", b"\\", b"\\\\",
    b"/", b"../", b".", b"..", b",", b";", b":", b"::", b"=", b"&", b"&a ", b"*a ", b"%", b"%25", b"$", b"${", b"${a}", b"$$", b"@", b"#", b"!", b"!!", b"? ", b"|", b"||",
    b"&&", b"not ", b"not(", b"a and ", b"a eq 1 or ", b"a.", b"a[", b".?[", b"a=", b"a,", b"a:", b"a: b\n", b"-a: ", b"- - ", b"\0", b"\xff", "\u00e9".encode(), "\u202e".encode(),
    b'{"a":1}\n', b"{}", b"[]", b"{}\n", b'[{"uuid":"', b"1s", b"x" * 50 + b"\n", b"A: b\r\n", b"HTTP/1.1 100\r\n\r\n", b"0\r\n", b"HTTP/1.1 200 OK\r\n",
    b"POST / HTTP/1.1\r\n", b"> ", b"< ", b"curl ", b"{{", b"}}", b'"a" ', b"\\u0041", b"1e", b"&a [*a,",
]  # fmt: skip


@pytest.mark.parametrize("name", PARSERS)
def test_long_runs_of_anything_are_read_in_no_time(name: str) -> None:
    """Deep nesting, and what a careless regular expression or scanner would read again and again."""
    parser = PARSERS[name]
    seed = parser.seeds[0] if parser.seeds else b""
    slow = name in SEVERAL
    step = 1 if IS_LONG else 40 if slow else 12
    for run in RUNS[len(name) % step :: step]:
        many = run * (parser.large // len(run))
        for data in (many, seed + many):
            tried(name, data)


def zipped(size: int, *, times: int = 1) -> bytes:
    """Return gzip of gzip of very little."""
    data = b'{"body": "' + b"x" * size + b'"}'
    for _ in range(times):
        data = gzip.compress(data)
    return data


BOMBS = {
    "scenario": b"vars:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    + b"".join(b"  a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12))
    + b"steps: []\nscenario: x\n",
    "event-types": b"events:\n  a: &a {x: &b [1,2,3,4,5,6,7,8,9]}\n"
    + b"".join(
        b"  a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a" if n == 1 else b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)
    ),
    "start-data": b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)),
    "captures": b'{"isBase64Encoded": true, "body": "' + b"eyJib2R5Ijoi" * 5000 + b'"}',
    "capture-lines": b'{"a":' * 500 + b"1" + b"}" * 500,
    "api-bodies": b"[" + b"[[[[[[[[[[[[[[]]]]]]]]]]]]]]," * 500 + b"1]",
}


@pytest.mark.parametrize("data", [zipped(50_000_000), zipped(50_000_000, times=2)], ids=["gzip", "gzip of gzip"])
@pytest.mark.parametrize("name", ["captures", "recordings"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_little_gzip_does_not_fill_the_memory(name: str, data: bytes, *, wrapped: bool) -> None:
    body = json.dumps({"isBase64Encoded": True, "body": base64.b64encode(data).decode()}).encode() if wrapped else data
    tracemalloc.start()
    try:
        tried(name, body)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_input_does_not_become_a_large_one(name: str) -> None:
    """Aliases of aliases (a billion laughs), bodies in bodies, deep trees."""
    tracemalloc.start()
    try:
        tried(name, BOMBS[name])
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


if __name__ == "__main__":
    tried(sys.argv[1], Path(sys.argv[2]).read_bytes())
