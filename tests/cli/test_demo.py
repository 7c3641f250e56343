"""The demo: one command, the whole story, the same words for the same seed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden" / "cli" / "demo.txt"

pytestmark = pytest.mark.wire


def masked(text: str) -> str:
    text = re.sub(r"\d+ kept(,| *$)", r"N kept\1", text, flags=re.MULTILINE)
    text = re.sub(r"\d+ not looked at", "N not looked at", text)
    return re.sub(r"in \d+\.\d s", "in ? s", re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text))


def test_a_seed_tells_the_same_story(okta_hooks) -> None:
    """Set OKTA_HOOKS_UPDATE_GOLDEN to write the story anew after a change on purpose."""
    done = okta_hooks("demo", "--seed", "42")

    assert (done.code, done.err) == (0, "")
    if os.environ.get("OKTA_HOOKS_UPDATE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(masked(done.out), encoding="utf-8")
    assert masked(done.out) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", ["0", "7"])
def test_another_seed_tells_it_of_another_org(okta_hooks, seed: str) -> None:
    done = okta_hooks("demo", "--quick", "--seed", seed)

    assert done.code == 0
    assert "The user john.doe@example.com has been deactivated on the Okta org!" in done.out
    assert "8 of 8 promises kept" in done.out
    assert masked(done.out) != GOLDEN.read_text(encoding="utf-8")


def test_a_broken_promise_fails_the_demo(okta_hooks, monkeypatch) -> None:
    """The summary is a verdict, not a decoration."""
    import receiver

    good = receiver.Receiver
    monkeypatch.setattr(receiver, "Receiver", lambda auth: good(auth, misbehave="no-auth"))

    done = okta_hooks("demo", "--quick")

    assert done.code == 1
    assert "BROKEN   a wrong secret is refused" in done.out
    assert "7 of 8 promises kept" in done.out


def test_an_interrupted_suite_breaks_no_promise(okta_hooks, monkeypatch) -> None:
    """Ctrl-C ends the suite early; the demo is then interrupted too, and says nothing about what was not asked."""
    from emulator.checks import suite

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(suite, "acquaint", interrupt)

    done = okta_hooks("demo")

    assert (done.code, done.err.strip()) == (130, "interrupted")
    assert "BROKEN" not in done.out


@pytest.mark.process
def test_it_can_be_read_in_any_log() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "emulator", "demo", "--quick"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "NO_COLOR": "1"},
        timeout=30,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\x1b" not in done.stdout
    assert done.stdout.isascii()


def test_no_secret_is_shown(okta_hooks) -> None:
    import base64

    out = okta_hooks("demo", "--quick", "--seed", "42").out

    assert "correct" not in out
    assert base64.b64encode(b"okta:42-correct-horse").decode()[:12] not in out
