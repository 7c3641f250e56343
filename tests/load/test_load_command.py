"""okta-hooks load as a user meets it: output, exit codes, slips, and Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

from receiver import Receiver

pytestmark = pytest.mark.wire

QUICK = ("--duration", "300ms", "--warmup", "0s", "--rate", "100")


@pytest.fixture
def receiver():
    with Receiver(auth="s3cret") as running:
        yield running


AUTH = ("--header", "Authorization: s3cret")


def test_a_receiver_that_holds_passes(okta_hooks, receiver):
    done = okta_hooks("load", receiver.url, *AUTH, *QUICK, "--seed", "7")

    assert done.code == 0, done.out + done.err
    assert "100/s for 300 ms, seed 7" in done.out
    assert "30 due, 30 begun, 30 acknowledged" in done.out
    assert done.out.endswith("verdict     pass\n")
    assert done.err == ""
    assert "s3cret" not in done.out


def test_the_same_seed_delivers_the_same_events(okta_hooks, receiver):
    for times in (1, 2):
        okta_hooks("load", receiver.url, *AUTH, *QUICK, "--seed", "7", "--connections", "new")

        assert len(receiver.deliveries) == 30 * times
        if times == 1:
            events = len(receiver.events)
    assert len(receiver.events) == events >= 30  # the second time, all were duplicates


def test_a_missed_objective_fails(okta_hooks, receiver):
    done = okta_hooks("load", receiver.url, *AUTH, *QUICK, "--slo", "p50<1us")

    assert done.code == 1
    assert re.search(r"fail +p50<1us", done.out)


def test_a_wrong_header_loses_everything_and_says_that_okta_would_not_deliver(okta_hooks, receiver):
    done = okta_hooks("load", receiver.url, "--header", "Authorization: wrong", *QUICK)

    assert done.code == 1
    assert "30 times: 401 is the receiver's refusal and is never retried" in done.out
    assert "the one-time verification failed" in done.out


def test_the_verification_can_be_left_out(okta_hooks, receiver):
    done = okta_hooks("load", receiver.url, *AUTH, *QUICK, "--no-verify", "--json")

    assert json.loads(done.out)["verified"] is None
    assert len(receiver.deliveries) == 30


@pytest.mark.parametrize("option", [(), ("--no-verify",)])
def test_where_nobody_listens_it_ends_at_once_with_3(okta_hooks, option):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    began = time.perf_counter()

    done = okta_hooks("load", f"http://127.0.0.1:{port}/okta/hooks", "--duration", "60s", *option)

    assert (done.code, done.out) == (3, "")
    assert "can't be reached: the connection was refused" in done.err
    assert time.perf_counter() - began < 2


def test_no_delivery_due_is_nothing_run(okta_hooks, receiver):
    done = okta_hooks("load", receiver.url, "--rate", "1/h", "--duration", "1s")

    assert (done.code, done.out) == (4, "")
    assert "nothing was run" in done.err


def test_json_is_one_object_on_stdout_and_talk_is_on_stderr(okta_hooks, receiver):
    done = okta_hooks("load", receiver.url, *AUTH, *QUICK, "--json", "--duplicates", "50%", "--pattern", "ramp")

    told = json.loads(done.out)
    assert done.err.startswith("POST http://127.0.0.1:")
    assert (told["verdict"], told["verified"], told["plan"]["pattern"]) == ("pass", True, "ramp")
    assert told["counts"]["repeated"] > 0


def test_reports_are_written(okta_hooks, receiver, tmp_path):
    files = ",".join(f"{name}={tmp_path / name}" for name in ("html", "json", "junit"))

    done = okta_hooks("load", receiver.url, *AUTH, *QUICK, "--report", files)

    assert done.code == 0
    assert (tmp_path / "html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert json.loads((tmp_path / "json").read_text(encoding="utf-8"))["verdict"] == "pass"
    assert "<testsuites" in (tmp_path / "junit").read_text(encoding="utf-8")


SLIPS = {
    ("--slo", "p99<3"): "--slo, column 6: p99 needs a unit",
    ("--rate", "fast"): "--rate: 'fast' is no rate",
    ("--duration", "30"): "add a unit: 30s",
    ("--duration", "1ms"): "--duration: '1ms' is out of range",
    ("--warmup", "long"): "--warmup: 'long' is no duration",
    ("--mix", "user.session.strat"): "did you mean 'user.session.start'",
    ("--batch", "0"): "--batch: '0' is out of range",
    ("--duplicates", "200%"): "--duplicates: '200%' is no share",
    ("--ca-bundle", "nowhere.pem"): "--ca-bundle: 'nowhere.pem' can't be used",
    ("--report", "htm=x"): "did you mean 'html'",
}


@pytest.mark.parametrize("option", SLIPS, ids=" ".join)
def test_a_slip_is_told_before_anything_is_sent(okta_hooks, receiver, option):
    done = okta_hooks("load", receiver.url, *option)

    assert (done.code, done.out) == (2, "")
    assert SLIPS[option] in done.err
    assert receiver.deliveries == ()


def test_without_a_url_it_says_what_is_missing(okta_hooks):
    done = okta_hooks("load")

    assert done.code == 2
    assert "name the hook's URL" in done.err


def test_what_is_assumed_is_what_the_help_says():
    from emulator.cli.load import command
    from emulator.load.mix import EVERYDAY_BATCHES, MIXES
    from emulator.load.schedule import ARRIVALS, PATTERNS
    from emulator.load.slo import DEFAULT_SLO

    options = {option.name: option for option in command.params}

    assert (options["slo"].default, options["batch"].default) == (DEFAULT_SLO, EVERYDAY_BATCHES)
    assert options["mix"].default in MIXES
    assert set(options["pattern"].type.choices) == set(PATTERNS)
    assert set(options["arrivals"].type.choices) == set(ARRIVALS)


def test_the_view_says_how_far_it_is():
    from rich.console import Console

    from emulator.cli._load_view import view
    from emulator.load.schedule import Schedule
    from emulator.load.workers import Glance

    class Plan:
        schedule = Schedule(rate=10.0, duration=60.0, warmup=5.0)

    def shown(seconds, **how):
        console = Console(width=160)
        glance = Glance(seconds=seconds, **how)
        if how:
            glance.latency.add(0.02)
        with console.capture() as capture:
            console.print(view(Plan(), glance))
        return capture.get()

    assert "warming up" in shown(2.0)
    later = shown(30.0, due=300, acknowledged=290, failed=4, under_way=6)
    assert "25 of 60 s" in later
    assert "300 due, 6 under way, 290 acknowledged, 4 lost, 0 retried" in later
    assert "p99 20 ms" in later
    assert "waiting for the last answers" in shown(65.5)


@pytest.mark.process
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_reports_what_is_known_so_far_and_exits_with_130(receiver, tmp_path, workers):
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "emulator", "load", receiver.url, *AUTH, "--rate", "50", "--duration", "60s",
               "--warmup", "0s", "--workers", workers, "--report", f"json={report}"]  # fmt: skip
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    until = time.monotonic() + 20
    while len(receiver.events) < 10 and time.monotonic() < until:
        time.sleep(0.05)

    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes of the group
    out, err = process.communicate(timeout=20)

    assert process.returncode == 130, err
    assert "verdict     interrupted" in out
    assert "Traceback" not in err
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["interrupted"]
    assert 5 <= told["counts"]["acknowledged"] < 1000
