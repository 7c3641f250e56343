"""The engine against real receivers: Okta's retries, the three seconds, no coordinated omission, what breaks midway."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import replace

import pytest
import trustme

from emulator.contract.model import AuthScheme, Channel
from emulator.contract.profile import profile
from emulator.load.engine import Engine
from emulator.load.mix import read_batches, read_mix
from emulator.load.plan import Plan
from emulator.load.schedule import Schedule
from emulator.load.slo import read_slo
from emulator.load.target import find_target
from emulator.load.workers import run_load
from emulator.secrets import Secret

pytestmark = pytest.mark.wire

OK = b"HTTP/1.1 204 No Content\r\n\r\n"
QUICK = profile("time_limit=0.3")  # the same rules on a shorter scale


class Script:
    """A receiver that answers request after request as a function of (eventId, how often it came) says."""

    def __init__(self, start, read_request, answer):
        self._read = read_request
        self._answer = answer
        self.bodies = []
        self.heads = []
        self.times = Counter()
        self._lock = threading.Lock()
        self.server = start(self._serve)
        self.url = self.server.url

    def _serve(self, connection):
        while request := self._read(connection):
            head, _, body = request.partition(b"\r\n\r\n")
            name = json.loads(body)["eventId"]
            with self._lock:
                self.bodies.append(body)
                self.heads.append(head)
                self.times[name] += 1
                nth = self.times[name]
            answer = self._answer(name, nth)
            if answer is None:
                return
            connection.sendall(answer)
            if b"close" in answer:
                return


@pytest.fixture
def receiver(raw_server, read_request):
    return lambda answer: Script(raw_server, read_request, answer)


def planned(url, *, rate=200.0, duration=0.5, warmup=0.0, slo="p99<3s,errors<0.1%", arrivals="even", auth=None, **how):
    return Plan(
        channel=Channel(uri=url, auth=None if auth is None else AuthScheme(key="Authorization", value=Secret(auth))),
        target=find_target(url),
        schedule=Schedule(rate=rate, duration=duration, warmup=warmup, arrivals=arrivals),
        types=read_mix("everyday"),
        batches=read_batches(how.pop("batch", "1")),
        objectives=read_slo(slo),
        start=1_780_000_000_000,
        **how,
    )


def test_every_delivery_arrives_once_over_few_connections_with_oktas_headers(receiver):
    script = receiver(lambda *_: OK)

    engine = Engine(planned(script.url, auth="s3cret", warmup=0.1, batch="1-3"))
    tally = engine.run()

    assert len(engine._deadlines) < 20  # what has ended is not held until its time would have been up
    assert (tally.due, tally.acknowledged, tally.failed, tally.warmed) == (100, 100, 0, 20)
    assert set(script.times.values()) == {1}
    assert len(script.times) == 120
    assert len(script.server.connections) < 60
    lines = script.heads[0].decode().split("\r\n")
    assert lines[0] == "POST /okta/hooks HTTP/1.1"
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "Accept", "Content-Type", "Authorization", "User-Agent", "Connection", "Content-Length", "Host",
    ]  # fmt: skip
    assert "Authorization: s3cret" in lines


def test_each_delivery_can_have_a_connection_of_its_own(receiver):
    script = receiver(lambda *_: OK)

    tally = Engine(planned(script.url, duration=0.2, reuse=False)).run()

    assert tally.acknowledged == 40
    assert len(script.server.connections) == 41  # one more looked whether anybody listens


# first answer, second answer -> acknowledged, how often it comes, what the attempts ended with
RETRIES = {
    "an error of the receiver is retried once": (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", OK, True, 2, {"503", "204"}),
    "two errors lose the delivery": (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", False, 2, {"500"}),
    "an error and no answer lose it too": (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", None, False, 2, {"500", "connection_closed"}),
    "a refusal is never retried": (b"HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n", OK, False, 1, {"429"}),
    "a redirect is not followed": (b"HTTP/1.1 302 No\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", OK, False, 1, {"302"}),
    "any 2xx is an acknowledgement": (b"HTTP/1.1 202 Yes\r\nContent-Length: 0\r\n\r\n", None, True, 1, {"202"}),
    "a chunked answer is read to its end": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", None, True, 1, {"200"}),
    "an answer that ends with its connection is read": (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok", None, True, 1, {"200"}),
    "what is no HTTP is retried": (b"SSH-2.0-x\r\nclose", OK, True, 2, {"not_http", "204"}),
}  # fmt: skip


@pytest.mark.parametrize("name", RETRIES)
def test_retries_follow_oktas_rules(receiver, name):
    first, second, good, times, results = RETRIES[name]
    script = receiver(lambda _, nth: first if nth == 1 else second)

    tally = Engine(planned(script.url, rate=100.0, duration=0.05)).run()

    assert (tally.acknowledged, tally.failed) == ((5, 0) if good else (0, 5))
    assert set(script.times.values()) == {times}
    assert len(set(script.bodies)) == 5  # a retry has the same bytes (R7)
    assert set(tally.results) == results
    assert tally.retried == (5 if times == 2 else 0)


def test_who_does_not_answer_in_time_gets_it_once_more_and_no_more(receiver):
    wait = threading.Event()
    script = receiver(lambda *_: wait.wait(3) and None)
    began = time.perf_counter()

    tally = Engine(planned(script.url, rate=100.0, duration=0.1, profile=QUICK)).run()

    assert time.perf_counter() - began < 1.5
    wait.set()
    assert (tally.acknowledged, tally.failed, tally.retried) == (0, 10, 10)
    assert tally.results == {"timeout": 20}
    assert set(script.times.values()) == {2}
    assert 0.3 <= tally.answer.lowest <= tally.answer.highest < 0.9
    assert tally.latency.lowest >= 0.6


def test_a_drip_does_not_stretch_the_time_limit(raw_server, read_request):
    def drip(connection):
        read_request(connection)
        for byte in OK * 100:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    tally = Engine(planned(raw_server(drip).url, rate=20.0, duration=0.1, profile=QUICK)).run()

    assert tally.results == {"timeout": 4}
    assert tally.answer.highest < 0.9


def test_a_receiver_that_stalls_once_shows_it_in_every_delivery_it_held_up(receiver):
    """Coordinated omission: who waits for the answer before sending on would count this stall as one slow request."""
    turn = threading.Lock()
    stall = iter([1.0])

    def answer(*_):
        with turn:  # one at a time, as a process with one thread
            if script.times.total() == 100:
                time.sleep(next(stall, 0))
        return OK

    script = receiver(answer)

    tally = Engine(planned(script.url, rate=200.0, duration=1.5)).run()

    assert tally.acknowledged == 300
    assert tally.latency.percentile(50) < 0.6
    assert tally.latency.percentile(99) > 0.9
    assert sum(count for low, _, count in tally.latency.buckets() if low > 0.1) > 100
    assert tally.late.percentile(99) < 0.4  # and none of it is this machine's own


def test_deliveries_begin_on_time_though_none_is_answered(receiver):
    wait = threading.Event()
    script = receiver(lambda *_: wait.wait(3) and None)

    tally = Engine(planned(script.url, rate=100.0, duration=0.5, profile=profile("time_limit=0.4"))).run()

    wait.set()
    assert tally.started == tally.due == 50
    assert tally.late.percentile(90) < 0.3


def test_a_target_that_dies_midway_loses_the_rest(raw_server, read_request):
    dead = threading.Event()

    def serve(connection):
        while read_request(connection) and not dead.is_set():
            connection.sendall(OK)

    server = raw_server(serve)
    plan = planned(server.url, rate=100.0, duration=1.0)
    engine = Engine(plan)
    threading.Timer(0.4, dead.set).start()

    tally = engine.run()

    assert tally.ended == 100
    assert 20 < tally.acknowledged < 70
    assert tally.results.keys() == {"204", "connection_closed"}
    assert tally.reasons == {"the receiver closed the connection without an answer": tally.results["connection_closed"]}
    lost = [index * tally.width for index, part in tally.slices.items() if part.failed]
    assert min(lost) < 0.6


def test_an_idle_connection_that_the_receiver_closed_is_no_attempt(raw_server, read_request):
    def once(connection):
        if read_request(connection):
            connection.sendall(OK)  # without a word about closing

    tally = Engine(planned(raw_server(once).url, rate=20.0, duration=0.5)).run()

    assert (tally.acknowledged, tally.failed, tally.retried) == (10, 0, 0)
    assert tally.results == {"204": 10}


def test_duplicates_arrive_as_such(receiver):
    script = receiver(lambda *_: OK)

    tally = Engine(planned(script.url, rate=100.0, duration=0.5, duplicates=1.0)).run()

    uuids = Counter(json.loads(body)["data"]["events"][0]["uuid"] for body in script.bodies)
    assert tally.repeated == 50
    assert tally.acknowledged == 100
    assert set(uuids.values()) == {2}
    assert set(script.times.values()) == {1, 2}


def test_a_large_batch_goes_through_a_receiver_that_reads_slowly(raw_server, read_request):
    def slow(connection):
        time.sleep(0.2)
        if read_request(connection):
            connection.sendall(OK)

    tally = Engine(planned(raw_server(slow).url, rate=10.0, duration=0.2, batch="1000")).run()

    assert tally.acknowledged == 2
    assert tally.events == 2000


def test_a_stop_returns_what_is_known_so_far(receiver):
    script = receiver(lambda *_: OK)
    engine = Engine(planned(script.url, rate=100.0, duration=60.0))
    threading.Timer(0.4, engine.stop).start()

    tally = engine.run()

    assert 20 < tally.acknowledged < 80
    assert tally.due == tally.started + tally.not_started
    assert tally.due - tally.not_started == tally.ended + tally.unfinished


def test_a_rate_beyond_this_machine_is_told_and_the_rest_is_not_sent(receiver):
    script = receiver(lambda *_: OK)

    tally = Engine(planned(script.url, rate=200_000.0, duration=0.3)).run()

    assert tally.due == 60_000
    assert tally.not_started > 30_000
    assert tally.started == tally.ended


@pytest.mark.process
def test_several_workers_send_each_delivery_once(receiver):
    script = receiver(lambda *_: OK)
    glances = []

    done = run_load(planned(script.url, rate=200.0, duration=0.6, workers=2), glance=glances.append)

    assert (done.tally.due, done.tally.acknowledged) == (120, 120)
    assert len(script.times) == 120
    assert set(script.times.values()) == {1}
    assert not done.interrupted
    assert done.cpu > 0
    assert glances[-1].due > 0


def test_over_tls_too(raw_server, read_request, tmp_path):
    import ssl

    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)

    def serve(connection):
        with context.wrap_socket(connection, server_side=True) as secured:
            while read_request(secured):
                secured.sendall(OK)

    url = raw_server(serve).url.replace("http:", "https:")
    trusting = Engine(
        replace(planned(url, rate=50.0, duration=0.4), target=find_target(url, ca_bundle=f"{tmp_path}/ca.pem"))
    )
    doubting = Engine(planned(url, rate=50.0, duration=0.1))

    assert trusting.run().results == {"204": 20}
    tally = doubting.run()
    assert tally.results == {"tls": 10}
    assert all("certificate is not trusted" in reason for reason in tally.reasons)
