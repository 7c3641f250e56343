"""
Every shipped scenario, against ``--okta-hook-url`` or else the reference receiver.

``tox -e contract -- --okta-hook-url http://localhost:8000/okta/hooks`` runs this file from the built wheel.
"""

import pytest

from emulator.runner.selection import shipped
from emulator.testing import play, settings_of, shipped_scenario

pytestmark = [pytest.mark.contract, pytest.mark.wire]


@pytest.mark.parametrize("name", shipped())
def test_the_receiver_lives_up_to(name, pytestconfig):
    play(shipped_scenario(name), settings_of(pytestconfig))
