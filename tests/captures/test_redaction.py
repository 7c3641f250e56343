"""Redacted copies: no personal data, the same pseudonym for the same person, ids in shape, valid if it was valid."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.captures.redaction import Redaction
from emulator.contract.catalogue import eligible_types
from emulator.contract.inspection import inspect_bytes
from emulator.contract.packed import packed_texts
from emulator.contract.problems import Level
from emulator.payloads import World, build_envelope, build_event, encode, in_shape

WORLD = World(seed=11)
HOOK = "whoa1b2c3d4e5f6g75d7"
REDACTION = Redaction(b"a key")


def delivery(*types: str, shape: str = "delivery") -> dict:
    events = [
        in_shape(build_event(name, world=WORLD, number=n, hook_ids=[HOOK]), shape) for n, name in enumerate(types)
    ]
    return build_envelope(events, world=WORLD, hook_id=HOOK)


def personal(value: object) -> set[str]:
    """Collect what must not be found in a copy: names, logins, ids, addresses, places, sessions."""
    found = set()
    for event in value["data"]["events"]:
        people = [
            p for p in [event.get("actor"), *(event.get("target") or [])] if p and p["type"] in {"User", "AppUser"}
        ]
        found |= {
            p[key]
            for p in people
            for key in ("id", "alternateId", "displayName")
            if p.get(key) not in {None, "unknown"}
        }
        client = event["client"]
        found |= {client.get("ipAddress") or "", (client.get("geographicalContext") or {}).get("city") or ""}
        found |= {str((event["authenticationContext"]).get("externalSessionId") or "")}
    return {text for text in found if text and text != "unknown" and not text.startswith(("Okta", "system@"))}


@pytest.mark.parametrize("shape", ["delivery", "preview", "system-log"])
def test_a_copy_holds_no_personal_data_and_is_as_valid_as_before(shape):
    names = list(eligible_types())
    for start in range(0, len(names), 40):
        value = delivery(*names[start : start + 40], shape=shape)
        copy = REDACTION.value(value)
        text = json.dumps(copy, ensure_ascii=False)

        assert [secret for secret in personal(value) if secret in text] == []
        before, after = (inspect_bytes(encode(each), name="x").problems for each in (value, copy))
        assert [(p.rule, p.level, p.pointer) for p in after if p.level is not Level.NOTE] == [
            (p.rule, p.level, p.pointer) for p in before if p.level is not Level.NOTE
        ]


def test_the_same_person_has_the_same_pseudonym_everywhere():
    first = in_shape(build_event("user.lifecycle.deactivate", world=WORLD), "delivery")
    value = [first, json.loads(json.dumps(first))]
    value[1]["debugContext"]["debugData"]["note"] = f"made for {first['target'][0]['alternateId']} by hand"
    one, two = REDACTION.value(value)

    assert one["target"][0] == two["target"][0]
    assert one["target"][0]["alternateId"] in two["debugContext"]["debugData"]["note"]
    assert one["target"][0]["id"] in one["debugContext"]["debugData"]["requestUri"]


def test_ids_keep_prefix_suffix_and_length():
    value = delivery("user.lifecycle.deactivate")
    old, new = (
        value["data"]["events"][0]["target"][0]["id"],
        REDACTION.value(value)["data"]["events"][0]["target"][0]["id"],
    )

    assert old != new
    assert (new[:3], new[-3:], len(new)) == (old[:3], old[-3:], len(old))
    assert re.fullmatch(r"[A-Za-z0-9]{20}", new)


def test_another_key_gives_other_pseudonyms():
    value = delivery("user.lifecycle.deactivate")

    assert Redaction(b"1").value(value) == Redaction(b"1").value(value) != Redaction(b"2").value(value)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("http://192.0.2.7:8000/x 192.0.2.8", ["192.0.2.7", "192.0.2.8"]),
        ("seen at 192.0.2.7 from jane.roe@corp.example", ["192.0.2.7", "jane.roe", "corp.example"]),
        ("2001:db8:1234::1 and ::ffff:192.0.2.7", ["2001:db8:1234::1", "192.0.2.7"]),
        ("https://acme.okta.com/app and https://login.acme.oktapreview.com", ["acme"]),
        ("call +44 20 7946 0958 now", ["7946"]),
        ("> Authorization: Basic am9objpzM2NyM3Q=\n> Cookie: sid=102abc\n", ["am9obj", "102abc"]),
        ("/api/v1/users/00u1a2b3c4d5e6f7g5d7/lifecycle", ["00u1a2b3"]),
    ],
)
def test_plain_text_loses_what_looks_personal(text, gone):
    copy = REDACTION.text(text)

    assert [part for part in gone if part in copy] == []


def test_what_is_wrapped_is_redacted_inside():
    body = json.dumps(delivery("user.lifecycle.deactivate"))
    name = json.loads(body)["data"]["events"][0]["target"][0]["displayName"]
    headers = {"Authorization": "Basic am9objpzM2NyM3Q=", "x": "y"}
    value = {"httpMethod": "POST", "requestContext": {}, "headers": headers, "body": body, "isBase64Encoded": False,
             "raw": base64.b64encode(body.encode()).decode(), "pairs": [{"name": "Cookie", "value": "sid=1"}]}  # fmt: skip
    copy = json.loads(REDACTION.text(json.dumps(value)))

    assert name not in copy["body"]
    assert name not in base64.b64decode(copy["raw"]).decode()
    assert copy["headers"] == {"Authorization": "REDACTED", "x": "y"}
    assert copy["pairs"] == [{"name": "Cookie", "value": "REDACTED"}]
    assert inspect_bytes(json.dumps(copy).encode(), name="x").status() == "valid"


def test_what_is_packed_is_redacted_inside_and_packed_again():
    value = delivery("user.lifecycle.deactivate", "user.session.start")
    text = json.dumps(value)
    zipped = base64.b64encode(gzip.compress(text.encode())).decode()
    cell = '"' + json.dumps(value, indent=1).replace('"', '""') + '"'
    for around in (
        f"id,content\r\n1,{cell}\r\n2,{cell}\r\n",
        f"INFO got {zipped} from Okta\n",
        f"id,content\n1,{base64.b64encode(text.encode()).decode()}\n",
        json.dumps({"httpMethod": "POST", "requestContext": {}, "isBase64Encoded": True, "body": zipped}),
        f"level=info body={json.dumps(text)}\n",
        f"# Bug\n\n```json\n{json.dumps(value, indent=2)}\n```\n",
    ):
        copy = REDACTION.text(around)
        unpacked = copy + "".join(inner for _, _, inner in packed_texts(copy))
        before, after = (inspect_bytes(data.encode(), name="x") for data in (around, copy))

        assert [secret for secret in personal(value) if secret in unpacked] == []
        assert (after.kind, after.events, after.wrapped_in) == (before.kind, before.events, before.wrapped_in)
        assert before.events >= 2
        assert after.status() == "valid"


def test_what_says_nothing_of_a_person_stays():
    value = delivery("user.lifecycle.deactivate")
    event, copy = value["data"]["events"][0], REDACTION.value(value)["data"]["events"][0]

    assert copy["client"].get("userAgent") == event["client"].get("userAgent")
    for name in ("uuid", "published", "eventType", "severity", "displayMessage", "outcome", "legacyEventType"):
        assert copy[name] == event[name]
    assert REDACTION.value({"zone": "null", "alternateId": "system@okta.com", "n": None, "b": True, "x": 3}) == {
        "zone": "null", "alternateId": "system@okta.com", "n": None, "b": True, "x": 3,
    }  # fmt: skip


@pytest.mark.parametrize("indent", [None, 2])
def test_a_copy_is_indented_as_the_file_was(indent):
    text = json.dumps(delivery("user.lifecycle.deactivate"), indent=indent) + "\n"
    copy = REDACTION.text(text)

    assert copy.count("\n") == text.count("\n")


def test_the_command_writes_copies_beside_its_report(okta_hooks: Callable, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    body = encode(delivery("user.lifecycle.deactivate"))
    name = json.loads(body)["data"]["events"][0]["target"][0]["displayName"]
    Path("in/deep").mkdir(parents=True)
    Path("in/a.json").write_bytes(body)
    Path("in/deep/b.ndjson").write_bytes((body + b"\n") * 40)
    Path("in/c.json").write_bytes(b"\xff\xfe\x00")
    done = okta_hooks("validate", "in", "--redact-to", "out", "-q")

    assert "2 redacted copies in out" in done.err
    assert "in/c.json: no copy: it is not UTF-8 text" in done.err
    assert sorted(str(path) for path in Path("out").rglob("*") if path.is_file()) == ["out/a.json", "out/deep/b.ndjson"]
    assert name.encode() not in Path("out/deep/b.ndjson").read_bytes()
    assert okta_hooks("validate", "out").code == 0
    assert Path("out/a.json").read_bytes() == Path("out/deep/b.ndjson").read_bytes().splitlines()[0]


def test_a_copy_never_replaces_the_file_itself(okta_hooks: Callable, tmp_path: Path):
    (tmp_path / "a.json").write_bytes(encode(delivery("user.lifecycle.deactivate")))
    done = okta_hooks("validate", str(tmp_path), "--redact-to", str(tmp_path))

    assert (done.code, "would replace it" in done.err) == (2, True)
