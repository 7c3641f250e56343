"""The wrong forms of a secret are wrong for every honest comparison."""

from __future__ import annotations

import base64

import pytest

from emulator.checks.credentials import Spoilt
from emulator.secrets import Secret


def read_leniently(value: str) -> bytes:
    """Decode Basic as Node, PHP and express-basic-auth do: missing padding is no mistake."""
    told = value.removeprefix("Basic ").rstrip("=")
    return base64.b64decode(told[: len(told) - (len(told) % 4 == 1)] + "==")


@pytest.mark.parametrize("password", ["hunter2-xyz", "hunter2-xyzw", "hunter2-xyzwv"])
def test_a_basic_secret_cut_short_is_another_password_even_without_padding(password) -> None:
    right = f"Basic {base64.b64encode(f'okta:{password}'.encode()).decode()}"
    shorter = Spoilt(Secret(right)).shorter

    assert shorter is not None
    assert right.startswith(shorter.reveal())
    assert read_leniently(right) == f"okta:{password}".encode()
    assert read_leniently(shorter.reveal()) != read_leniently(right)


def test_a_secret_of_padding_alone_is_not_cut() -> None:
    assert Spoilt(Secret("Basic ab==")).shorter is None
