"""The page about checks lists the checks there are."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "build_checks_page.py"

pytestmark = pytest.mark.skipif(not SCRIPT.is_file(), reason="reads the checkout's own files")


def test_the_table_of_checks_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("build_checks_page", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    text = script.PAGE.read_text("utf-8")

    assert script.page(text) == text, "run: python scripts/build_checks_page.py"
