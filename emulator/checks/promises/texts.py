"""Texts: people's names in every script (D23)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from emulator.checks.check import Need, check
from emulator.payloads import encode
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.bench import Bench

_UTF8 = "decode the body as UTF-8, all of it, and store and print text in an encoding that can hold every character"
_DELIVERY = (Need.DELIVERY,)
# A face, a family joined from four faces, a mathematical letter.
_EMOJI = "Ann \U0001f600 \U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001d49c"


def _named(bench: Bench, name: str, login: str = "") -> dict[str, Any]:
    event = bench.event()
    who = {"id": bench.person().id, "type": "User", "displayName": name, "alternateId": login or "someone@example.com"}
    return {**event, "target": [who], "actor": {**(event.get("actor") or {}), "displayName": name}}


@check(
    "unicode",
    title="takes names in every script",
    rule="D23",
    level=Level.MUST,
    remedy=_UTF8,
    needs=_DELIVERY,
)
def unicode_names(bench: Bench) -> None:
    """Delivers names with accents, in Chinese, Arabic, Hebrew and combining characters, as raw UTF-8."""
    names = {
        "accents": "Zoë Ångström-Müller",
        "Chinese": "王小明",
        "right to left": "مريم \u202eשרה\u202c",
        "combining characters": "Ame\u0301lie\u200d",
        "a login that is not ASCII": "Jürgen",
    }
    bench.accepts_each({what: _named(bench, name, f"{name.split()[0]}@bücher.example") for what, name in names.items()})


@check(
    "emoji",
    title="takes characters beyond the first plane, raw and escaped",
    rule="D23",
    level=Level.MUST,
    remedy=f"{_UTF8}; in MySQL that is utf8mb4",
    needs=_DELIVERY,
)
def emoji(bench: Bench) -> None:
    r"""Delivers emoji as raw UTF-8, and as the pair of escapes \ud83d\ude00 that JSON allows."""
    raw = _named(bench, _EMOJI)
    escaped = json.dumps(bench.envelope([_named(bench, f"{_EMOJI} Zoë")]), separators=(",", ":")).encode()
    bench.accepts(raw, what="emoji as UTF-8")
    bench.acknowledges(bench.delivery(escaped), what="emoji as escapes")


@check(
    "control-characters",
    title="takes quotes, line breaks, markup and NUL in names",
    rule="D23",
    level=Level.SHOULD,
    guessed=True,
    remedy="treat names as data: no SQL, HTML or shell is put together with them; PostgreSQL's text can't hold \\u0000",
    needs=_DELIVERY,
)
def control_characters(bench: Bench) -> None:
    """Delivers names with quotes, backslashes, line breaks, markup, a template and an escaped NUL."""
    bench.accepts_each({
        "quotes and a backslash": _named(bench, "O'Brien \"Bob\" \\ `x`; DROP TABLE users; --"),
        "line breaks and tabs": _named(bench, "two\r\nlines\tand\x0bmore"),
        "markup and templates": _named(bench, "<script>alert(1)</script> {{7*7}} ${jndi:x} %s %n"),
        "NUL": _named(bench, "nul\x00inside"),
    })  # fmt: skip


@check(
    "lone-surrogate",
    title="survives half of a surrogate pair",
    rule="D23",
    level=Level.MAY,
    guessed=True,
    remedy="text cut in the middle of an emoji leaves half a pair, which UTF-8 can't hold: replace it when you store it",
    needs=_DELIVERY,
    after=("emoji",),
)
def lone_surrogate(bench: Bench) -> None:
    r"""Delivers a name that ends in \ud83d, the first half of an emoji; a 5xx or a dropped connection fails."""
    from emulator.checks.verdicts import not_crashed

    body = encode(bench.envelope([_named(bench, "Ann \ud83d")]))
    bench.wants_each({"half a surrogate pair": bench.delivery(body)}, not_crashed)
