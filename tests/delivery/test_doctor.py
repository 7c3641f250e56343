"""The doctor, one row for each way of being wrong."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json

import pytest

from emulator.contract.profile import profile
from emulator.delivery.doctor.blemishes import warnings_for
from emulator.delivery.doctor.diagnosis import Case
from emulator.delivery.doctor.examine import examine
from emulator.delivery.doctor.probes import Probe, conclude, probes_for
from emulator.delivery.exchange import Exchange, Failure, Phase, Reply, Request

CHALLENGE = "q7Vt0cYk3zJ-5bXhD2mNwP8rLsA_uGf1eRoIiTQK"
URL = "http://localhost:8000/okta/hooks"


def case(
    status: int = 200,
    body: str | bytes = b"",
    *,
    headers: dict[str, str] | None = None,
    auth: tuple[str, ...] = (),
    elapsed: float = 0.01,
    url: str = URL,
    challenge: str = CHALLENGE,
) -> Case:
    reply = Reply(
        status=status,
        headers=tuple((headers or {"Content-Type": "application/json"}).items()),
        body=body.encode() if isinstance(body, str) else body,
    )
    request = Request(method="GET", url=url, headers=())
    return Case(exchange=Exchange(request=request, reply=reply, elapsed=elapsed), challenge=challenge, auth_sent=auth)


def failure(
    kind: Failure,
    detail: str = "",
    *,
    phase: Phase = Phase.HEAD,
    received: int = 0,
    url: str = URL,
    beginning: bytes = b"",
    partial: str = "",
) -> Case:
    exchange = Exchange(
        request=Request(method="GET", url=url, headers=()),
        failure=kind,
        detail=detail,
        phase=phase,
        bytes_received=received,
        elapsed=3.0,
        beginning=beginning,
        partial=Reply(status=200, body=partial.encode()) if partial else None,
    )
    return Case(exchange=exchange, challenge=CHALLENGE)


def value(text: object) -> str:
    return json.dumps({"verification": text})


def html(body: str, **headers: str) -> dict[str, object]:
    return {"body": body, "headers": {"Content-Type": "text/html; charset=utf-8", **headers}}


SIGN_IN = '<!doctype html><title>Sign in</title><form><input type="password"></form>'

BODIES = [
    ("no-content", case(204)),
    ("empty-body", case(200)),
    ("empty-body", case(200, "  \n")),
    ("text-body", case(200, CHALLENGE, headers={"Content-Type": "text/plain"})),
    ("text-body", case(200, f"verification={CHALLENGE}", headers={"Content-Type": "text/plain"})),
    ("text-body", case(200, f"'{CHALLENGE}'")),
    ("json-string", case(200, json.dumps(CHALLENGE))),
    ("double-encoded", case(200, json.dumps(value(CHALLENGE)))),
    ("almost-json", case(200, f"{{'verification': '{CHALLENGE}'}}")),
    ("almost-json", case(200, value(CHALLENGE) + "{}")),
    ("almost-json", case(200, "Notice: undefined index\n" + value(CHALLENGE))),
    ("html-body", case(200, **html(f"<html><body>{CHALLENGE}</body></html>"))),
    ("html-body", case(200, **html("<!DOCTYPE html><div id=root></div>"))),
    ("not-json", case(200, "OK")),
    ("not-json", case(200, "ok", headers={"Content-Type": "text/html"})),
    ("not-an-object", case(200, "[]")),
    ("not-an-object", case(200, "null")),
    ("not-an-object", case(200, "42")),
    ("missing-key", case(200, "{}")),
    ("missing-key", case(200, '{"status":"ok"}')),
    ("wrong-key", case(200, json.dumps({"challenge": CHALLENGE}))),
    ("wrong-key", case(200, json.dumps({"Verification": CHALLENGE}))),
    ("wrong-key", case(200, json.dumps({"data": {"verification": CHALLENGE}}))),
    ("wrong-key", case(200, json.dumps({"a": [{"b": CHALLENGE}]}))),
    ("lambda-envelope", case(200, json.dumps({"statusCode": 200, "body": value(CHALLENGE)}))),
    ("null-value", case(200, value(None))),
    ("null-value", case(200, value(""))),
    ("null-value", case(200, value("undefined"))),
    ("not-a-string", case(200, value([CHALLENGE]))),
    ("not-a-string", case(200, value({"value": CHALLENGE}))),
    ("value-altered", case(200, value(f" {CHALLENGE} "))),
    ("value-altered", case(200, value(f"{CHALLENGE}\n"))),
    ("value-altered", case(200, value(f'"{CHALLENGE}"'))),
    ("value-altered", case(200, value(CHALLENGE.lower()))),
    ("value-altered", case(200, value(CHALLENGE.upper()))),
    ("value-altered", case(200, value(CHALLENGE[:20]))),
    ("value-altered", case(200, value("verified:" + CHALLENGE))),
    ("value-altered", case(200, value(CHALLENGE.replace("-", "_")))),
    ("value-altered", case(200, value(base64.b64encode(CHALLENGE.encode()).decode()))),
    ("value-altered", case(200, value(hashlib.sha256(CHALLENGE.encode()).hexdigest()))),
    ("wrong-value", case(200, value("Me_rShK8JHsTnbyYrWXCEoMGbM_zsZ6k0hLPZ_Pg"))),
    ("compressed-body", case(200, gzip.compress(value(CHALLENGE).encode()))),
    ("compressed-body", case(200, b"\x01", headers={"Content-Encoding": "br"})),
    ("wrong-encoding", case(200, value(CHALLENGE).encode("utf-16"))),
    ("wrong-encoding", case(200, b'{"verification":"caf\xe9"}')),
    ("body-cut-off", case(200, value(CHALLENGE)[:30], headers={"Content-Length": "30"})),
    ("almost-json", case(200, f'{{"verification":"{CHALLENGE}","n":NaN}}')),
    ("missing-key", case(200, '{"errors":[{"message":"see https://localtunnel.example and ERR_NGROK_3200"}]}')),
    ("wrong-encoding", case(200, value(CHALLENGE).encode("utf-16-be"))),
]

STATUSES = [
    ("redirect", case(301, headers={"Location": "https://localhost:8000/okta/hooks"})),
    ("redirect", case(308, headers={"Location": "/okta/hooks/"})),
    ("redirect", case(302)),
    ("redirect", case(301, url="http://localhost/auth/okta", headers={"Location": "/auth/okta/"})),
    ("redirect", case(301, headers={"Location": "/okta/hooks"})),
    ("not-modified", case(304)),
    ("host-refused", case(421)),
    ("upgrade-required", case(426, headers={"Upgrade": "h2c"})),
    ("request-refused", case(431)),
    ("gateway", case(408)),
    ("auth-before-challenge", case(401)),
    ("auth-before-challenge", case(403)),
    ("auth-refused", case(401, auth=("Authorization",))),
    ("not-found", case(404)),
    ("not-found", case(410)),
    ("method-not-allowed", case(405, headers={"Allow": "POST"})),
    ("method-not-allowed", case(501)),
    ("request-refused", case(400)),
    ("request-refused", case(415)),
    ("request-refused", case(422)),
    ("client-error", case(418)),
    ("rate-limited", case(429)),
    ("server-error", case(500)),
    ("gateway", case(502)),
    ("gateway", case(504)),
    ("interim-answer", case(103)),
]

PAGES = [
    ("login-page", case(302, headers={"Location": "https://corp.example.com/login?next=/okta"})),
    ("login-page", case(302, headers={"Location": "https://login.microsoftonline.com/x/oauth2/v2.0/authorize"})),
    ("login-page", case(200, **html(SIGN_IN))),
    ("login-page", case(401, **html(SIGN_IN))),
    ("tunnel-interstitial", case(200, **html("<!DOCTYPE html><body data-payload='cdn.ngrok.com'>", **{"Ngrok-Error-Code": "ERR_NGROK_6024"}))),
    ("tunnel-interstitial", case(511, **html("<html>Bypass-Tunnel-Reminder localtunnel</html>"))),
    ("tunnel-interstitial", case(403, **html("ERR_NGROK_3205", **{"Ngrok-Error-Code": "ERR_NGROK_3205"}))),
    ("tunnel-offline", case(503, **html("no tunnel here :("))),
    ("tunnel-offline", case(530, "error code: 1033", headers={"Server": "cloudflare"})),
    ("tunnel-offline", case(522, **html("<html><div id='cf-error-details'>", Server="cloudflare"))),
    ("bot-check", case(403, **html("<html>Just a moment...</html>", **{"Cf-Mitigated": "challenge"}))),
    ("bot-check", case(403, **html("<html><title>Attention Required! | Cloudflare</title>"))),
    ("bot-check", case(202, headers={"X-Amzn-Waf-Action": "challenge"})),
    ("bot-check", case(200, **html("<html><script src='/_Incapsula_Resource?x=1'>"))),
    ("login-page", case(302, headers={"Location": "https://x.cloudflareaccess.com/cdn-cgi/access/login/x"})),
    ("login-page", case(302, headers={"Location": "/users/sign_in?next=/okta/hooks"})),
    ("login-page", case(401, **html("<html><title>Authentication Required</title> vercel.com/sso-api"))),
    ("login-page", case(403, **html("<h1>Error: Forbidden</h1>Your client does not have permission to get URL"))),
    ("not-deployed", case(404, "DEPLOYMENT_NOT_FOUND", headers={"X-Vercel-Error": "DEPLOYMENT_NOT_FOUND"})),
    ("not-deployed", case(404, **html("<iframe src='//www.herokucdn.com/error-pages/no-such-app.html'>"))),
    ("not-deployed", case(404, '{"code":404}', headers={"X-Railway-Fallback": "true"})),
    ("not-running", case(503, **html("<iframe src='//www.herokucdn.com/error-pages/application-error.html'>"))),
    ("not-running", case(403, **html("<html>Error 403 - This web app is stopped."))),
    ("no-route", case(403, '{"message":"Missing Authentication Token"}')),
    ("host-refused", case(403, **html("<h1>Blocked hosts: hooks.example.com</h1>"))),
    ("host-refused", case(200, **html("Invalid Host header"))),
    ("host-refused", case(400, **html("<h1>DisallowedHost at /okta/hooks</h1>"))),
    ("csrf", case(403, **html("<p>CSRF verification failed. Request aborted.</p>"))),
    ("csrf", case(419, **html("<title>Page Expired</title>"))),
    ("tls-spoken", case(400, "Client sent an HTTP request to an HTTPS server.\n")),
    ("tls-spoken", case(400, **html("<title>400 The plain HTTP request was sent to HTTPS port</title>"))),
    ("tunnel-offline", case(404, **html("<html>ERR_NGROK_3200</html>", **{"Ngrok-Error-Code": "ERR_NGROK_3200"}))),
    ("tunnel-offline", case(502, **html("<html>ERR_NGROK_8012</html>", **{"Ngrok-Error-Code": "ERR_NGROK_8012"}))),
]  # fmt: skip

NETWORK = [
    ("dns", failure(Failure.DNS, "the host name doesn't resolve")),
    ("dns-slow", failure(Failure.TIMEOUT, phase=Phase.RESOLVE)),
    ("connect-timeout", failure(Failure.TIMEOUT, phase=Phase.CONNECT)),
    ("connection-refused", failure(Failure.REFUSED)),
    ("unreachable", failure(Failure.UNREACHABLE)),
    ("tls-stalled", failure(Failure.TIMEOUT, phase=Phase.TLS)),
    ("too-slow", failure(Failure.TIMEOUT)),
    ("dripping", failure(Failure.TIMEOUT, received=4)),
    ("dripping", failure(Failure.TIMEOUT, phase=Phase.BODY, received=80)),
    ("connection-closed", failure(Failure.CLOSED)),
    ("answer-cut-short", failure(Failure.CLOSED, received=40)),
    ("not-http", failure(Failure.NOT_HTTP)),
    ("not-http", failure(Failure.NOT_HTTP, beginning=b"SSH-2.0-OpenSSH_9.2")),
    ("not-http", failure(Failure.NOT_HTTP, beginning=b"HTTP/2 200 OK")),
    ("not-http", failure(Failure.NOT_HTTP, beginning=b"\x00\x00\x12\x04\x00")),
    ("tls-spoken", failure(Failure.NOT_HTTP, beginning=b"\x15\x03\x01\x00\x02")),
    ("malformed-answer", failure(Failure.NOT_HTTP, beginning=b"HTTP/1.1 200 OK\r\n")),
    ("unfinished-answer", failure(Failure.TIMEOUT, phase=Phase.BODY, received=90, partial=value(CHALLENGE))),
    ("dripping", failure(Failure.TIMEOUT, phase=Phase.BODY, received=90, partial=value(CHALLENGE)[:-1])),
    ("tls-closed", failure(Failure.CLOSED, "the receiver closed the connection", phase=Phase.TLS)),
    ("tls-client-certificate", failure(Failure.TLS, "the TLS handshake failed: tlsv13 alert certificate required")),
    ("target-not-allowed", failure(Failure.BLOCKED)),
    ("tls-self-signed", failure(Failure.TLS, "the TLS certificate is not trusted: self-signed certificate")),
    ("tls-untrusted", failure(Failure.TLS, "the TLS certificate is not trusted: unable to get local issuer certificate")),
    ("tls-wrong-name", failure(Failure.TLS, "Hostname mismatch, certificate is not valid for 'localhost'.")),
    ("tls-expired", failure(Failure.TLS, "the TLS certificate is not trusted: certificate has expired")),
    ("tls-not-spoken", failure(Failure.TLS, "the TLS handshake failed: wrong version number")),
    ("tls", failure(Failure.TLS, "the TLS handshake failed: no shared cipher")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "seen"),
    [pytest.param(code, seen, id=f"{number}-{code}") for number, (code, seen) in enumerate(BODIES + STATUSES + PAGES + NETWORK)],
)  # fmt: skip
def test_each_way_of_being_wrong_has_its_name(code: str, seen: Case) -> None:
    """Named, with evidence, a remedy to act on, and the rule behind it."""
    found = examine(seen)

    assert [diagnosis.code for diagnosis in found] == [code]
    assert all(diagnosis.message and diagnosis.remedy and diagnosis.rule for diagnosis in found)


def test_evidence_from_a_hostile_receiver_is_harmless_on_a_terminal() -> None:
    seen = case(404, b"\x1b[2J\x07 " + b"x" * 5000)

    evidence = examine(seen)[0].evidence

    assert evidence.isprintable()
    assert len(evidence) < 250


@pytest.mark.parametrize("deep", ['{"a":' * 400 + "1" + "}" * 400, "[" * 50_000])
def test_a_deeply_nested_answer_is_diagnosed_not_followed(deep: str) -> None:
    assert examine(case(200, deep))


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        (case(200, value(CHALLENGE), headers={"Content-Type": "text/plain"}), "content-type"),
        (case(201, value(CHALLENGE)), "not-200"),
        (case(200, b"\xef\xbb\xbf" + value(CHALLENGE).encode()), "byte-order-mark"),
        (case(200, value(CHALLENGE), elapsed=2.5), "slow"),
    ],
)
def test_a_success_with_a_blemish_is_a_warning(seen: Case, code: str) -> None:
    """V19: unknown whether Okta minds, so nothing fails."""
    assert code in {diagnosis.code for diagnosis in warnings_for(seen, attempts=1)}


def test_a_clean_success_over_https_has_no_warning() -> None:
    assert not list(warnings_for(case(200, value(CHALLENGE), url="https://hooks.example.com/okta"), attempts=1))


def test_a_success_on_the_second_try_is_a_warning() -> None:
    codes = {diagnosis.code for diagnosis in warnings_for(case(200, value(CHALLENGE)), attempts=2)}

    assert "second-try" in codes


@pytest.mark.parametrize(
    ("seen", "purposes"),
    [
        (case(200, value(None)), ["header-case", "header-case"]),
        (case(400), ["header-case", "header-case"]),
        (case(500), ["header-case", "header-case"]),
        (failure(Failure.TIMEOUT), ["patience"]),
        (case(200, value("other")), ["stale-value"]),
        (case(200, CHALLENGE), []),
        (failure(Failure.REFUSED), []),
        (failure(Failure.REFUSED, url="http://127.0.0.1:8000/"), ["other-loopback"]),
        (failure(Failure.CLOSED), ["tls"]),
        (failure(Failure.NOT_HTTP, beginning=b"HTTP/1.1 200 OK"), []),
        (failure(Failure.TIMEOUT, phase=Phase.TLS, url="https://localhost/"), ["plain-http"]),
        (failure(Failure.TLS, "wrong version number", url="https://localhost/"), ["plain-http"]),
        (failure(Failure.TLS, "certificate has expired", url="https://localhost/"), []),
        (failure(Failure.TIMEOUT, phase=Phase.BODY, received=90, partial=value(CHALLENGE)), []),
        (case(404), ["header-case", "header-case", "slash"]),
        (case(403, '{"message":"Missing Authentication Token"}'), ["header-case", "header-case"]),
        (case(200, **html(SIGN_IN)), []),
        (case(401, **html(SIGN_IN)), []),
    ],
)
def test_probes_are_sent_only_where_they_tell_something(seen: Case, purposes: list[str]) -> None:
    assert [probe.purpose for probe in probes_for(seen, examine(seen))] == purposes


def test_an_answer_to_another_spelling_proves_a_case_sensitive_look_up() -> None:
    """V3, H12: header names have no case."""
    seen, other = case(200, value(None)), "zzz" + CHALLENGE[3:]
    probe = Probe(purpose="header-case", header="x-okta-verification-challenge")

    assert conclude(seen, probe, case(200, value(other), challenge=other)).code == "header-case"
    assert conclude(seen, probe, case(200, value(None), challenge=other)) is None


def test_the_same_value_for_two_challenges_is_stale() -> None:
    """V4, V6: each verification has a challenge of its own."""
    seen = case(200, value("old"))

    assert conclude(seen, Probe(purpose="stale-value"), case(200, value("old"), challenge="n")).code == "stale-value"
    assert conclude(seen, Probe(purpose="stale-value"), case(200, value("new"), challenge="n")) is None


@pytest.mark.parametrize(("elapsed", "words"), [(4.2, "4.2 s"), (0.2, "cold start")])
def test_patience_measures_how_long_the_receiver_needs(elapsed: float, words: str) -> None:
    answer = case(200, value(CHALLENGE), elapsed=elapsed)

    proven = conclude(failure(Failure.TIMEOUT), Probe(purpose="patience", time_limit=10.0), answer)

    assert proven.code == "too-slow"
    assert words in proven.message + proven.evidence


PROVEN = [
    ("plain-http", failure(Failure.TIMEOUT, phase=Phase.TLS, url="https://a.test/h"), case(400), "tls-not-spoken"),
    ("plain-http", failure(Failure.TIMEOUT, phase=Phase.TLS, url="https://a.test/h"), failure(Failure.CLOSED), None),
    ("tls", failure(Failure.CLOSED), case(200), "tls-spoken"),
    ("tls", failure(Failure.CLOSED), failure(Failure.TLS, "the TLS certificate is not trusted"), "tls-spoken"),
    ("tls", failure(Failure.CLOSED), failure(Failure.TLS, "the TLS handshake failed: unexpected eof"), None),
    ("tls", failure(Failure.CLOSED), failure(Failure.CLOSED), None),
    ("other-loopback", failure(Failure.REFUSED), case(200), "wrong-loopback"),
    ("other-loopback", failure(Failure.REFUSED), failure(Failure.REFUSED), None),
    ("slash", case(404), case(200), "trailing-slash"),
    ("slash", case(404), case(404), None),
]


@pytest.mark.parametrize(("purpose", "seen", "answer", "code"), PROVEN)
def test_a_probe_proves_only_what_its_answer_says(purpose: str, seen: Case, answer: Case, code: str | None) -> None:
    proven = conclude(seen, Probe(purpose=purpose, url="http://a.test:443/h"), answer)

    assert (proven and proven.code) == code


@pytest.mark.parametrize(
    ("url", "probed"),
    [
        ("http://127.0.0.1/okta?code=1", "http://[::1]:80/okta?code=1"),
        ("http://[::1]:8000/okta", "http://127.0.0.1:8000/okta"),
    ],
)
def test_a_probe_of_the_other_loopback_keeps_port_path_and_query(url: str, probed: str) -> None:
    seen = failure(Failure.REFUSED, url=url)

    assert [probe.url for probe in probes_for(seen, examine(seen))] == [probed]


def test_a_probe_in_the_other_scheme_asks_the_same_port() -> None:
    stalled = failure(Failure.TIMEOUT, phase=Phase.TLS, url="https://[::1]/okta")
    closed = failure(Failure.CLOSED, url="http://localhost:8443/okta")

    assert probes_for(stalled, examine(stalled))[0].url == "http://[::1]:443/okta"
    assert probes_for(closed, examine(closed))[0].url == "https://localhost:8443/okta"


def test_strict_verification_says_what_it_wants() -> None:
    seen = case(200, value(CHALLENGE), headers={"Content-Type": "text/plain"})
    strict = Case(exchange=seen.exchange, challenge=CHALLENGE, profile=profile("verify.strict=on"))

    assert [diagnosis.code for diagnosis in examine(strict)] == ["content-type"]
