"""What surrounds every command: mistyped names, configuration, exit codes, interrupts, pipes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.version import VERSION

MISUSE = [
    (["verfy", "http://localhost/"], "unknown command 'verfy'", "did you mean 'verify'"),
    (["events", "lst"], "unknown command 'lst'", "did you mean 'list'"),
    (["scenario", "nwe"], "unknown command 'nwe'", "did you mean 'new'"),
    (["xyzzy"], "unknown command 'xyzzy'", "commands: "),
    (["--versoin"], "unknown option '--versoin'", "did you mean '--version'"),
    (["verify", "http://localhost/", "--heder", "A: b"], "unknown option '--heder'", "did you mean '--header'"),
    (["verify", "http://localhost/", "--timeout"], "option '--timeout' requires an argument", ""),
    (["verify", "http://localhost/", "--timeout", "soon"], "--timeout: 'soon' is not a number from 0.05 to 60", "see:"),
    (["verify", "http://localhost/", "--timeout", "99"], "--timeout: '99.0' is not a number from 0.05 to 60", "see:"),
    (["trigger", "--seed", "-1", "x"], "--seed: '-1' is not a whole number of at least 0", "see:"),
    (["trigger", "--order", "revers", "x"], "'revers' is not one of", "did you mean 'reversed'"),
    (["verify", "http://localhost/", "more"], "unexpected extra argument", "see: okta-hooks verify --help"),
]


@pytest.mark.parametrize(("arguments", "fact", "way_on"), MISUSE)
def test_a_mistyped_command_line_names_the_fact_and_the_nearest_names(
    okta_hooks: Callable, arguments: list[str], fact: str, way_on: str
) -> None:
    done = okta_hooks(*arguments)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert fact in done.err.splitlines()[0]
    assert way_on in done.err
    assert len(done.err.splitlines()) <= 3


def test_without_arguments_the_help_is_told_not_printed(okta_hooks: Callable) -> None:
    done = okta_hooks()

    assert (done.code, done.out) == (2, "")
    assert done.err == okta_hooks("--help").out


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder with a repository's root above."""
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    (root / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(root / "a" / "b")
    return root


def test_a_flag_beats_the_environment_beats_the_file_beats_the_default(
    folder: Path, monkeypatch: pytest.MonkeyPatch, okta_hooks: Callable
) -> None:
    def name() -> str:
        return okta_hooks("verify", "http://127.0.0.1:1/", "--no-doctor").out.splitlines()[-1]

    assert "Hook Event hook under test execution failed" in name()
    (folder / "okta-hooks.toml").write_text('name = "from the top"\n')
    assert "Hook from the top execution failed" in name()
    (folder / "okta-hooks.toml").write_text('name = "from the top"\n[verify]\nname = "from the table"\n')
    assert "Hook from the table execution failed" in name()
    monkeypatch.setenv("OKTA_HOOKS_NAME", "from the environment")
    assert "Hook from the environment execution failed" in name()
    monkeypatch.setenv("OKTA_HOOKS_VERIFY_NAME", "for verify alone")
    assert "Hook for verify alone execution failed" in name()
    done = okta_hooks("verify", "http://127.0.0.1:1/", "--no-doctor", "--name", "from the flag")
    assert "Hook from the flag execution failed" in done.out


def test_an_argument_and_repeated_options_may_come_from_a_file(folder: Path, okta_hooks: Callable) -> None:
    (folder / "pyproject.toml").write_text(
        '[tool.other]\nname = 1\n[tool.okta-hooks]\nurl = "http://127.0.0.1:1/from-file"\n'
        '[tool.okta-hooks.verify]\nheader = ["X-A: 1", "x-a: 2"]\nno_doctor = true\n'
    )
    done = okta_hooks("verify")

    assert "the header 'x-a' is given twice" in done.err
    assert "http://127.0.0.1:1/from-file" in okta_hooks("verify", "--header", "X-A: 1").out


def test_a_repeated_option_in_the_environment_has_one_value_a_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, okta_hooks: Callable
) -> None:
    monkeypatch.setenv("OKTA_HOOKS_HEADER", "Authorization: Basic a b\nAuthorization: again")

    assert "the header 'Authorization' is given twice" in okta_hooks("verify", "http://127.0.0.1:1/").err


WRONG_FILES = [
    ("timeuot = 1\n", "okta-hooks.toml:1: no command has an option 'timeuot'", "did you mean 'timeout'"),
    ("\n[verify]\n\ntimeuot = 1\n", "okta-hooks.toml:4: 'verify' has no option 'timeuot'", "did you mean 'timeout'"),
    ("[verfy]\ntimeout = 1\n", "okta-hooks.toml:1: unknown section 'verfy'", "did you mean 'verify'"),
    ("[trigger]\nnonsense = 1\n", "okta-hooks.toml:2: 'trigger' has no option 'nonsense'", ""),
    ('[verify]\ntimeout = "soon"\n', "okta-hooks.toml:2: 'soon' is not a number from 0.05 to 60", ""),
    ("[verify]\ntimeout = [1]\n", "okta-hooks.toml:2: 'timeout' takes one value, not a list", "brackets"),
    ("[verify]\nname = soon\n", "okta-hooks.toml:2:8: not valid TOML: invalid value", "quotes"),
    ('[verify]\nname = "soon', "okta-hooks.toml:2: not valid TOML", "quotes"),
    (b"\xff\xfe", "okta-hooks.toml: the configuration file can't be read: it is not UTF-8 text", "OKTA_HOOKS_CONFIG=none"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "fact", "way_on"), WRONG_FILES)
