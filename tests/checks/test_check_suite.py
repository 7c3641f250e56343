"""How a run goes: who is judged when a receiver dies, what happens side by side, and what an interrupt leaves."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pytest

from emulator.checks import Broken, Check, Plan, Stage, Unseen, registry, run_suite
from emulator.checks.target import Target
from emulator.contract.model import Channel
from emulator.delivery.exchange import Exchange, Failure, Phase, Reply, Request
from emulator.payloads import World
from emulator.runner.results import Evidence, Level, Listener, RunResult, Status, Verdict
from receiver import Receiver

URL = "http://127.0.0.1:9/okta/hooks"


@dataclass
class Script:
    """A receiver without sockets: right until it is told otherwise."""

    latency: float = 0.001
    dead: bool = False
    poisoned: bool = False
    sent: list[Request] = field(default_factory=list)
    reply_to: Callable[[Request], Exchange | None] = lambda _: None

    def send(self, request: Request, *, time_limit: float = 3.0) -> Exchange:  # noqa: ARG002 (time stands still)
        self.sent.append(request)
        if self.dead:
            return Exchange(request=request, failure=Failure.REFUSED, detail="the connection was refused",
                            phase=Phase.CONNECT)  # fmt: skip
        scripted = self.reply_to(request)
        if scripted is not None:
            return scripted
        if request.method == "GET":
            challenge = dict(request.headers).get("X-Okta-Verification-Challenge")
            body = json.dumps({"verification": challenge}).encode()
            return self.answer(request, 200, body, (("Content-Type", "application/json"),))
        return self.answer(request, 503 if self.poisoned else 204)

    def answer(self, request: Request, status: int, body: bytes = b"", headers: tuple = ()) -> Exchange:
        reply = Reply(status=status, body=body, headers=headers)
        return Exchange(request=request, reply=reply, elapsed=self.latency)

    def send_in_turn(self, requests: Iterable[Request], *, time_limit: float = 3.0) -> list[Exchange]:
        return [self.send(request, time_limit=time_limit) for request in requests]


def one(check_id: str, decide: Callable, **more: object) -> Check:
    return Check(id=check_id, title="does it", rule="R1", level=Level.MUST, remedy="do it", decide=decide, **more)


def delivers(bench) -> None:
    bench.accepts(bench.event())


def run(script: Script, *checks: Check, listeners: Iterable[Listener] = (), **more: object) -> RunResult:
    checks = (*checks, registry()["still-alive"])
    target = Target(channel=Channel(uri=URL), sender=script, world=World(1), started=1)
    return run_suite(Plan(target=target, checks=checks, **more), listeners)


def by_id(found: RunResult) -> dict[str, Status]:
    return {check.id: check.status for check in found.checks}


def detail(found: RunResult, check_id: str) -> str:
    return next(check.detail for check in found.checks if check.id == check_id)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.checks.health._PATIENCE", 0.1)
    monkeypatch.setattr("emulator.checks.health._PAUSE", 0.01)


def test_a_check_passes_fails_or_says_what_it_could_not_see() -> None:
    def fails(_) -> None:
        raise Broken("it answered 500")

    def unseen(_) -> None:
        raise Unseen("there is no probe")

    found = run(Script(), one("good", delivers), one("bad", fails), one("blind", unseen))

    assert by_id(found) == {
        "good": Status.PASS, "bad": Status.FAIL, "blind": Status.SKIP, "still-alive": Status.PASS,
    }  # fmt: skip
    assert found.verdict is Verdict.FAIL
    assert found.counts()["fail"] == 1


def test_a_check_on_an_inferred_rule_never_fails_the_run() -> None:
    def fails(_) -> None:
        raise Broken("it answered 500")

    found = run(Script(), one("guess", fails, guessed=True))

    assert (by_id(found)["guess"], found.checks[0].evidence) == (Status.FAIL, Evidence.INFERRED)
    assert found.verdict is Verdict.PASS


def test_when_the_receiver_dies_its_killer_is_named_and_the_rest_is_not_run() -> None:
    script = Script()

    def kills(bench) -> None:
        bench.accepts(bench.event())
        script.dead = True

    found = run(script, one("before", delivers), one("killer", kills), one("after", delivers), one("later", delivers))

    assert by_id(found) == {
        "before": Status.PASS, "killer": Status.PASS, "after": Status.ERROR, "later": Status.ERROR,
        "still-alive": Status.FAIL,
    }  # fmt: skip
    assert "after killer: the verification no longer works: the connection was refused" in detail(found, "still-alive")
    assert detail(found, "later") == "not run: the receiver was gone after killer"


def test_a_receiver_that_is_poisoned_is_not_well() -> None:
    script = Script()

    def poisons(bench) -> None:
        bench.accepts(bench.event())
        script.poisoned = True

    found = run(script, one("poison", poisons), one("after", delivers))

    assert "after poison: a plain delivery is no longer taken: answered 503" in detail(found, "still-alive")
    assert by_id(found)["after"] is Status.ERROR


def test_a_receiver_that_comes_back_is_judged_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.checks.health._PATIENCE", 2.0)
    script = Script()

    def stuns(bench) -> None:
        bench.accepts(bench.event())
        script.dead = True
        threading.Timer(0.1, setattr, (script, "dead", False)).start()

    found = run(script, one("stun", stuns), one("after", delivers))

    assert by_id(found) == {"stun": Status.PASS, "after": Status.PASS, "still-alive": Status.FAIL}
    assert "it came back by itself" in detail(found, "still-alive")


def test_work_after_the_answer_that_kills_is_blamed_on_the_check_before() -> None:
    script, killed, looks = Script(), [], itertools.count()

    def kills(bench) -> None:
        bench.accepts(bench.event())
        killed.append(True)

    def dies_after_the_next_look(request: Request) -> Exchange | None:
        if killed and next(looks) >= 2:
            script.dead = True
            return script.send(request)
        return None

    script.reply_to = dies_after_the_next_look
    found = run(script, one("killer", kills), one("victim", delivers), one("late", delivers))

    assert by_id(found) == {
        "killer": Status.PASS, "victim": Status.ERROR, "late": Status.ERROR, "still-alive": Status.FAIL,
    }  # fmt: skip
    assert "after killer: " in detail(found, "still-alive")


def test_what_an_earlier_failure_says_already_is_not_looked_at() -> None:
    def fails(_) -> None:
        raise Broken("broken")

    found = run(Script(), one("third", delivers, after=("second",)), one("second", delivers, after=("first",)),
                one("first", fails))  # fmt: skip

    assert by_id(found) == {
        "third": Status.SKIP, "second": Status.SKIP, "first": Status.FAIL, "still-alive": Status.PASS,
    }  # fmt: skip
    assert detail(found, "third") == "not looked at: see first, which says it already"


def test_a_slow_receiver_is_asked_several_things_at_once() -> None:
    script, running, most = Script(latency=0.2), [], []

    def takes_time(request: Request) -> None:
        running.append(request)
        most.append(len(running))
        time.sleep(0.05)
        running.remove(request)

    script.reply_to = takes_time
    found = run(script, *(one(f"check-{number}", delivers) for number in range(12)))

    assert found.verdict is Verdict.PASS
    assert 2 <= max(most) <= 8


def test_a_failure_side_by_side_has_to_happen_alone_too() -> None:
    """A receiver that can't bear company is no worse for it: that is what parallel-20 is about."""
    script, company = Script(latency=0.2), []

    def minds_company(request: Request) -> Exchange | None:
        if request.method != "POST" or "#lonely" not in str(request.body):
            return None
        company.append(request)
        time.sleep(0.05)
        alone = len(company) == 1
        company.remove(request)
        return None if alone else script.answer(request, 500)

    script.reply_to = minds_company

    def lonely(bench) -> None:
        bench.accepts(bench.event(displayMessage="#lonely"))

    found = run(script, one("a", lonely), one("b", lonely), one("c", lonely))

    assert set(by_id(found).values()) == {Status.PASS}


