"""The fixture ``okta_inline_hook`` as a stranger's project sees it."""

import sys

import pytest

import emulator.checks.inline
import emulator.testing.inline  # noqa: F401 (pytester forgets what it imported, and extensions can't load twice)
from receiver import Receiver
from receiver.inline import InlineHandlers, commands

pytestmark = pytest.mark.wire

SECRET = "Bearer open-sesame"
APP = """
import json

def app(environ, start_response):
    body = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    assert environ["PATH_INFO"] == "/hooks/token/answer", environ["PATH_INFO"]
    who = body["data"]["context"].get("user", {}).get("id", "nobody")
    patch = [{"op": "add", "path": "/claims/who", "value": who}]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"commands": [{"type": "com.okta.access.patch", "value": patch}]}).encode()]
"""


@pytest.fixture
def project(pytester, monkeypatch):
    # Other people's plugins take longer to load than these tests to run.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest('pytest_plugins = ["pytest_okta_hooks"]')
    return pytester


def test_the_application_of_the_configuration_is_called_and_judged(project):
    project.makepyfile(my_app=APP)
    project.makeini("[pytest]\nokta_hook_app = my_app:app\nokta_inline_path = /hooks/{type}/answer\n")
    project.makepyfile(
        """
        def test_claims(okta_inline_hook):
            answer = okta_inline_hook("token", {"data.context.user.id": "00u1"})

            assert answer.used, answer.explain()
            assert answer.status == 200
            assert answer.commands[0][0] == "com.okta.access.patch"
            assert answer.effect.after["access"]["claims"]["who"] == "00u1"
            assert "who" not in answer.effect.before["access"]["claims"]

        def test_machines(okta_inline_hook):
            answer = okta_inline_hook("com.okta.oauth2.tokens.transform", variant="client-credentials")
            assert answer.effect.after["access"]["claims"]["who"] == "nobody", answer.explain()
            assert "identity" not in answer.request["data"]
        """
    )
    sys.modules.pop("my_app", None)

    project.runpytest("-p", "no:xdist").assert_outcomes(passed=2)


def test_an_application_may_come_from_a_fixture(project):
    project.makepyfile(
        APP
        + """
import pytest

@pytest.fixture
def okta_hook_app():
    return app

@pytest.fixture
def okta_inline_url(okta_hook_app):
    from emulator.testing import Serving
    with Serving(okta_hook_app, path="/hooks/{type}/answer") as serving:
        yield serving.url

def test_it(okta_inline_hook):
    assert okta_inline_hook("token").used
"""
    )

    project.runpytest().assert_outcomes(passed=1)


def test_without_any_it_is_the_reference_receiver_for_all_types(project):
    project.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize(
            "kind", ["password-import", "registration", "token", "saml", "telephony", "user-import"]
        )
        def test_used(okta_inline_hook, kind):
            answer = okta_inline_hook(kind)
            assert answer.used, answer.explain()
            assert okta_inline_hook.url(kind).endswith(f"/okta/inline/{kind}")

        def test_contract(okta_inline_hook):
            okta_inline_hook.assert_keeps_contract("saml", ignore=["in-time-at-once"])
        """
    )

    project.runpytest().assert_outcomes(passed=7)


def test_what_is_wrong_is_explained_and_no_secret_shown(project, monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    inline = InlineHandlers()
    inline.on("registration")(lambda _: commands(("com.action.update", {"registration": "ALLOW"})))
    inline.on("telephony")(lambda call: {"debugContext": {"sent": call.text("messageProfile.msgTemplate")}})
    project.makepyfile(
        """
        def test_registration(okta_inline_hook):
            answer = okta_inline_hook("registration")
            assert answer.used, answer.explain()

        def test_contract(okta_inline_hook):
            okta_inline_hook.assert_keeps_contract("registration", select=["command-type", "auth-*"])

        def test_refusal(okta_inline_hook):
            assert [okta_inline_hook("registration", auth=auth).status for auth in ("wrong", "missing")] == [401, 401]

        def test_code(okta_inline_hook):
            answer = okta_inline_hook("telephony")
            assert answer.effect.after["sentBy"] == "Okta"
            assert answer.request["data"]["messageProfile"]["otpCode"] not in answer.explain()
        """
    )
    with Receiver(auth=SECRET, inline=inline) as receiver:
        url = receiver.inline_url("token").removesuffix("token") + "{type}"
        result = project.runpytest("--okta-inline-url", url, "--okta-hook-header", "Authorization: ${env:HOOK_SECRET}")

    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        [
            '*did you mean "com.okta.action.update"?*',
            "*NOT USED*",
            "*broken promises of the registration hook: 1",
            "*BROKEN command-type*",
        ]
    )
    result.stdout.no_fnmatch_line("*open-sesame*")


def test_a_mistyped_type_or_variant_is_named(project):
    project.makepyfile(
        """
        def test_type(okta_inline_hook):
            okta_inline_hook("tokn")

        def test_variant(okta_inline_hook):
            okta_inline_hook("telephony", variant="voise")
        """
    )
    result = project.runpytest()

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*did you mean 'token'*", "*did you mean 'voice'*"])