def test_a_wrong_configuration_file_is_named_with_its_line(
    folder: Path, okta_hooks: Callable, content: str | bytes, fact: str, way_on: str
) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (folder / "okta-hooks.toml").write_bytes(data)
    done = okta_hooks("verify", "http://127.0.0.1:1/")

    assert (done.code, done.out) == (2, "")
    assert fact in done.err.splitlines()[0]
    assert way_on in done.err


def test_a_wrong_environment_variable_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch, okta_hooks) -> None:
    monkeypatch.setenv("OKTA_HOOKS_VERIFY_TIMEOUT", "soon")

    assert okta_hooks("verify", "http://127.0.0.1:1/").err.startswith("error: OKTA_HOOKS_VERIFY_TIMEOUT: 'soon' is not")


def test_the_search_for_a_file_ends_at_the_repository_and_can_be_turned_off(
    folder: Path, monkeypatch: pytest.MonkeyPatch, okta_hooks: Callable
) -> None:
    (folder.parent / "okta-hooks.toml").write_text("nonsense = 1\n")
    assert okta_hooks("verify", "http://127.0.0.1:1/").code == 3

    (folder / "okta-hooks.toml").write_text("nonsense = 1\n")
    assert okta_hooks("verify", "http://127.0.0.1:1/").code == 2
    assert okta_hooks("verify", "--help").code == 0
    monkeypatch.setenv("OKTA_HOOKS_CONFIG", "none")
    assert okta_hooks("verify", "http://127.0.0.1:1/").code == 3
    monkeypatch.setenv("OKTA_HOOKS_CONFIG", "no-such-file.toml")
    assert "no-such-file.toml: the configuration file can't be read: No such file" in okta_hooks("verify", "x").err


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "emulator", *arguments]


@pytest.mark.process
def test_the_version_is_told_by_a_fast_path_and_by_the_group_alike(okta_hooks: Callable) -> None:
    fast = subprocess.run(command("--version"), capture_output=True, text=True, check=True)

    assert fast.stdout == okta_hooks("--version").out == f"okta-hooks {VERSION}\n"


@pytest.mark.process
@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_ctrl_c_ends_with_130_and_one_word() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        process = subprocess.Popen(
            command("verify", url, "--timeout", "20"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        connection, _ = silent.accept()
        with connection:
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=10)

    assert (process.returncode, out, err.strip()) == (130, "", "interrupted")


@pytest.mark.process
def test_a_reader_that_leaves_early_causes_no_noise() -> None:
    process = subprocess.Popen(
        command("trigger", "user.lifecycle.*", "--count", "50", "--dry-run", "--print", "--seed", "1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    err = process.stderr.read().decode()
    process.stderr.close()

    assert process.wait(timeout=20) == 0
    assert "Traceback" not in err
    assert "Error" not in err


@pytest.mark.process
def test_colour_comes_only_where_it_is_wanted() -> None:
    """A pipe gets none unless FORCE_COLOR says so, and NO_COLOR has the last word."""

    def out(**environment: str) -> str:
        clean = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
        done = subprocess.run(
            command("verify", "http://127.0.0.1:1/"),
            capture_output=True,
            text=True,
            env=clean | environment,
            check=False,
        )
        return done.stdout

    assert "\x1b[" not in out()
    assert "\x1b[31m" in out(FORCE_COLOR="1")
    assert "\x1b[" not in out(FORCE_COLOR="1", NO_COLOR="1")


@pytest.mark.process
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_under_the_output_is_told_in_words() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command("--help"), stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith("error: the output can't be written: no space left on device\n")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.process
@pytest.mark.skipif(os.name != "posix", reason="closes a descriptor as a shell does")
def test_a_command_works_with_its_output_closed() -> None:
    closed = ["sh", "-c", 'exec "$@" >&-', "sh", *command("events", "show", "user.lifecycle.create")]
    done = subprocess.run(closed, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


HEAVY = {"asyncio", "email", "faker", "http.client", "jinja2", "jsonschema", "requests", "rich", "ssl", "urllib3", "werkzeug",
         "yaml"}  # fmt: skip


@pytest.mark.process
@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--version"], {"click", "typing", "re", *HEAVY}),
        (["--help"], {"emulator.delivery", "emulator.contract", "emulator.names", "pathlib", "json", *HEAVY}),
        (
            ["verify", "http://127.0.0.1:1/", "--no-doctor"],
            {"emulator.payloads", "hashlib", "importlib.resources", *HEAVY},
        ),
    ],
)
def test_a_command_imports_no_more_than_it_needs(arguments: list[str], unwanted: set[str]) -> None:
    """Start-up is felt, and benchmarks/startup.py measures it; what is imported can be tested exactly."""
    script = f"import sys; from emulator.cli import main; sys.argv[1:] = {arguments}; main()"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", script], capture_output=True, text=True, check=False
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}

    assert "emulator.cli" in imported
    assert imported & unwanted == set()


@pytest.mark.process
def test_an_org_without_filters_imports_no_parser() -> None:
    """A test suite pays for each import once per worker: lark comes with the first filter."""
    script = """
import sys
from emulator import Org
with Org(seed=1) as org:
    org.create_user("a@example.com").deactivate()
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())

    assert "emulator.org.org" in imported
    assert imported & {"lark", "faker", "jinja2", "werkzeug", "yaml", "jsonschema"} == set()
