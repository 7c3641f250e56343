"""What a linter calls unsafe is justified in the line where it stands."""

from __future__ import annotations

import re
from pathlib import Path

import emulator
import receiver

EXCEPTION = re.compile(r"# noqa: [A-Z0-9, ]*\bS\d{3}\b[A-Z0-9, ]*(.*)")


def test_every_exception_to_a_security_rule_says_why() -> None:
    files = [path for package in (emulator, receiver) for path in Path(package.__file__).parent.rglob("*.py")]
    lines = [line for path in files for line in path.read_text("utf-8").splitlines()]

    reasons = [found[1] for line in lines if (found := EXCEPTION.search(line))]
    assert len(reasons) > 20
    assert [reason for reason in reasons if not re.fullmatch(r" ?\(.+\)", reason.strip())] == []
