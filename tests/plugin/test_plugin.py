"""The pytest plugin as a stranger's project sees it."""

import sys

import pytest

import emulator.testing.hook
import emulator.testing.items
import emulator.testing.receiving  # noqa: F401 (pytester forgets what it imported, and extensions can't load twice)
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


APP = """
import json

seen = []

def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    seen.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("HTTP_AUTHORIZATION")))
    if environ["REQUEST_METHOD"] == "GET":
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"verification": environ["HTTP_X_OKTA_VERIFICATION_CHALLENGE"]}).encode()]
    start_response("204 No Content", [])
    return []
"""
ASGI = """
import json

seen = []
lives = []

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        lives.append((await receive())["type"])
        scope["state"]["pool"] = "open"
        await send({"type": "lifespan.startup.complete"})
        lives.append((await receive())["type"])
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = (await receive())["body"]
    headers = dict(scope["headers"])
    seen.append((scope["method"], scope["path"], scope["state"]["pool"], len(body)))
    status, answer = 204, b""
    if scope["method"] == "GET":
        challenge = headers[b"x-okta-verification-challenge"].decode()
        status, answer = 200, json.dumps({"verification": challenge}).encode()
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": answer})
"""


def test_the_whole_story_in_one_test(project):
    project.makepyfile(
        """
        from emulator import Outcome

        def test_deactivation(okta_org, okta_receiver):
            hook = okta_org.create_event_hook(uri=okta_receiver.url, events=["user.lifecycle.deactivate"])
            okta_org.verify(hook)
            okta_org.create_user(login="john.doe@example.com").deactivate()

            delivery = okta_org.drain()[0]
            assert delivery.outcome is Outcome.DELIVERED, delivery.explain()
            [event] = okta_receiver.wait()
            assert event.event_type == "user.lifecycle.deactivate"
            okta_receiver.assert_received("user.lifecycle.deactivate", {"target.0.alternateId": "john.doe@example.com"})
            okta_receiver.assert_nothing_received("user.lifecycle.create")

        def test_two_orgs(make_okta_org):
            one, two = make_okta_org(), make_okta_org()
            assert one.seed + 1 == two.seed
            assert one.host != two.host

        def test_time(okta_org, okta_clock):
            then = okta_clock.now()
            okta_clock.advance(3600)
            okta_org.create_user(login="a@example.com")
            published = okta_org.system_log("user.lifecycle.create")[0]["published"]
            assert okta_clock.frozen
            assert (okta_clock.now() - then).total_seconds() == 3600
            assert published.startswith(okta_clock.now().isoformat()[:19])
        """
    )

    project.runpytest().assert_outcomes(passed=3)


def test_a_hook_on_the_reference_receiver_needs_nothing(project):
    project.makepyfile(
        """
        import re

        def test_hook(okta_hook, okta_receiver):
            delivery = okta_hook.deliver("user.lifecycle.deactivate", {"target.0.alternateId": "jane@example.com"})
            assert delivery.outcome == "delivered"
            assert okta_hook.redeliver().event_id == delivery.event_id
            assert okta_hook.redeliver(new_envelope=True).event_id != delivery.event_id
            assert okta_hook.preview("user.session.start").outcome == "delivered"
            assert len(okta_hook.deliveries) == len(okta_hook.wait()) == 4
            okta_hook.assert_received("user.lifecycle.deactivate", {"target.0.alternateId": re.compile("jane@")}, count=3)
            okta_receiver.assert_received(count=2)
        """
    )

    project.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize("source", [APP, ASGI], ids=["wsgi", "asgi"])
def test_an_application_is_the_hook_under_test(project, source):
    project.makepyfile(app=source)
    project.makepyfile(
        """
        import app
        import pytest

        @pytest.fixture
        def okta_hook_app():
            return app.app

        @pytest.fixture
        def okta_hook_headers():
            return ["Authorization: sesame"]

        def test_app(okta_hook):
            assert okta_hook.deliver("user.lifecycle.create").outcome == "delivered"
            assert [each[:2] for each in app.seen] == [("GET", "/okta/hooks"), ("POST", "/okta/hooks")]
            okta_hook.assert_received("user.lifecycle.create")

            assert app.seen[0][2] in {"sesame", "open"}  # the header, or what the lifespan left in the state

        def test_afterwards():
            whole = ["lifespan.startup", "lifespan.shutdown"]
            assert getattr(app, "lives", whole) == whole
        """
    )

    project.runpytest().assert_outcomes(passed=2)


