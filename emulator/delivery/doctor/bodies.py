"""Diagnoses for answers with a success status whose body doesn't return the challenge."""

from __future__ import annotations

import base64
import html
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

from emulator.contract.constants import CONTENT_TYPE, VERIFICATION_KEY
from emulator.delivery.doctor.diagnosis import ECHO, Case, Diagnosis
from emulator.delivery.doctor.pages import is_html
from emulator.delivery.verification import read_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.delivery.exchange import Reply

__all__ = ["bodies"]

_GZIP: Final = b"\x1f\x8b"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_DEEPEST: Final = 8


def bodies(case: Case) -> Iterator[Diagnosis]:
    """Yield what is wrong with the body of a complete 2xx answer."""
    reply = case.exchange.reply
    if reply is None or not 200 <= reply.status < 300:
        return
    found = _unreadable(reply)
    if found is not None:
        yield found
        return
    try:
        answer = read_answer(reply.body)
    except (ValueError, RecursionError):
        yield _not_json(case, reply)
        return
    if isinstance(answer, dict):
        yield from _object(case, answer)
    else:
        yield _not_an_object(case, answer)
    if case.profile.verify_strict:
        yield from _strict(reply)


def _unreadable(reply: Reply) -> Diagnosis | None:
    if reply.status == 204:
        return Diagnosis(
            code="no-content",
            message="204 has no body, so the challenge can't be in it",
            evidence="status 204",
            remedy="204 is right for deliveries (POST) only; " + ECHO,
        )
    if not reply.body.strip():
        return Diagnosis(
            code="empty-body",
            message="the answer is empty",
            evidence=f"status {reply.status}, 0 bytes",
            remedy=ECHO,
        )
    if reply.body.startswith(_GZIP) or reply.header("Content-Encoding").lower() not in {"", "identity"}:
        return Diagnosis(
            code="compressed-body",
            message="the answer is compressed, although the request doesn't allow it",
            evidence=f"Content-Encoding: {reply.header('Content-Encoding') or 'none, but the bytes are gzip'}",
            remedy="send the answer uncompressed: Okta's request has no Accept-Encoding header",
            rule="H10",
        )
    if reply.body.startswith(_UTF16_MARKS) or b"\x00" in reply.body[:4]:
        return Diagnosis(
            code="wrong-encoding",
            message="the answer is UTF-16, JSON is UTF-8",
            evidence=f"the body begins with the bytes {reply.body[:4].hex(' ')}",
            remedy="write the body as UTF-8 without a byte order mark",
            rule="V19",
        )
    return None


def _not_json(case: Case, reply: Reply) -> Diagnosis:
    text, challenge = case.text.strip(), case.challenge
    fault = _bytes_fault(case, reply)
    if fault is not None:
        return fault
    evidence = f"Content-Type: {reply.header('Content-Type') or 'none'}, body {case.quote(text)}"
    if is_html(case):
        return Diagnosis(
            code="html-body",
            message="a web page came back instead of the challenge",
            evidence=evidence,
            remedy="the GET reached a page, not the hook: route it before any single-page-app or static-file fallback; "
            + ECHO,
        )
    if text.strip("\"'") == challenge:
        return Diagnosis(
            code="text-body",
            message="the challenge came back as plain text, not inside a JSON object",
            evidence=evidence,
            remedy=ECHO,
        )
    if "{" in text and VERIFICATION_KEY in text and challenge in text:
        return Diagnosis(
            code="almost-json",
            message="the body looks like the right object but isn't JSON",
            evidence=evidence,
            remedy="let a JSON library write it: double quotes, no trailing comma, and nothing (a log line, a notice, a "
            "second object) before or after the object",
        )
    if challenge in text:
        return Diagnosis(
            code="text-body",
            message="the challenge came back in text that isn't JSON",
            evidence=evidence,
            remedy=ECHO,
        )
    return Diagnosis(code="not-json", message="the answer is not JSON", evidence=evidence, remedy=ECHO)


def _bytes_fault(case: Case, reply: Reply) -> Diagnosis | None:
    try:
        reply.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Diagnosis(
            code="wrong-encoding",
            message="the answer is not UTF-8",
            evidence=f"the byte {reply.body[error.start]:02x} at offset {error.start} is no UTF-8",
            remedy="encode the JSON as UTF-8, whatever the machine's own encoding is",
            rule="V19",
        )
    stated = reply.header("Content-Length")
    if stated == str(len(reply.body)) and reply.body.lstrip()[:1] == b"{" and reply.body.rstrip()[-1:] != b"}":
        return Diagnosis(
            code="body-cut-off",
            message="the body ends in the middle of the object",
            evidence=f"Content-Length: {stated}, and it ends with {case.quote(reply.body[-24:])}",
            remedy="state the length of the body that is really sent, in bytes, or leave it to the framework",
        )
    return None


