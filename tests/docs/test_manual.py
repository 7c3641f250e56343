"""
The README and the manual tell the truth: every command in them runs, and prints what they show.

A ``console`` block holds commands behind ``$`` and what they print.  Commands of ours are run against a reference
receiver in place of http://localhost:8000; numbers, ids and times may differ from what is shown, and a line
``...`` stands for any lines.  ``<!-- exit: 1 -->`` before a block names its exit code, ``<!-- not run: why -->`` leaves
a block out, and ``<!-- file: NAME -->`` before a block of any kind makes it a file for the commands that follow.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from emulator.payloads import World, as_delivery, build_envelope, build_event, encode
from receiver import Receiver

ROOT = Path(__file__).parents[2]
SHOWN_ROOT = "http://localhost:8000"
FENCE = re.compile(
    r"(?P<notes>(?:^<!--[^\n]*-->\n)*)^```(?P<kind>\w+)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
NOTE = re.compile(r"<!-- (exit|not run|file): (.*?) -->")
VARIES = re.compile(
    r"\b[\w-]{40}(?![\w-])|[0-9a-f]{8}-[0-9a-f-]{27}|\b(?:who|00u|cal)[0-9A-Za-z]{17}\b|\d+(?:\.\d+)?|http://[^/\s]+"
)


@dataclass
class Block:
    """A block of commands and the files that the page has made before it."""

    commands: list[tuple[str, list[str]]]
    code: int = 0
    files: dict[str, str] = field(default_factory=dict)


def pages():
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]


def blocks():
    for page in pages():
        if not page.is_file():
            continue
        files: dict[str, str] = {}
        for found in FENCE.finditer(page.read_text(encoding="utf-8")):
            notes = dict(NOTE.findall(found["notes"]))
            if "file" in notes:
                files[notes["file"]] = found["text"]
            if found["kind"] != "console" or "not run" in notes:
                continue
            block = Block(commands=list(read(found["text"])), code=int(notes.get("exit", 0)), files=dict(files))
            if block.commands:
                yield pytest.param(block, id=f"{page.name}: {block.commands[0][0][:70]}")


def read(text):
    text = re.sub(r"\\\n\s*", "", text)
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *output = part.rstrip("\n").split("\n")
        command = command.rpartition(" && ")[2]  # what stands before is set-up
        if command.split()[0].removeprefix(".venv/bin/") == "okta-hooks":
            yield command, output


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    world = World(seed=1)
    hook = world.id("who", "hook", 0)
    event = as_delivery(build_event("user.lifecycle.deactivate", world=world, hook_ids=[hook]))
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    (tmp_path / "capture.json").write_bytes(encode(build_envelope([event], world=world, hook_id=hook)))
    return tmp_path


def normal(line, root):
    # How long a step took is told only if it took long, as on a busy machine.
    return VARIES.sub("#", line.replace(root, SHOWN_ROOT)).rstrip().removesuffix("  # s")


def assert_shown(output, actual, root):
    lines = [normal(line, root) for line in actual]
    at = 0
    for shown in (normal(line, root) for line in output):
        if shown in {"...", ""}:
            continue
        assert shown in lines[at:], f"the manual shows {shown!r}; printed was:\n" + "\n".join(lines)
        at = lines.index(shown, at) + 1


@pytest.mark.wire
@pytest.mark.parametrize("block", list(blocks()))
def test_the_commands_of_the_manual_print_what_it_shows(block, folder, okta_hooks):
    for name, text in block.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for command, output in block.commands:
        words = shlex.split(command, comments=True)
        auth = next((word.partition(": ")[2] for word in words if word.lower().startswith("authorization: ")), None)
        with Receiver(auth=auth) as receiver:
            root = receiver.url.removesuffix("/okta/hooks")
            done = okta_hooks(*(word.replace(SHOWN_ROOT, root) for word in words[1:]))
            assert done.code == block.code, done.err or done.out
            assert_shown(output, [*done.out.splitlines(), *done.err.splitlines()], root)


def samples():
    for page in pages():
        files: dict[str, str] = {}
        for found in FENCE.finditer(page.read_text(encoding="utf-8") if page.is_file() else ""):
            notes = dict(NOTE.findall(found["notes"]))
            if "file" in notes:
                files[notes["file"]] = found["text"]
            if found["kind"] == "python" and "not run" not in notes:
                yield pytest.param(found["text"], dict(files), id=f"{page.name}: {found['text'].splitlines()[0]}")


@pytest.mark.wire
@pytest.mark.parametrize(("sample", "files"), list(samples()))
def test_the_python_samples_of_the_manual_run(sample, files, folder, monkeypatch):
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("HOOK_SECRET", "Basic am9objpwYXNz")
    exec(compile(sample, "sample.py", "exec"), {"__name__": "sample"})


def test_every_link_between_pages_leads_somewhere():
    broken = [
        f"{page.name}: {target}"
        for page in [*pages(), ROOT / "CONTRIBUTING.md", ROOT / "ARCHITECTURE.md"]
        if page.is_file()
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []
