"""The pytest plugin as a stranger's project sees it."""

import sys

import pytest

import emulator.testing  # noqa: F401 (pytester forgets what it imported, and an extension module can't be loaded twice)
from receiver import Receiver

pytestmark = pytest.mark.wire

LEAN = ("-p", "no:hypothesispytest", "-p", "no:faker", "-p", "no:xdist")
GOOD = "scenario: a good story\nsteps:\n  - verify: {}\n  - deliver: user.lifecycle.deactivate\n"
BAD = "scenario: a bad story\nsteps:\n  - deliver: user.lifecycle.create\n    expect: {status: 418}\n"


@pytest.fixture
def project(pytester, monkeypatch):
    # Other people's plugins take longer to load than these tests to run.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest('pytest_plugins = ["pytest_okta_hooks"]')
    (pytester.path / "stories").mkdir()
    (pytester.path / "stories" / "good.yaml").write_text(GOOD)
    return pytester


def test_scenario_files_of_a_named_folder_are_tests(project):
    (project.path / "compose.yaml").write_text("services: {}\n")
    project.makeini("[pytest]\nokta_scenarios = stories\n")
    (project.path / "stories" / "bad.yaml").write_text(BAD)

    result = project.runpytest("-v")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*stories/good.yaml::good PASSED*",
            "*stories/bad.yaml: a bad story",
            "*stories/bad.yaml:3:5",
            "*status: got 204, wanted 418",
            "*POST: 204 NO CONTENT after*",
            "*again *okta-hooks run *bad.yaml --reference --seed*",
            "  >   3 |   - deliver: user.lifecycle.create",
            "      4 |     expect: {status: 418}",
        ]
    )


def test_the_option_collects_a_folder_beside_the_tests(project):
    project.makepyfile("def test_own(): pass")

    project.runpytest("--okta-scenarios", "stories").assert_outcomes(passed=2)
    project.runpytest("--okta-scenarios", "stories", "stories").assert_outcomes(passed=1)


def test_the_options_name_the_hook_under_test(project, monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", "Bearer open-sesame")
    with Receiver(auth="Bearer open-sesame") as receiver:
        arguments = ("--okta-scenarios", "stories", "--okta-hook-url", receiver.url)
        header = "Authorization: ${env:HOOK_SECRET}"
        project.runpytest(*arguments, "--okta-hook-header", header, "--okta-seed", "3").assert_outcomes(passed=1)
        refused = project.runpytest(*arguments, "--okta-hook-header", "Authorization: Bearer sesame-closed")

    assert [delivery.status for delivery in receiver.deliveries] == [204]
    refused.assert_outcomes(failed=1)
    assert "sesame-closed" not in refused.stdout.str()


def test_a_wrong_scenario_file_is_a_collection_error_with_its_place(project):
    (project.path / "stories" / "worse.yaml").write_text("scenario: x\nsteps:\n  - delivr: y\n")

    result = project.runpytest("--okta-scenarios", "stories")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*worse.yaml:3:5: unknown step 'delivr'", "*3 |   - delivr: y"])


def test_an_unreachable_hook_fails_with_words(project):
    result = project.runpytest("--okta-scenarios", "stories", "--okta-hook-url", "http://127.0.0.1:1/x")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*nothing answers at http://127.0.0.1:1/x*"])
    assert "Traceback" not in result.stdout.str()


def test_the_receiver_fixture_serves_and_the_clock_stands_still(project):
    project.makepyfile(
        """
        import urllib.request

        def test_fixtures(okta_receiver, okta_clock):
            then = okta_clock.now()
            okta_clock.advance(60)
            assert (okta_clock.now() - then).total_seconds() == 60
            request = urllib.request.Request(
                okta_receiver.url, headers={"X-Okta-Verification-Challenge": "c"}
            )
            with urllib.request.urlopen(request) as reply:
                assert b'"verification"' in reply.read()
        """
    )

    project.runpytest().assert_outcomes(passed=1)


@pytest.mark.process
@pytest.mark.parametrize("name", ["emulator", "receiver"])
def test_a_project_with_a_module_of_our_name_runs_as_if_we_were_not_there(pytester, name):
    pytester.makepyfile(**{name: "MINE = True", f"test_{name}": f"import {name}\ndef test_mine(): assert {name}.MINE"})

    result = pytester.runpytest_subprocess(*LEAN)

    result.assert_outcomes(passed=1)


@pytest.mark.process
def test_a_fixture_that_finds_another_module_of_our_name_names_both(pytester):
    pytester.makepyfile(receiver="MINE = True", test_it="import receiver\ndef test_it(okta_receiver): pass")

    result = pytester.runpytest_subprocess(*LEAN)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*the module 'receiver' that Python finds is not okta-hook-emulator's: it is *receiver.py*"]
    )


@pytest.mark.process
def test_unused_the_plugin_prints_and_imports_nothing(pytester):
    pytester.makepyfile(
        """
        import sys

        def test_nothing_of_ours_is_loaded():
            assert not {"emulator", "receiver", "werkzeug", "requests", "yaml"} & set(sys.modules)
        """
    )

    result = pytester.run(sys.executable, "-m", "pytest", "-p", "pytest_okta_hooks", *LEAN)

    result.assert_outcomes(passed=1)
    told = [line for line in result.outlines if not line.startswith("plugins:")]
    assert "okta" not in "".join(told)
