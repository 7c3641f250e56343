"""A rehearsed outage: what is lost, what comes twice, what the System Log has, and that a replay brings it back."""

from __future__ import annotations

import json
import re
import socket
import threading
import time

import pytest
import trustme

from emulator.contract.model import AuthScheme, Channel
from emulator.contract.profile import profile
from emulator.load.outage import Drill, rehearse
from emulator.load.switch import WAYS, Detour, Switch
from emulator.load.target import find_target
from emulator.reports.outage import as_json, as_lines
from emulator.reports.outage_html import outage_html
from emulator.secrets import Redactor, Secret
from receiver import Receiver

pytestmark = pytest.mark.wire

AUTH = ("--header", "Authorization: s3cret-of-the-hook")


@pytest.fixture
def receiver():
    with Receiver(auth="s3cret-of-the-hook") as running:
        yield running


def drilled(url, way, *, ca_bundle=None, **how):
    channel = Channel(uri=url, auth=AuthScheme(key="Authorization", value=Secret("s3cret-of-the-hook")))
    how = {"rate": 0.2, "before": 60.0, "outage": 60.0, "after": 60.0, "seed": 3, **how}
    limit = 3 if way in {"refused", "503"} else 1
    drill = Drill(channel=channel, way=way, profile=profile(f"time_limit={limit},delivery.window=0"), **how)
    target = find_target(url)
    switch = None if drill.by_hand else Switch(target.address, target.port, way=way)
    try:
        return rehearse(drill, Detour(switch, ca_bundle=ca_bundle), switch)
    finally:
        if switch is not None:
            switch.close()


# way -> how the deliveries of the outage end, and how often each arrives
ENDS = {"refused": ("lost", 0), "hanging": ("lost", 0), "503": ("lost", 0), "answers-lost": ("lost, but seen", 2)}


@pytest.mark.parametrize("way", WAYS)
def test_what_happens_while_the_receiver_is_away_is_lost_and_nothing_else(receiver, way):
    result = drilled(receiver.url, way)

    word, arrived = ENDS[way]
    assert len(result.lost) > 8
    assert {(fate.word, fate.arrived) for fate in result.lost} == {(word, arrived)}
    assert {(fate.word, fate.arrived) for fate in result.fates if not fate.lost} == {("at once", 1)}
    assert (result.outside, result.verdict) == ((), "pass")
    assert [moment.minute for moment in result.down] == [1, 2]
    assert all(fate.published[0].minute == 1 for fate in result.lost)
    assert len(result.twice) == (len(result.lost) if arrived else 0)


def test_every_lost_event_is_in_the_system_log_and_every_failure_too(receiver):
    result = drilled(receiver.url, "refused")

    assert result.recovered == result.lost_uuids
    assert result.failures == len(result.lost)
    arrived = {event.uuid for event in receiver.events}
    assert not arrived & result.lost_uuids
    assert arrived | result.lost_uuids == {uuid for fate in result.fates for uuid in fate.delivery.uuids}


def test_the_same_seed_loses_the_same_events(receiver):
    def lost(result):
        events = [event for fate in result.lost for event in fate.delivery.events]
        return sorted((event["eventType"], event["target"][0]["alternateId"]) for event in events)

    first, second = (lost(drilled(receiver.url, "refused", seed=9)) for _ in range(2))

    assert first == second


def test_a_receiver_that_answers_late_gets_what_okta_counts_as_lost(receiver):
    result = drilled(receiver.url, "answers-lost")

    assert result.lost_uuids <= {event.uuid for event in receiver.events}
    lost = [delivery for delivery in receiver.deliveries if set(delivery.duplicates) & result.lost_uuids]
    assert len(lost) == len(result.lost)  # the second attempt brought nothing new


def test_over_tls_the_receiver_is_still_asked_for_by_its_own_name(raw_server, read_request, tmp_path):
    import ssl

    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    def serve(connection):
        with context.wrap_socket(connection, server_side=True) as secured:
            request = read_request(secured).decode()
            challenge = re.search(r"X-Okta-Verification-Challenge: (\S+)", request)
            body = json.dumps({"verification": challenge[1]} if challenge else {})
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            secured.sendall((head + body).encode())

    url = raw_server(serve).url.replace("http://127.0.0.1", "https://localhost")

    result = drilled(url, "refused", ca_bundle=str(tmp_path / "ca.pem"))

    assert result.verdict == "pass"
    assert len(result.of("at once")) > 10