@pytest.mark.parametrize("source", [APP, ASGI])
def test_the_configuration_names_the_application_for_fixtures_and_scenarios(project, source):
    project.makepyfile(app=source)
    project.makepyfile(
        "def test_app(okta_hook): assert okta_hook.deliver('user.lifecycle.create').outcome == 'delivered'"
    )
    project.makeini("[pytest]\nokta_hook_app = app:app\nokta_scenarios = stories\npythonpath = .\n")

    project.runpytest().assert_outcomes(passed=2)
    refused = project.runpytest("--okta-hook-app", "app:ap", "-x")
    refused.stdout.fnmatch_lines(["*'app' has no 'ap'*", "*did you mean 'app'*"])


@pytest.mark.parametrize("name", ["app:create_app", "app:create_app()"])
def test_a_function_that_makes_the_application_may_be_named_instead(project, name):
    project.makepyfile(app=f"{APP}\n\ndef create_app(debug=False):\n    return app\n")
    project.makepyfile(
        "def test_app(okta_hook): assert okta_hook.deliver('user.lifecycle.create').outcome == 'delivered'"
    )
    project.makeini("[pytest]\npythonpath = .\n")

    project.runpytest("--okta-hook-app", name).assert_outcomes(passed=1)


def test_a_failure_shows_the_nearest_events_and_the_seed(project):
    project.makepyfile(
        """
        def test_near(okta_hook, okta_receiver):
            okta_hook.deliver("user.lifecycle.create")
            okta_hook.deliver("user.lifecycle.deactivate", {"target.0.alternateId": "john@example.com"})
            okta_receiver.assert_received(
                "user.lifecycle.deactivate", {"target.0.alternateId": "jane@example.com", "x.y": 1}, timeout=0
            )
        """
    )

    result = project.runpytest("--okta-seed", "77")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E *AssertionError: no event like this was received:",
            'E         eventType: "user.lifecycle.deactivate"',
            'E         target.0.alternateId: "jane@example.com"',
            "E       2 events unlike it, the nearest first:",
            "E         user.lifecycle.deactivate *",
            'E           target.0.alternateId: got "john@example.com", wanted "jane@example.com"',
            "E           x.y: got nothing, wanted 1",
            "E         user.lifecycle.create *",
            "*the same events again: --okta-seed 77*",
        ]
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("okta_receiver.assert_nothing_received()", "received 1 event although none like this was wanted:"),
        ("okta_receiver.assert_received(count=2, timeout=0)", "received 1 event like this, wanted 2:"),
        ("okta_hook.deliver('user.lifecycle.creat')", "unknown event type 'user.lifecycle.creat'"),
        ("okta_receiver.wait(2, timeout=0.1)", "waited 0.1 s for 2 events"),
    ],
)
def test_a_wrong_assertion_explains_itself(project, line, message):
    project.makepyfile(
        f"def test_it(okta_hook, okta_receiver):\n    okta_hook.deliver('user.lifecycle.create')\n    {line}"
    )

    result = project.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"E   *{message}*"])


def test_an_application_that_does_not_verify_fails_with_the_doctors_words(project):
    project.makepyfile(
        """
        import pytest

        @pytest.fixture
        def okta_hook_app():
            def app(environ, start_response):
                start_response("200 OK", [("Content-Type", "application/json")])
                return [b'{"challenge": "x"}']
            return app

        def test_it(okta_hook):
            pass
        """
    )

    result = project.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*Unable to verify event hook*", "*(missing-key)*", "*fix:*"])


@pytest.mark.process
def test_two_workers_get_in_nobodys_way(pytester):
    pytest.importorskip("xdist")
    pytester.mkdir("stories")
    for number in range(6):
        (pytester.path / "stories" / f"s{number}.yaml").write_text(GOOD)
    pytester.makepyfile(
        "import pytest\n@pytest.mark.parametrize('n', range(6))\n"
        "def test_it(okta_hook, n): assert okta_hook.deliver('user.lifecycle.create').outcome == 'delivered'"
    )

    result = pytester.runpytest_subprocess("-n", "2", "--okta-scenarios", "stories", *LEAN[:4])

    result.assert_outcomes(passed=12)


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
