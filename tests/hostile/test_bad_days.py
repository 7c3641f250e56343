"""Full disks, locked, deleted and foreign files, clocks that jump: clear words, the right status, nothing lost."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import emulator.delivery.clock
from emulator import Org
from emulator.cli.app import run as okta_hooks_command
from receiver import Receiver
from receiver.__main__ import run as receiver_command
from receiver.store import Store

pytestmark = [pytest.mark.process, pytest.mark.wire]

TOKEN = "00-bad-day-token"
COMMANDS = {
    "serve": ["emulator", "serve", "--token", TOKEN],
    "receiver": ["receiver", "--path", "/hook"],
}
SPACE = 1024 * 1024  # bytes of the disk, or of the longest file, that gets full


@dataclass
class Keeper:
    """A server that keeps what it accepts in a file, and what it has accepted."""

    name: str
    server: Any
    db: Path
    accepted: set[str]

    def store(self) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Ask it to keep something, and say what it answered."""
        name = str(uuid4())
        if self.name == "serve":
            login = f"{name}@example.com"
            profile = {"login": login, "email": login, "firstName": "x" * 50, "lastName": "Y"}
            path, body = "/api/v1/users", {"profile": profile}
        else:
            event = {"uuid": name, "eventType": "user.session.start", "debugContext": {"debugData": {"x": "x" * 2000}}}
            path, body = "/hook", {"eventType": "com.okta.event_hook", "eventId": name, "data": {"events": [event]}}
        status, headers, text = self.ask("POST", path, body)
        if status < 300:
            self.accepted.add(name)
        return status, headers, text

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            headers = {"Authorization": f"SSWS {TOKEN}", "Content-Type": "application/json"}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def until_refused(self) -> tuple[int, http.client.HTTPMessage, bytes]:
        for _ in range(3000):
            answer = self.store()
            if answer[0] >= 300:
                return answer
        raise AssertionError("it never ran out of space")

    def kept(self) -> set[str]:
        query = {
            "serve": "SELECT substr(login, 1, 36) FROM users WHERE login LIKE '%-%-%-%-%@example.com'",
            "receiver": "SELECT key FROM events",
        }[self.name]
        db = sqlite3.connect(self.db)
        try:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return {row[0] for row in db.execute(query)}
        finally:
            db.close()


@pytest.fixture(params=COMMANDS)
def keep(request: pytest.FixtureRequest, launch: Callable[..., Any]) -> Callable[..., Keeper]:
    """Start either server on a database file."""

    def start(db: Path, **more: str) -> Keeper:
        server = launch(*COMMANDS[request.param], "--db", str(db), **more)
        return Keeper(name=request.param, server=server, db=db, accepted=set())

    return start


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte, where one can be had."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SPACE}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def check_refusal(keeper: Keeper, answer: tuple[int, http.client.HTTPMessage, bytes]) -> None:
    status, headers, body = answer
    assert status == 503
    assert int(headers["Retry-After"]) > 0
    if keeper.name == "serve":
        assert json.loads(body)["errorCode"] == "E0000010"
    assert "Traceback" not in keeper.server.said()
    assert str(keeper.db) in keeper.server.said()


def check_end(keeper: Keeper) -> None:
    """It goes on as if nothing had been, and has kept just what it had accepted."""
    assert keeper.store()[0] < 300
    assert keeper.server.end() == 0
    assert keeper.kept() == keeper.accepted
    assert "Traceback" not in keeper.server.said()