def test_somebody_may_stop_the_receiver_by_hand():
    with Receiver(auth="s3cret-of-the-hook") as first:
        url, port = first.url, int(first.url.split(":")[2].split("/")[0])

        def away() -> None:
            first.wait_for(3, timeout=20)
            first.close()
            time.sleep(0.6)
            again.append(Receiver(auth="s3cret-of-the-hook", port=port))

        again: list[Receiver] = []
        hand = threading.Thread(target=away)
        hand.start()
        result = drilled(url, "refused", rate=20.0, before=0.5, outage=0.5, after=2.0, real=True, by_hand=True)
        hand.join()
        arrived = len(again[0].events)
        again[0].close()

    assert result.lost
    assert "lost" in {fate.word for fate in result.lost}  # one may have been under way when it was stopped
    assert result.of("at once")
    assert result.recovered == result.lost_uuids
    assert arrived > 0


def test_reports_say_what_was_lost_and_how_to_get_it_back_without_a_secret(receiver):
    result = drilled(receiver.url, "refused")
    redact = Redactor([Secret("s3cret-of-the-hook")])

    text = "\n".join(as_lines(result, redact=redact, file="lost.ndjson"))
    told = as_json(result, redact=redact)
    page = outage_html(result, redact=redact, file="lost.ndjson")

    lost = len(result.lost)
    assert f"{lost} with {lost} events, for ever" in text
    assert f"{lost} times: the connection was refused" in text
    assert f"{lost} of {lost} lost events are in it" in text
    assert "okta-hooks replay lost.ndjson --to" in text
    assert "--header 'Authorization: ...'" in text
    assert json.loads(json.dumps(told)) == told
    assert (told["counts"]["lost"], told["counts"]["recoverable_events"], told["verdict"]) == (lost, lost, "pass")
    assert told["recover"]["since"] == min(event["published"] for fate in told["lost"] for event in fate["events"])
    assert page.count("<rect") > 10
    assert not re.findall(r'(?:src|href)="|url\(|<script|style=', page)
    assert "s3cret" not in text + page + json.dumps(told)


def test_the_command_tells_it_and_a_replay_brings_everything_back(okta_hooks, receiver, tmp_path):
    lost, page = tmp_path / "lost.ndjson", tmp_path / "outage.html"
    options = ("--before", "30s", "--outage", "1m", "--after", "30s", "--lost", str(lost), "--report", f"html={page}")

    done = okta_hooks("rehearse", receiver.url, *AUTH, *options)

    assert done.code == 0, done.err
    assert done.out.endswith("verdict     pass: nothing was lost but while the receiver was away\n")
    assert "the receiver is away" in done.err
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    uuids = {
        event["uuid"] for line in lost.read_text("utf-8").splitlines() for event in json.loads(line)["data"]["events"]
    }
    assert len(uuids) > 5
    assert not uuids & {event.uuid for event in receiver.events}
    assert okta_hooks("replay", str(lost), "--to", receiver.url, *AUTH).code == 0
    assert uuids <= {event.uuid for event in receiver.events}


def test_json_is_one_object_on_stdout(okta_hooks, receiver):
    done = okta_hooks("rehearse", receiver.url, *AUTH, "--outage", "30s", "--before", "10s", "--after", "10s", "--json")

    told = json.loads(done.out)
    assert told["plan"] == {
        "way": "refused", "rate": 0.2, "before_s": 10.0, "outage_s": 30.0, "after_s": 10.0, "clock": "compressed",
    }  # fmt: skip
    assert told["away"] == {"since": "2026-08-21T12:00:10.000Z", "until": "2026-08-21T12:00:40.000Z"}


SLIPS = {
    ("--outage", "10"): (2, "add a unit: 10s"),
    ("--rate", "often"): (2, "'often' is no rate"),
    ("--way", "refusd"): (2, "did you mean 'refused'"),
    ("--rate", "1/h", "--outage", "1m"): (4, "nothing was run"),
    ("--lost", "/nowhere/lost.ndjson", "--outage", "20s"): (2, "can't be written"),
    ("--header", "Authorization: wrong"): (1, "Unable to verify event hook"),
}


@pytest.mark.parametrize("option", SLIPS, ids=" ".join)
def test_slips_are_told(okta_hooks, receiver, option):
    code, words = SLIPS[option]
    auth = () if "--header" in option else AUTH

    done = okta_hooks("rehearse", receiver.url, *auth, *option)

    assert (done.code, done.out) == (code, "")
    assert words in done.err


def test_where_nobody_listens_it_ends_with_3(okta_hooks):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    done = okta_hooks("rehearse", f"http://127.0.0.1:{port}/okta/hooks")

    assert (done.code, done.out) == (3, "")


def test_an_https_receiver_has_no_load_balancer_of_ours(okta_hooks):
    done = okta_hooks("rehearse", "https://localhost:9/okta/hooks", "--way", "503")

    assert done.code == 2
    assert "choose refused or hanging" in done.err
