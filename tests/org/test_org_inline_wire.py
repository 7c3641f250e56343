"""Tokens for inline hooks over real sockets: in time, and only from endpoints that may be called."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from emulator import OAuth, Org

pytestmark = pytest.mark.wire


@pytest.fixture
def silent() -> Iterator[str]:
    """A token endpoint that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/token"


def test_a_silent_token_endpoint_holds_a_call_up_no_longer_than_the_limit(silent: str) -> None:
    with Org(seed=1, profile="time_limit=0.3") as org:
        oauth = OAuth(client_id="c", token_url=silent, secret="s3cret-value")
        hook = org.create_inline_hook(type="saml", uri="http://127.0.0.1:9/", auth=oauth)
        began = time.monotonic()

        run = org.execute_inline_hook(hook)

        assert time.monotonic() - began < 2
        assert run.failure == "the token endpoint gave no token: timed out while waiting for the answer"
        assert run.call is None


def test_a_token_endpoint_far_away_is_not_called() -> None:
    """What came in through an API may not make the org call the world, tokens included."""
    with Org(seed=1) as org:
        oauth = OAuth(client_id="c", token_url="https://93.184.216.34/token", secret="s3cret-value")
        hook = org.create_inline_hook(type="saml", uri="http://127.0.0.1:9/", auth=oauth)

        assert "93.184.216.34" in org.execute_inline_hook(hook).failure
