"""
Recorded payloads: what Okta wrote passes, with no false alarm.

``OKTA_HOOKS_CAPTURES`` names a folder of recordings with an ``index.json`` that lists, for each source, its ``files``
and whether it ``looks`` captured, edited or hand-made. The recordings themselves are not ours to give away.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from emulator.contract.inspection import Status, inspect_bytes
from emulator.contract.problems import Level

FOLDER = os.environ.get("OKTA_HOOKS_CAPTURES", "")

pytestmark = pytest.mark.skipif(not FOLDER, reason="OKTA_HOOKS_CAPTURES names no folder of recordings")


def recordings():
    if not FOLDER:
        return []
    sources = json.loads((Path(FOLDER) / "index.json").read_text("utf-8"))
    genuine = [name for source in sources if source["looks"] == "captured" for name in source["files"]]
    return [*genuine, *(path.name for path in Path(FOLDER).glob("http-*.json"))]


@pytest.mark.parametrize("name", recordings())
def test_a_genuine_recording_passes(name):
    report = inspect_bytes((Path(FOLDER) / name).read_bytes(), name=name)

    assert [problem for problem in report.problems if problem.level is Level.MUST] == []
    assert report.status() is Status.VALID


def test_there_are_genuine_recordings():
    assert len(recordings()) >= 10