def _not_an_object(case: Case, answer: Any) -> Diagnosis:
    evidence = f"body {case.quote(case.text)}"
    if isinstance(answer, str) and VERIFICATION_KEY in answer:
        return Diagnosis(
            code="double-encoded",
            message="the JSON object was encoded twice, so a string came back",
            evidence=evidence,
            remedy="hand the object itself to the framework's JSON answer, not the text of json.dumps or "
            "JSON.stringify",
        )
    if answer == case.challenge:
        return Diagnosis(
            code="json-string",
            message="the challenge came back as a bare JSON string, not inside an object",
            evidence=evidence,
            remedy=ECHO,
        )
    kind = {list: "an array", str: "a string", type(None): "null", bool: "true or false"}.get(type(answer), "a number")
    return Diagnosis(
        code="not-an-object",
        message=f"the answer is {kind}, not a JSON object",
        evidence=evidence,
        remedy=ECHO,
        rule="V6",
    )


def _object(case: Case, answer: dict[str, Any]) -> Iterator[Diagnosis]:
    evidence = f"body {case.quote(case.text)}"
    if VERIFICATION_KEY in answer:
        if answer[VERIFICATION_KEY] != case.challenge:
            yield _wrong_value(case, answer[VERIFICATION_KEY], evidence)
        return
    if {"statusCode", "body"} <= answer.keys():
        yield Diagnosis(
            code="lambda-envelope",
            message="the gateway passed the function's {statusCode, body} on instead of unpacking it",
            evidence=evidence,
            remedy="use a Lambda proxy integration (or a function URL), so that statusCode, headers and body become the "
            "HTTP answer",
        )
        return
    path = _find(answer, case.challenge)
    if path:
        yield Diagnosis(
            code="wrong-key",
            message=f"the challenge came back under {'.'.join(path)!r}, the key must be 'verification' at the top",
            evidence=evidence,
            remedy='answer {"verification": "<challenge>"}: lower case, at the top level',
        )
        return
    yield Diagnosis(
        code="missing-key",
        message="the JSON object has no 'verification'",
        evidence=evidence,
        remedy="read the X-Okta-Verification-Challenge header of the GET and " + ECHO,
    )


def _find(value: Any, wanted: str, path: tuple[str, ...] = ()) -> tuple[str, ...]:
    if len(path) > _DEEPEST:
        return ()
    if isinstance(value, str) and path and wanted in value:
        return path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return next((found for key, inner in members if (found := _find(inner, wanted, (*path, str(key))))), ())


def _wrong_value(case: Case, value: Any, evidence: str) -> Diagnosis:
    if value is None or value in ("", "null", "undefined", "None"):
        return Diagnosis(
            code="null-value",
            message="'verification' is empty: the receiver didn't find the challenge",
            evidence=evidence,
            remedy="read the request header X-Okta-Verification-Challenge (not the query, not the body), in any case",
            rule="V3",
        )
    if not isinstance(value, str):
        return Diagnosis(
            code="not-a-string",
            message="'verification' must be the challenge as a string",
            evidence=evidence,
            remedy="return the header's value itself, not an array or object around it",
            rule="V6",
        )
    how = _altered(value, case.challenge)
    return Diagnosis(
        code="value-altered" if how else "wrong-value",
        message=f"the value came back {how}" if how else "'verification' is another value than the challenge",
        evidence=f"sent {case.quote(case.challenge)}, got {case.quote(value)}",
        remedy="return the header's value byte for byte"
        if how
        else "return this request's header value: every verification brings a new one, so nothing may be stored, cached "
        "or typed in",
        rule="V6",
    )


def _altered(value: str, challenge: str) -> str:
    raw = challenge.encode()
    ways = {
        "with white space around it": value.strip() == challenge,
        "with quotes around it": value.strip("\"' ") == challenge,
        "in other capitals": value.casefold() == challenge.casefold(),
        "URL-encoded": unquote_plus(value) == challenge,
        "HTML-escaped": html.unescape(value) == challenge,
        "without its dashes or underscores": value == challenge.replace("-", "").replace("_", "")
        or value == challenge.replace("-", "_")
        or value == challenge.replace("_", "-"),
        "base64-encoded": value.rstrip("=")
        in {base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("=")},
        "hashed": _is_hash(value, raw),
        "cut short": len(value) >= 1 and challenge.startswith(value),
        "with something added": challenge in value,
        "doubled in JSON": value == json.dumps(challenge),
    }
    return next((way for way, matches in ways.items() if matches), "")


def _is_hash(value: str, raw: bytes) -> bool:
    import hashlib

    return value.lower() in {hashlib.new(name, raw).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")}


def _strict(reply: Reply) -> Iterator[Diagnosis]:
    if reply.status != 200:
        yield Diagnosis(
            code="not-200",
            message=f"the answer's status is {reply.status}, strict verification wants 200",
            evidence=f"status {reply.status}",
            remedy="answer with status 200",
            rule="V19",
        )
    if reply.media_type != CONTENT_TYPE:
        yield Diagnosis(
            code="content-type",
            message="the answer's Content-Type is not application/json, strict verification wants it",
            evidence=f"Content-Type: {reply.header('Content-Type') or 'none'}",
            remedy="send Content-Type: application/json",
            rule="V19",
        )