def test_a_full_disk_is_answered_503_until_there_is_space(keep: Callable[..., Keeper], small_disk: Path) -> None:
    filler = small_disk / "filler"
    keeper = keep(small_disk / "state.db")
    filler.write_bytes(b"x" * (SPACE // 2))
    answer = keeper.until_refused()

    check_refusal(keeper, answer)
    assert "disk is full" in keeper.server.said()
    assert keeper.store()[0] == 503
    if keeper.name == "serve":
        assert keeper.ask("GET", "/api/v1/users?limit=1")[0] == 200  # what is there can still be read
    filler.unlink()
    check_end(keeper)


def test_a_full_disk_in_the_middle_of_a_kill_loses_nothing(keep: Callable[..., Keeper], small_disk: Path) -> None:
    keeper = keep(small_disk / "state.db")
    check_refusal(keeper, keeper.until_refused())
    assert keeper.server.end(signal.SIGKILL) == -9
    subprocess.run(["mount", "-o", f"remount,size={4 * SPACE}", str(small_disk)], check=True)
    again = keep(small_disk / "state.db")
    again.accepted |= keeper.accepted

    check_end(again)


@pytest.mark.skipif(sys.platform != "linux", reason="lifts the limit of another process")
def test_a_file_that_may_not_grow_is_answered_503_until_it_may(keep: Callable[..., Keeper], tmp_path: Path) -> None:
    import resource

    keeper = keep(tmp_path / "state.db", before=f"ulimit -S -f {SPACE // 512}")
    check_refusal(keeper, keeper.until_refused())
    endless = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(keeper.server.process.pid, resource.RLIMIT_FSIZE, endless)

    check_end(keeper)


def test_a_locked_file_is_answered_503_in_time_for_a_second_attempt(
    keep: Callable[..., Keeper], tmp_path: Path
) -> None:
    """Another program, a backup say, has the file for itself (R1)."""
    keeper = keep(tmp_path / "state.db")
    assert keeper.store()[0] < 300
    other = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    answer = keeper.store()
    took = time.monotonic() - began
    other.execute("ROLLBACK")
    other.close()

    check_refusal(keeper, answer)
    assert took < 2.9
    check_end(keeper)


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_a_file_that_has_gone_is_no_place_to_keep_things(keep: Callable[..., Keeper], tmp_path: Path, how: str) -> None:
    db = tmp_path / "state.db"
    keeper = keep(db)
    assert keeper.store()[0] < 300
    db.rename(tmp_path / "moved.db")
    if how == "replaced":
        db.write_bytes(b"")

    check_refusal(keeper, keeper.store())
    assert "deleted or replaced" in keeper.server.said()
    assert keeper.server.end() == 0
    keeper.db = tmp_path / "moved.db"
    for beside in ("wal", "shm"):
        if (tmp_path / f"state.db-{beside}").exists():
            (tmp_path / f"state.db-{beside}").rename(tmp_path / f"moved.db-{beside}")
    assert keeper.kept() == keeper.accepted


def foreign(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE notes (text)")
    db.commit()
    db.close()


def of_another_version(path: Path) -> None:
    if path.name == "serve.db":
        Org(db=path).close()
    else:
        Store(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()


def run(command: str, *more: str) -> int:
    arguments = [*COMMANDS[command][1:], *more]
    return receiver_command(arguments) if command == "receiver" else okta_hooks_command(arguments)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (foreign, "another program"),
        (of_another_version, "version"),
        (lambda path: path.write_text("dear diary\n" * 500), "not a database"),
        (lambda path: path.mkdir(), "it is a folder"),
    ],
    ids=["foreign", "of another version", "no database", "a folder"],
)
def test_a_file_that_is_not_ours_is_refused_and_left_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str, spoil: Callable[[Path], object], words: str
) -> None:
    db = tmp_path / f"{command}.db"
    spoil(db)
    before = None if db.is_dir() else db.read_bytes()

    assert run(command, "--port", "0", "--db", str(db)) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "a file in a folder that exists" in told
    assert db.is_dir() or db.read_bytes() == before


@pytest.mark.parametrize("command", COMMANDS)
def test_a_disk_that_is_read_only_is_told_at_the_start(
    capsys: pytest.CaptureFixture[str], small_disk: Path, command: str
) -> None:
    db = small_disk / f"{command}.db"
    of_another_version(db)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    assert run(command, "--port", "0", "--db", str(db)) == 2
    assert "read-only" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_port_that_is_taken_is_told_before_anything_is_served(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code = run(command, "--port", str(taken.getsockname()[1]), "--db", str(tmp_path / "x.db"))

    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert "can't listen at 127.0.0.1" in told.err
    assert "--port 0" in told.err


class Jumping(datetime):
    """A machine's clock that somebody sets."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime.now(tz) + cls.ahead


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    """Set the machine's clock forward or back by so many hours, as an org sees it."""
    monkeypatch.setattr(emulator.delivery.clock, "datetime", Jumping)

    def call(hours: float) -> None:
        Jumping.ahead += timedelta(hours=hours)

    yield call

    Jumping.ahead = timedelta()


@pytest.mark.parametrize("hours", [-1, -24 * 365, 1])
def test_a_clock_that_is_set_while_events_wait_keeps_none_of_them(jump: Callable[[float], None], hours: float) -> None:
    """D10: the batching window closes when its time has passed, whatever the time of day says."""
    with Receiver() as receiver, Org(seed=1, profile="delivery.window=0.4") as org:
        org.verify(org.create_event_hook(uri=receiver.url, events=["user.lifecycle.create"]))
        org.create_user(login="before@example.com", activate=False)
        jump(hours)
        org.create_user(login="after@example.com", activate=False)
        receiver.wait_for(2, timeout=3)
        org.drain()
        jump(-hours)
        org.create_user(login="back@example.com", activate=False)
        receiver.wait_for(3, timeout=3)

        assert len({event["uuid"] for event in org.system_log("user.lifecycle.create")}) == 3


def test_a_clock_that_is_set_hangs_up_on_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    with Receiver() as receiver:
        connection = http.client.HTTPConnection("127.0.0.1", receiver._serving.port, timeout=5)
        for hours in (0, 24, -24):
            monkeypatch.setattr(time, "time", lambda hours=hours: real() + hours * 3600)
            for _ in range(2):
                connection.request("GET", "/nowhere")
                answer = connection.getresponse()
                answer.read()
                assert answer.status == 404
                before = connection.sock
                receiver._serving._server.readable()  # which looks after connections, if it wants to
        assert connection.sock is before
        connection.close()


def test_a_long_body_that_finds_no_room_while_it_arrives_is_answered_503(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is longer than some 64 KB waits in a temporary file, and the disk for these may be another one."""
    with Receiver(db=tmp_path / "events.db") as receiver:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
        for size, wanted in ((300_000, 503), (1000, 204)):
            event = {"uuid": str(uuid4()), "x": "x" * size}
            body = json.dumps({"eventType": "com.okta.event_hook", "data": {"events": [event]}})
            connection = http.client.HTTPConnection("127.0.0.1", receiver._serving.port, timeout=5)
            with suppress(ConnectionError):  # refused before all of it has been sent
                connection.request("POST", "/okta/hooks", body, {"Content-Type": "application/json"})
            assert connection.getresponse().status == wanted
            connection.close()
