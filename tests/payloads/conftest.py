from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from emulator.payloads import World

GOLDEN = Path(__file__).parent.parent / "golden" / "payloads"


@pytest.fixture
def world():
    return World(42)


@pytest.fixture
def matches_golden():
    """Compares a document with its golden file; OKTA_HOOKS_UPDATE_GOLDEN=1 writes the file anew."""

    def compare(name, document):
        path = GOLDEN / f"{name}.json"
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        if os.environ.get("OKTA_HOOKS_UPDATE_GOLDEN") == "1":
            path.write_text(text, "utf-8")
        assert path.read_text("utf-8") == text

    return compare
