"""Mistakes on ``okta-receiver``'s command line: each is answered in words, and none repeats the secret."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from receiver.__main__ import run
from receiver.replies import known

SECRET = "Basic am9objpzM2NyM3QtdmFsdWU="


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """Run the command in this process; only for what ends before anything is served."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OKTA_RECEIVER_AUTH_HEADER", raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(list(arguments))
        return code, *capsys.readouterr()

    return call


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--auth-headr", f"Authorization: {SECRET}"], "--auth-header'"),
        (["--misbehav", "html"], "--misbehave'"),
        (["--prot", "8000"], "--port'"),
        (["--port", "80000"], "80000 is not in the range 0<=x<=65535"),
        (["--port", "http"], "'http' is not a valid integer"),
        (["--port"], "requires an argument"),
        (["--misbehave", "slo=4"], "did you mean 'slow'"),
        (["--misbehave", "slow"], "write it as slow=SECONDS"),
        (["--path", "okta/hooks"], "it starts with /"),
        (["--db", ""], "the database has no name"),
        (["--db", "."], "it is a folder"),
        (["--db", "no/such/folder.db"], "--db FILE names a file in a folder that exists"),
        (["--forward-to", "localhost:9000"], "not a URL to forward to"),
        (["--host", "192.0.2.1"], "can't listen at 192.0.2.1"),
        (["--auth-header", SECRET], "wanted a header's name and value"),
        (["--auth-header", f": {SECRET}"], "not a header name"),
        (["--auth-header", "Authorization:"], "wanted a header's name and value"),
        (["--auth-header", "Authorization:", *SECRET.split()], "put a header in quotes"),
        (["--auth-header", f"Accept: {SECRET}"], "can't carry the secret"),
        (["--auth-header", f"X_Token: {SECRET}"], "underscore"),
        (["--auth-header", f"Authorization: é{SECRET}"], "visible ASCII"),
        (["--auth-header-file", "no-such-file"], "can't read 'no-such-file': no such file"),
        (["--auth-header-file", "."], "is a directory"),
        (["--auth-header", "A: b", "--auth-header-file", "c"], "exclude each other"),
        (["--inline-users", "none.json"], "can't read 'none.json': no such file"),
        (["--inline-issuer", "https://id.example.com"], "name them with --inline-jwks"),
        (
            ["--inline-jwks", "id.example.com/keys", "--inline-issuer", "x", "--inline-audience", "y"],
            "no URL of a key set",
        ),
        (["--inline-jwks", "https://id.example.com/keys", "--inline-issuer", "x"], "without its audience"),
        ([SECRET], "there is an argument that no option wants"),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value).replace(SECRET, "SECRET"),
)
def test_a_mistake_is_answered_in_words_with_exit_code_2(
    said: Callable, tmp_path: Path, arguments: list[str], complaint: str
) -> None:
    """What, where, and what to do; never a traceback, never the secret, and no database is left behind."""
    code, out, err = said("--port", "0", *arguments)

    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert complaint in err
    assert SECRET not in err
    assert SECRET[6:] not in err
    assert not err.rstrip("\n").endswith(".")
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".db"] in ([], ["okta-receiver.db"])


def test_a_wrong_secret_in_the_environment_names_the_variable(said: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKTA_RECEIVER_AUTH_HEADER", "s3cr3t-value")
    code, _, err = said("--port", "0")

    assert code == 2
    assert err.startswith("error: OKTA_RECEIVER_AUTH_HEADER: wanted a header's name and value")
    assert "s3cr3t" not in err


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"\n", b"one line without colon" * 9999])
def test_a_file_that_holds_no_header_is_refused(said: Callable, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret").write_bytes(content)
    code, _, err = said("--auth-header-file", "secret")

    assert code == 2
    assert "--auth-header-file: " in err
    assert "one line" not in err


def test_a_port_in_use_is_named(said: Callable) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        code, _, err = said("--port", str(port))

    assert code == 2
    assert f"can't listen at 127.0.0.1:{port}: address already in use" in err
    assert "--port 0 takes a free one" in err


def test_a_damaged_database_is_named(said: Callable, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("dear diary\n" * 100)
    code, _, err = said("--db", "notes.txt")

    assert code == 2
    assert "the database notes.txt can't be used: file is not a database" in err


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_every_option_and_every_misbehaviour(said: Callable, option: str) -> None:
    code, out, err = said(option)

    assert (code, err) == (0, "")
    for name in [*known(), "--host", "--port", "--path", "--auth-header", "--auth-header-file", "--db", "--forward-to"]:
        assert name in out


def test_the_server_starts_as_fast_as_its_help_without_what_it_does_not_need() -> None:
    code = "import sys, receiver.__main__; print([n for n in ('werkzeug', 'waitress', 'requests') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
