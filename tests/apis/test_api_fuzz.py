"""
Schemathesis against our own served description: no 5xx, and no answer that the description doesn't promise.

``tox -e api-fuzz`` runs it; OKTA_HOOKS_FUZZ says how many examples each endpoint gets.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

EXAMPLES = os.environ.get("OKTA_HOOKS_FUZZ", "")
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "ignored_auth", "unsupported_method",
)  # fmt: skip

pytestmark = [pytest.mark.process, pytest.mark.skipif(not EXAMPLES, reason="OKTA_HOOKS_FUZZ says 0: tox -e api-fuzz")]


@pytest.fixture
def served() -> Iterator[dict[str, str]]:
    command = [
        sys.executable,
        "-m",
        "emulator",
        "serve",
        "--port",
        "0",
        "--json",
        "--seed",
        "1",
        "--profile",
        "time_limit=0.1",
    ]  # its hooks are nowhere
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield json.loads(process.stdout.readline())
    process.terminate()
    _, err = process.communicate(timeout=30)
    assert "internal error" not in err


def test_no_call_breaks_the_api(served, tmp_path) -> None:
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "run", f"{served['url']}/_emulator/openapi.json",
            "--header", f"Authorization: SSWS {served['token']}", "--checks", ",".join(CHECKS),
            "--max-examples", EXAMPLES, "--seed", "1", "--continue-on-failure",
        ],
        capture_output=True,
        cwd=tmp_path, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
