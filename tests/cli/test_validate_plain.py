"""``validate`` with files and flags alone doesn't import click, and nobody can tell by its answers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.cli._ending import ended
from emulator.cli._validation import plain_call

CASES = Path(__file__).parent.parent / "cases"
GOOD = (CASES / "D2" / "accepted" / "delivery.json").read_bytes()
SCRIPT = "import sys; from emulator.cli import main; sys.exit(main())"

CALLS = [
    ["good.json"], ["bad.json"], ["odd.json"], ["broken.json"], ["nosuch.json"], ["."], ["empty"], ["lines.ndjson"],
    ["good.json", "good.json", "bad.json"], ["zoë 👩.json"], ["event.json"], [""], ["\udcff.json"],
]  # fmt: skip
FLAGS = [[], ["--json"], ["-q"], ["--quiet", "--strict"], ["--strict", "--json"]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with files of every sort."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.json").write_bytes(GOOD)
    (tmp_path / "zoë 👩.json").write_bytes(GOOD)
    (tmp_path / "bad.json").write_bytes(GOOD.replace(b'"0.1"', b'"0.2"'))
    (tmp_path / "odd.json").write_bytes(GOOD.replace(b'"SUCCESS"', b'"success"'))
    (tmp_path / "broken.json").write_bytes(GOOD[:500])
    (tmp_path / "event.json").write_bytes((CASES / "D18" / "accepted").glob("*.json").__next__().read_bytes())
    (tmp_path / "lines.ndjson").write_bytes((GOOD.replace(b"\n", b" ") + b"\n") * 3)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("OKTA_HOOKS_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("colour", ["", "1"])
@pytest.mark.parametrize("paths", CALLS, ids=ascii)
def test_both_ways_say_the_same(
    okta_hooks: Callable,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    paths: list[str],
    colour: str,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", colour)
    for flags in FLAGS:
        with_click = okta_hooks("validate", *paths, *flags)
        work = plain_call([*flags, *paths])
        assert work is not None
        code = ended(work)
        plain = capsys.readouterr()

        assert (code, plain.out, plain.err) == (with_click.code, with_click.out, with_click.err)


def test_the_same_bytes_come_out_of_both_processes(folder: Path) -> None:
    for paths in (["good.json"], ["bad.json", "zoë 👩.json"], ["nosuch.json"]):
        answers = [
            subprocess.run([sys.executable, "-c", SCRIPT, "validate", *paths, *more], capture_output=True, check=False)
            for more in ([], ["--kind", "auto"])
        ]

        assert len({(done.returncode, done.stdout, done.stderr) for done in answers}) == 1


@pytest.mark.parametrize(
    "arguments",
    [[], ["--help"], ["good.json", "-h"], ["--kind", "envelope", "good.json"], ["good.json", "--jsn"], ["--json"], ["--", "x"],
     ["good.json", "--report", "json=x.json"], ["good.json", "-j2"]],
)  # fmt: skip
def test_whatever_else_is_said_is_left_to_click(folder: Path, arguments: list[str]) -> None:
    assert plain_call(arguments) is None


@pytest.mark.parametrize("content", ["[validate]\nstrict = true\n", "strict = tru\n", ""])
def test_a_configuration_file_is_left_to_click(folder: Path, content: str) -> None:
    (folder / "okta-hooks.toml").write_text(content)

    assert plain_call(["good.json"]) is None


def test_options_in_the_environment_are_left_to_click(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKTA_HOOKS_CONFIG", "none")
    assert plain_call(["good.json"]) is not None
    monkeypatch.setenv("OKTA_HOOKS_STRICT", "1")
    assert plain_call(["good.json"]) is None


@pytest.mark.skipif(os.name != "posix", reason="removes the folder it works in")
def test_a_working_folder_that_is_gone_holds_no_configuration(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "gone").mkdir()
    monkeypatch.chdir(folder / "gone")
    (folder / "gone").rmdir()
    work = plain_call([str(folder / "good.json")])

    assert work is not None
    assert ended(work) == 0


@pytest.mark.process
def test_a_small_file_imports_no_more_than_it_needs(folder: Path) -> None:
    pytest.importorskip("jsonschema_rs", reason="the extra fast is not installed")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", SCRIPT, "validate", "good.json"],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}

    assert "emulator.contract.quick" in imported
    unwanted = {"click", "rich", "orjson", "jsonschema", "pathlib", "difflib", "emulator.contract.checking"}
    assert imported & (unwanted | {"emulator.delivery", "emulator.cli.app", "emulator.reports.findings"}) == set()