def test_measuring_happens_alone() -> None:
    script, running, most = Script(latency=0.2), [], []

    def watches(bench) -> None:
        running.append(bench)
        most.append(len(running))
        time.sleep(0.02)
        running.remove(bench)

    run(script, *(one(f"measure-{number}", watches, stage=Stage.ALONE) for number in range(4)))

    assert max(most) == 1


def test_listeners_hear_of_everything_in_order() -> None:
    class Ear(Listener):
        heard: list[str] = []  # noqa: RUF012 (one ear)

        def started(self, target: str, *, planned: int) -> None:
            self.heard.append(f"started {target} {planned}")

        def finished_one(self, result) -> None:
            self.heard.append(result.id)

        def finished(self, run: RunResult) -> None:
            self.heard.append(f"finished {run.verdict}")

    run(Script(), one("a", delivers), one("b", delivers), listeners=[Ear()])

    assert Ear.heard == [f"started {URL} 3", "a", "b", "still-alive", "finished pass"]


def test_known_failures_do_not_fail_the_run() -> None:
    def fails(_) -> None:
        raise Broken("as ever")

    found = run(Script(), one("old", fails), baseline=frozenset({"old"}))

    assert (found.verdict, found.checks[0].known) == (Verdict.PASS, True)


def test_a_run_sends_no_id_twice_unless_it_is_about_duplicates() -> None:
    script = Script()
    run(script, *(one(f"check-{number}", delivers) for number in range(30)))
    envelopes = [json.loads(request.body) for request in script.sent if request.body]

    assert len({envelope["eventId"] for envelope in envelopes}) == len(envelopes)
    assert len({envelope["data"]["events"][0]["uuid"] for envelope in envelopes}) == len(envelopes)


@pytest.mark.wire
@pytest.mark.process
@pytest.mark.parametrize("times", [1, 2])  # a parent such as timeout or make sends it too
def test_an_interrupt_prints_what_is_known(times: int) -> None:
    with Receiver(misbehave="slow=0.3") as receiver:
        process = subprocess.Popen(
            [sys.executable, "-m", "emulator", "check", receiver.url, "--json", "--ignore", "parallel-20"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        receiver.wait_for(lambda _: len(receiver.deliveries) > 12, timeout=30)
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            time.sleep(0.005)  # or the two arrive as one
        out, err = process.communicate(timeout=20)
    result = json.loads(out)

    assert process.returncode == 130, err
    assert (result["interrupted"], result["verdict"]) == (True, "error")
    assert 0 < len(result["checks"]) < len(registry())
