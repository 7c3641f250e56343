"""SUPPORTED.md says what the code does."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not (ROOT / "SUPPORTED.md").is_file(), reason="reads the checkout's own files")


def test_supported_md_is_what_its_script_writes() -> None:
    spec = importlib.util.spec_from_file_location("build_supported", ROOT / "scripts" / "build_supported.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    wanted = script.render()
    assert (ROOT / "SUPPORTED.md").read_text(encoding="utf-8") == wanted, "run: python scripts/build_supported.py"
