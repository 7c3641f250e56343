"""The pages on scenarios and pytest name everything there is, so that nothing is added in silence."""

import re
from pathlib import Path

import pytest

from emulator.runner.definitions import EVENT
from emulator.runner.expectations import EXPECT, MATCH_OPTIONS
from emulator.runner.faults import known_faults
from emulator.runner.scenario import OPTIONS
from emulator.runner.session import AUTHS
from emulator.runner.verbs import verbs
from receiver import Receiver

DOCS = Path(__file__).parents[2] / "docs"
NAMES = {
    "keys of a scenario": OPTIONS,
    "steps": verbs(),
    "options of steps": {name for verb in verbs().values() for name in verb.options},
    "faults": known_faults(),
    "expectations": EXPECT.options,
    "matches": MATCH_OPTIONS,
    "ways of spoiling the secret": AUTHS,
    "members of an event type": EVENT.options,
}


@pytest.mark.parametrize("what", NAMES)
def test_the_page_on_scenarios_names_all(what):
    page = (DOCS / "scenarios.md").read_text(encoding="utf-8")

    missing = [name for name in NAMES[what] if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", page)]

    assert missing == []


def test_the_page_on_pytest_names_every_fixture_and_option(pytestconfig):
    page = (DOCS / "pytest.md").read_text(encoding="utf-8")
    source = (DOCS.parent / "pytest_okta_hooks.py").read_text(encoding="utf-8")

    fixtures = re.findall(r"@pytest\.fixture\ndef (\w+)", source)
    options = re.findall(r'"(--okta-[a-z-]+)"', source)
    settings = re.findall(r'addini\(\s*"(\w+)"', source)
    assert len(fixtures) > 5
    assert [name for name in (*fixtures, *options, *settings) if name not in page] == []


@pytest.mark.wire
def test_the_test_on_the_page_passes(pytester, monkeypatch):
    blocks = re.findall(r"```(\w+)\n(.*?)```", (DOCS / "pytest.md").read_text(encoding="utf-8"), re.DOTALL)
    application, settings, test, inline = (text for kind, text in blocks if kind in {"python", "ini"})
    monkeypatch.setenv("HOOK_SECRET", "Bearer sesame")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest('pytest_plugins = ["pytest_okta_hooks"]')
    pytester.makepyfile(my_project=application, test_offboarding=test)
    pytester.makeini(settings.replace("[pytest]\n", "[pytest]\npythonpath = .\n"))

    pytester.runpytest().assert_outcomes(passed=1)

    # The test of inline hooks is about the reference receiver, which has a secret of the test's own.
    pytester.makeini("[pytest]\n")
    pytester.makepyfile(test_offboarding="", test_inline_hooks=inline)
    monkeypatch.delenv("HOOK_SECRET")
    with Receiver(auth="Bearer sesame") as receiver:
        url = receiver.inline_url("token").removesuffix("token") + "{type}"
        options = ("--okta-inline-url", url, "--okta-hook-header", "Authorization: Bearer sesame")
        pytester.runpytest(*options, "test_inline_hooks.py").assert_outcomes(passed=4)
