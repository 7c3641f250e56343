"""The step ``inline``: how a call is made, what may be expected of it, and how a difference is told."""

import pytest

from emulator.contract.model import AuthScheme, Channel
from emulator.delivery.transport import Transport
from emulator.runner.results import Status
from emulator.runner.run import Settings, run_scenarios
from emulator.runner.scenario import load
from emulator.secrets import Secret
from receiver import Receiver
from receiver.inline import InlineHandlers, commands

pytestmark = pytest.mark.wire

SECRET = "Bearer open-sesame"
PATCH = ("com.okta.access.patch", [{"op": "add", "path": "/claims/tier", "value": 3}])


@pytest.fixture
def play():
    """Run the steps of a scenario against our receiver, or against a given one as if it were somebody else's."""

    def run(steps, receiver=None, *, head="receiver: {}\n", path="", auth=SECRET):
        body = "".join(f"  {line}\n" for line in steps.splitlines())
        channel = None
        if receiver is not None:
            head = ""
            uri = receiver.url.removesuffix("/okta/hooks") + path if path else receiver.url
            scheme = AuthScheme(key="Authorization", value=Secret(auth)) if auth else None
            channel = Channel(uri=uri, auth=scheme)
        scenario = load(f"scenario: x\n{head}steps:\n{body}".encode(), "x.yaml")
        return run_scenarios([scenario], Settings(channel=channel, sender=Transport()))

    return run


def detail(run):
    return "\n".join(check.detail for check in run.checks)


@pytest.fixture
def tiers():
    """A receiver that adds a claim to access tokens, and remembers the calls."""
    seen = []
    inline = InlineHandlers()

    @inline.on("token")
    def add_tier(call):
        seen.append(call)
        return commands(PATCH)

    with Receiver(auth=SECRET, inline=inline) as receiver:
        receiver.seen = seen
        yield receiver


@pytest.mark.parametrize("step", ["inline: token", "inline: token\n  to: /okta/inline/token"])
def test_the_hook_url_is_called_or_a_path_at_its_host(play, tiers, step):
    run = play(f"- {step}", tiers, path="/okta/inline/token" if "to:" not in step else "")

    assert [check.status for check in run.checks] == [Status.PASS], detail(run)


def test_a_value_may_be_set_or_removed_and_the_next_step_may_refer_to_what_came(play, tiers):
    run = play(
        "- inline: token\n"
        "  id: one\n"
        "  variant: client-credentials\n"
        "  set: {data.context.tenant: acme}\n"
        "  remove: data.context.policy\n"
        "- inline: token\n"
        "  set: {data.context.tenant: '${steps.one.effect.access.claims.tier}-${steps.one.commands.0}'}",
        tiers,
        path="/okta/inline/token",
    )
    first, second = tiers.seen

    assert [check.status for check in run.checks] == [Status.PASS] * 2, detail(run)
    assert (first.text("context.tenant"), first.get("context.policy")) == ("acme", None)
    assert second.text("context.tenant") == "3-com.okta.access.patch"


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("{commands: []}", "commands: got com.okta.access.patch, wanted none"),
        ("{used: false}", "answer: got used, wanted one that Okta can't use"),
        ("{proceeds: false}", "effect: got Okta issues the patched tokens, wanted no going on"),
        ("{effect: {access.claims.tier: 4}}", "effect access.claims.tier: got 3, wanted 4"),
        ("{effect: {access.claims.tier: {at_most: 2}}}", "effect access.claims.tier: got 3, wanted at most 2"),
        ("{effect: {access.claims.no: 1}}", "effect access.claims.no: got absent, wanted 1"),
        ("{problem: context}", "problems: got none, wanted one with 'context'"),
        ("{shown: {contains: sorry}}", 'shown to people: got "", wanted something with "sorry"'),
        ("{status: 204}", "status: got 200, wanted 204"),
        ("{attempts: 2}", "attempts: got 1"),
    ],
)
def test_a_difference_is_told_in_words(play, tiers, expect, told):
    run = play(f"- inline: token\n  expect: {expect}", tiers, path="/okta/inline/token")

    assert [check.status for check in run.checks] == [Status.FAIL]
    assert told in detail(run)


def test_an_answer_that_okta_cant_use_fails_with_the_nearest_right_one_as_advice(play):
    inline = InlineHandlers()
    inline.on("registration")(lambda _: commands(("com.action.update", {"registration": "ALLOW"})))
    with Receiver(auth=SECRET, inline=inline) as receiver:
        run = play("- inline: registration\n- inline: token", receiver, path="/okta/inline/registration")
    [check, never] = run.checks

    assert check.status is Status.FAIL
    assert "not used (com.action.update is none of Okta's commands" in check.detail
    assert 'did you mean "com.okta.action.update"' in check.remedy
    assert never.status is Status.SKIP


@pytest.mark.parametrize(
    ("kind", "attempts"),
    [("password-import", 2), ("registration", 2), ("saml", 2), ("user-import", 2), ("token", 1), ("telephony", 1)],
)
def test_token_and_telephony_are_never_asked_twice_and_all_others_once_more(play, kind, attempts):
    run = play(f"- inline: {kind}\n  faults: {{drop: both}}\n  expect: {{used: false, attempts: {attempts}}}")

    assert [check.status for check in run.checks] == [Status.PASS], detail(run)


def test_a_spoilt_secret_has_to_be_refused_and_none_can_be_spoilt_where_there_is_none(play, tiers):
    with Receiver(inline=InlineHandlers()) as nobody_asks:
        open_run = play("- inline: token\n  auth: wrong", nobody_asks, auth="", path="/okta/inline/token")
    run = play("- inline: token\n  auth: wrong\n- inline: token\n  auth: missing", tiers, path="/okta/inline/token")

    assert [check.status for check in run.checks] == [Status.PASS] * 2, detail(run)
    assert run.checks[0].rule == "I11"
    assert [check.status for check in open_run.checks] == [Status.SKIP]
    assert tiers.seen == []


def test_a_typed_password_stands_in_no_report(play):
    run = play(
        "- inline: password-import\n"
        "  set: {data.context.credential.password: hunter2-and-more}\n"
        "  expect: {effect: {credential: VERIFIED}}"
    )

    assert run.checks[0].status is Status.FAIL
    assert "hunter2" not in detail(run)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("inline: token\n  variant: voice", "has no variant 'voice'"),
        ("inline: token\n  to: 'localhost/x'", "has no http:// or https:// in front"),
        ("inline: token\n  remove: data.nothing", "nothing"),
    ],
)
def test_what_cant_be_called_is_an_error_with_its_place(play, step, told):
    run = play(f"- {step}")

    assert [check.status for check in run.checks] == [Status.ERROR]
    assert told in detail(run)
    assert "x.yaml:4" in detail(run)
